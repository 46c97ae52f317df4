/* Jasmine's functions (describe, it, expect …) as globals, before any spec is read. */
import jasmineRequire from 'jasmine-core/lib/jasmine-core/jasmine.js';

const core = jasmineRequire.core(jasmineRequire);
Object.assign(globalThis, jasmineRequire.interface(core, core.getEnv()), { jasmine: core });

import { expect, test } from 'vitest';
import { compiledCodeFolder } from '../../src/launch/compiled-code.js';

test('compiled code lies beside the data in the cache folder of the user, unless they say where', () => {
  expect(compiledCodeFolder({ HOME: '/home/ada' })).toBe('/home/ada/.cache/oneshot/compiled');
  expect(compiledCodeFolder({ HOME: '/home/ada', XDG_CACHE_HOME: '/cache' })).toBe('/cache/oneshot/compiled');
  expect(compiledCodeFolder({ HOME: '/home/ada', NODE_COMPILE_CACHE: '/mine' })).toBe('/mine');
});

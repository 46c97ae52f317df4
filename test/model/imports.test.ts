import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

// Commands that compute nothing (validate, plan) import these files; TensorFlow.js takes a second to load.
it.each(['layers', 'model', 'tasks', 'optimizers', 'training', 'engine'])(
  'src/%s loads no TensorFlow.js when it is imported',
  async (name) => {
    const folder = fileURLToPath(new URL(`../../src/${name}/`, import.meta.url));
    // Programs of their own run when they are imported.
    const isModule = (file: string) => file.endsWith('.ts') && !/-(process|worker)\.ts$/.test(file);
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(isModule);
    for (const file of files) await import(folder + file);
    const loaded = Object.keys(createRequire(import.meta.url).cache);
    expect(loaded.filter((path) => path.includes('@tensorflow'))).toEqual([]);
  },
);

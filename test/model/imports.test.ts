import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

// Commands that compute nothing (validate, plan) import these files; TensorFlow.js takes a second to load.
it.each(['layers', 'model', 'training', 'engine'])(
  'src/%s loads no TensorFlow.js when it is imported',
  async (name) => {
    const folder = fileURLToPath(new URL(`../../src/${name}/`, import.meta.url));
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
    for (const file of files) await import(folder + file);
    const loaded = Object.keys(createRequire(import.meta.url).cache);
    expect(loaded.filter((path) => path.includes('@tensorflow'))).toEqual([]);
  },
);

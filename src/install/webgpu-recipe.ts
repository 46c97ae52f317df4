// WebGPU by two packages of npm: Dawn for Node, and TensorFlow.js's backend for it.
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { OneshotError } from '../base/problem.js';
import type { EngineRecipe } from './engine-recipe.js';
import { type NpmTarball, requireNpm, requireTar, unpackNpmTarballs } from './npm-tarball.js';
import { standInForTensorFlowJs } from './stand-in.js';

const DAWN = join('node_modules', 'webgpu');
const BACKEND = join('node_modules', '@tensorflow', 'tfjs-backend-webgpu');

const TARBALLS: readonly NpmTarball[] = [
  {
    name: 'webgpu',
    version: '0.6.2',
    integrity: 'sha512-3L4GfmqJLvYUIEWJngEQY+2HQiUlAFkg8+P8NDDj3Xx5hHHIFO/r8JW+ynfqBj7kHN4mbnwO74uB+lrRtLhp4Q==',
    target: DAWN,
  },
  {
    name: '@tensorflow/tfjs-backend-webgpu',
    version: '4.22.0',
    integrity: 'sha512-lvIc7Af4Tl2BCdYp43iQmSCRq3asaKT0q2xaErphXiUZ+jqeB0bQa0ZvQys1Xatvto0U4/c90DVsHPfvkn5ftg==',
    target: BACKEND,
  },
];

const LIBRARY = `${process.platform}-${process.platform === 'darwin' ? 'universal' : process.arch}`;
const LIBRARIES = ['darwin-universal', 'linux-arm64', 'linux-x64', 'win32-arm64', 'win32-x64'];

/** Dawn 0.6.2: the newest that loads on Debian 12. */
export const webGpuRecipe: EngineRecipe = {
  name: 'webgpu',
  variant: 'gpu',
  version: '0.6.2',
  recipe: TARBALLS.map(({ name, version }) => `${name}@${version}`).join(' '),
  wheels: [],
  diskBytes: 160_000_000,
  checkMachine(env) {
    if (!LIBRARIES.includes(LIBRARY)) {
      throw new OneshotError('engine', `webgpu has no library for ${process.platform} ${process.arch}`, {
        hint: 'the engine cpu works everywhere',
      });
    }
    requireNpm(env);
    requireTar(env);
  },
  async build({ folder, env, from, onActivity }) {
    onActivity('fetching 54 MB from npm');
    await unpackNpmTarballs(TARBALLS, folder, { env, from });
    standInForTensorFlowJs(folder);
    for (const name of readdirSync(join(folder, DAWN, 'dist'))) {
      if (name !== LIBRARY) rmSync(join(folder, DAWN, 'dist', name), { recursive: true });
    }
    // One file of the backend is loaded; the others are the same for browsers.
    for (const name of readdirSync(join(folder, BACKEND, 'dist'))) {
      if (name !== 'tf-backend-webgpu.node.js') rmSync(join(folder, BACKEND, 'dist', name), { recursive: true });
    }
  },
};

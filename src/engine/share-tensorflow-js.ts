// Backends that are installed apart from this program ask for TensorFlow.js by name, and would load a copy of their own or
// none: they are given this program's. Kernels that are registered twice make a warning each.
import { createRequire } from 'node:module';
import { TENSORFLOW_FILE } from './load-tensorflow.js';

/**
 * Makes `@tensorflow/tfjs` and `@tensorflow/tfjs-core`, as far as they are found from there, mean this program's copy
 * to `packageRequire`.
 */
export function shareTensorFlowJs(packageRequire: NodeJS.Require): void {
  const ownRequire = createRequire(import.meta.url);
  ownRequire(TENSORFLOW_FILE);
  for (const name of ['@tensorflow/tfjs', '@tensorflow/tfjs-core']) {
    const theirs = tryResolve(packageRequire, name);
    if (theirs !== undefined) packageRequire.cache[theirs] = ownRequire.cache[TENSORFLOW_FILE];
  }
}

function tryResolve(packageRequire: NodeJS.Require, name: string): string | undefined {
  try {
    return packageRequire.resolve(name);
  } catch {
    return undefined;
  }
}

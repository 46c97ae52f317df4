// Backends that are installed apart from this program ask for TensorFlow.js by name, and would load a copy of their own or
// none: they are given this program's. Kernels that are registered twice make a warning each.
import { createRequire } from 'node:module';

/**
 * Makes `@tensorflow/tfjs` and `@tensorflow/tfjs-core`, as far as they are found from there, mean this program's copies
 * to `packageRequire`.
 */
export function shareTensorFlowJs(packageRequire: NodeJS.Require): void {
  const ownRequire = createRequire(import.meta.url);
  const whole = ownRequire.resolve('@tensorflow/tfjs');
  const core = createRequire(whole).resolve('@tensorflow/tfjs-core');
  for (const [name, path] of [
    ['@tensorflow/tfjs', whole],
    ['@tensorflow/tfjs-core', core],
  ] as const) {
    ownRequire(path);
    const theirs = tryResolve(packageRequire, name);
    if (theirs !== undefined) packageRequire.cache[theirs] = ownRequire.cache[path];
  }
}

function tryResolve(packageRequire: NodeJS.Require, name: string): string | undefined {
  try {
    return packageRequire.resolve(name);
  } catch {
    return undefined;
  }
}

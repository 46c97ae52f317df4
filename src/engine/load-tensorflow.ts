// Loads TensorFlow.js. Only engines do this: everything else is given the library as an argument, so that commands that
// compute nothing start fast.
import { createRequire, Module } from 'node:module';
import type { TensorFlow } from '../layers/layer.js';

/** Parts of the union package that nothing here uses: models of layers, converted models, data pipelines, WebGL. */
const UNUSED_PARTS = ['layers', 'converter', 'data', 'backend-webgl'];

/** TensorFlow.js, loaded once per process, without its start-up advice on the console. */
export function loadTensorFlow(): TensorFlow {
  // Its entry for Node is a CommonJS module whose names an ES import would not all find.
  const require = createRequire(import.meta.url);
  leaveOutUnusedParts(createRequire(require.resolve('@tensorflow/tfjs')));
  const tf = require('@tensorflow/tfjs') as TensorFlow;
  tf.enableProdMode();
  return tf;
}

// The core alone would do, but the gradients come only with the union package, which loads all its parts first: half of the
// time that each trial's process spent on TensorFlow.js went to these.
function leaveOutUnusedParts(require: NodeJS.Require): void {
  for (const part of UNUSED_PARTS) {
    const path = require.resolve(`@tensorflow/tfjs-${part}`);
    if (require.cache[path] === undefined) require.cache[path] = Object.assign(new Module(path), { loaded: true });
  }
}

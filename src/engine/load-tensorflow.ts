// Loads TensorFlow.js. Only engines do this: everything else is given the library as an argument, so that commands that
// compute nothing start fast.
import { createRequire } from 'node:module';
import { findOwnFile } from '../base/own-files.js';
import type { TensorFlow } from '../layers/layer.js';

/** The core of TensorFlow.js with its gradients and the plain backend, as `bundle.js` joins them from the npm package. */
export const TENSORFLOW_FILE = findOwnFile('dist/programs/tensorflow.cjs');

/** TensorFlow.js, loaded once per process, without its start-up advice on the console. */
export function loadTensorFlow(): TensorFlow {
  const tf = createRequire(import.meta.url)(TENSORFLOW_FILE) as TensorFlow;
  tf.enableProdMode();
  return tf;
}

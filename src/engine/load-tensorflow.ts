// Loads TensorFlow.js. Only engines do this: everything else is given the library as an argument, so that commands that
// compute nothing start fast.
import { createRequire } from 'node:module';
import type { TensorFlow } from '../layers/layer.js';

/** TensorFlow.js, loaded once per process, without its start-up advice on the console. */
export function loadTensorFlow(): TensorFlow {
  // Its entry for Node is a CommonJS module whose names an ES import would not all find.
  const tf = createRequire(import.meta.url)('@tensorflow/tfjs') as TensorFlow;
  tf.enableProdMode();
  return tf;
}

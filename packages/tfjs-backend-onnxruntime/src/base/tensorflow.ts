/** TensorFlow.js as the program that uses this package has loaded it. */
export type TensorFlow = typeof import('@tensorflow/tfjs');

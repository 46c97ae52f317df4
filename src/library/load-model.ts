import type { Model, ModelOptions } from './model.js';

/**
 * The trained network of a run folder or an exported safetensors file, or several runs as an ensemble. Throws
 * OneshotError: `usage` where there is none or they do not go together, `corrupt` where it was altered.
 */
export async function loadModel(paths: string | readonly string[], options: ModelOptions = {}): Promise<Model> {
  // Layers and TensorFlow.js are loaded for a network alone.
  const { LoadedModel } = await import('./loaded-model.js');
  return LoadedModel.load([paths].flat(), options);
}

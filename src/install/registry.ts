// What `oneshot engine install` knows. A new installable engine is a recipe beside this file and a line here.
import type { InstallableName } from '../engine/installed-engine.js';
import { cudaRecipe } from './cuda-recipe.js';
import type { EngineRecipe } from './engine-recipe.js';
import { tensorFlowRecipe } from './tensorflow-recipe.js';
import { webGpuRecipe } from './webgpu-recipe.js';

export interface Installable {
  /** What it is for, said where it is not there. */
  readonly purpose: string;
  /** Said where what was installed for GPUs finds none. */
  readonly withoutGpu: string;
  recipe(options: { readonly gpu: boolean }): EngineRecipe;
}

/** Everything installable by the engine's name. */
export const installables: { readonly [Name in InstallableName]: Installable } = {
  tensorflow: {
    purpose: "TensorFlow's own library, on processors, or with --gpu on NVIDIA GPUs",
    withoutGpu:
      'it finds no NVIDIA GPU here and computes on the processor, which the smaller variant without --gpu does as well',
    recipe: ({ gpu }) => tensorFlowRecipe(gpu ? 'gpu' : 'cpu'),
  },
  cuda: {
    purpose: 'NVIDIA GPUs',
    withoutGpu: 'it finds no NVIDIA GPU here',
    recipe: () => cudaRecipe(process.env),
  },
  webgpu: {
    purpose: 'GPUs of any maker',
    withoutGpu: 'it finds no GPU here, only a processor that imitates one: right for checks, far too slow to train',
    recipe: () => webGpuRecipe,
  },
};

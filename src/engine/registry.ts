// All compute engines. A new one is a file beside this one, a line here, and its name in `resources.engine` of the schema.
import { cpuEngine } from './cpu-engine.js';
import { cudaEngine } from './cuda-engine.js';
import type { EngineName, EngineType } from './engine.js';
import { onnxRuntimeEngine } from './onnxruntime-engine.js';
import { tensorFlowEngine } from './tensorflow-engine.js';
import { webGpuEngine } from './webgpu-engine.js';

/** Every engine by its name in the schema, on processors the fastest first. */
export const engineTypes: { readonly [Name in EngineName]: EngineType } = {
  onnxruntime: onnxRuntimeEngine,
  tensorflow: tensorFlowEngine,
  cuda: cudaEngine,
  webgpu: webGpuEngine,
  cpu: cpuEngine,
};

/** The names of all engines, in their order. */
export const ENGINE_NAMES = Object.keys(engineTypes) as EngineName[];

/** The names of the engines that are installed on request: each has a recipe in src/install/registry.ts. */
export const INSTALLABLE_ENGINES = ENGINE_NAMES.filter((name) => engineTypes[name].isInstalled !== undefined);

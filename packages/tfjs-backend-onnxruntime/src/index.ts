export type { BackendDescription, BackendStatistics, OnnxRuntimeBackend } from './backend.js';
export { OnnxModel, type OnnxModelOptions } from './model-file.js';
export type { OnnxRuntimeOptions } from './options.js';
export { registerOnnxRuntimeBackend } from './register-backend.js';
export type { CudaProvider } from './runtime/runtime.js';
export type { Feed, StepBody } from './traced-step.js';
export { createTuningFile, findTuningFile } from './tuning/tuning-files.js';

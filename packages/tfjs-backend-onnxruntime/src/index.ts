export type { BackendDescription, BackendStatistics, OnnxRuntimeBackend } from './backend.js';
export { createFormFile, findFormFile } from './tuning/tuning-files.js';
export type { CudaProvider, OnnxRuntimeOptions } from './options.js';
export { registerOnnxRuntimeBackend } from './register-backend.js';

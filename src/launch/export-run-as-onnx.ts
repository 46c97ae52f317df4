// The ONNX file of a finished run, for the model that MLflow gets of it.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { readRunStatus } from '../run-folder/run-folder.js';
import type { ExportOnnx } from '../tracking/ship-model.js';

/** A run writes its last status a moment after the last line of its journal. */
const FINISH_MS = 5000;

/**
 * The file, in a temporary folder until it is disposed of: pictures `[-1, imageSize, imageSize, channels]` to
 * embeddings `[-1, units]`. Undefined for a run that is not finished. Throws OneshotError where its network cannot be
 * exported.
 */
export const exportRunAsOnnx: ExportOnnx = async (folder) => {
  for (let waited = 0; readRunStatus(folder)?.state === 'running' && waited < FINISH_MS; waited += 100)
    await sleep(100);
  if (readRunStatus(folder)?.state !== 'finished') return undefined;
  // Layers and TensorFlow.js are loaded for a trained network alone.
  const [{ openRun }, { encodeOnnxModel }, { traceNetwork }] = await Promise.all([
    import('../trained/open-run.js'),
    import('../export/onnx/encode-onnx-model.js'),
    import('../export/trace-network.js'),
  ]);
  const network = openRun(folder);
  const { input, outputs } = traceNetwork(network, undefined);
  const free = ([, ...shape]: readonly number[]) => [-1, ...shape];
  const target = mkdtempSync(join(tmpdir(), 'oneshot-onnx-'));
  const file = join(target, 'model.onnx');
  writeFileSync(file, encodeOnnxModel(network));
  return {
    file,
    inputs: [{ name: 'pictures', dtype: 'float32', shape: free(input.shape) }],
    outputs: [...outputs].map(([name, { shape }]) => ({ name, dtype: 'float32' as const, shape: free(shape) })),
    dispose: () => rmSync(target, { recursive: true, force: true }),
  };
};

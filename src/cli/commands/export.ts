import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { writeFileAtomic } from '../../base/atomic-file.js';
import { formatBytes } from '../../base/format-quantity.js';
import { OneshotError } from '../../base/problem.js';
import { composeExport } from '../../export/compose-export.js';
import { encodeOnnxModel } from '../../export/onnx/encode-onnx-model.js';
import { encodeGraphModel } from '../../export/tfjs/encode-graph-model.js';
import { writeGraphModel } from '../../export/tfjs/write-graph-model.js';
import { composeNetworkFile, describeNetworkFile, type NetworkFile } from '../../trained/network-file.js';
import { readSupportSet } from '../../trained/support-set.js';
import { writeTensorFile } from '../../training/safetensors.js';
import type { ExitCode } from '../report-error.js';
import { printNote, printResult } from '../terminal.js';
import { type NetworkOptions, withNetworks } from '../with-networks.js';

export interface ExportOptions extends NetworkOptions {
  readonly format: 'onnx' | 'tfjs' | 'safetensors';
  readonly support?: string;
  readonly out?: string;
  readonly json?: boolean;
}

/** How each kind is written, whole or not at all; `tfjs` is a folder, the others are files. */
const WRITERS: { readonly [Format in ExportOptions['format']]: (path: string, file: NetworkFile) => void } = {
  onnx: (path, { network, support }) => writeFileAtomic(path, encodeOnnxModel(network, support)),
  tfjs: (path, { network, support }) => writeGraphModel(path, encodeGraphModel(network, support)),
  safetensors: (path, file) => writeTensorFile(path, composeNetworkFile(file)),
};

/** `oneshot export`: a trained network as one file for other programs. */
export async function exportCommand(path: string, options: ExportOptions): Promise<ExitCode> {
  if (options.out !== undefined && !existsSync(dirname(resolve(options.out))))
    throw new OneshotError('usage', `no such folder: ${dirname(resolve(options.out))}`);
  const set = options.support === undefined ? undefined : readSupportSet(options.support);
  const file = await withNetworks([path], options, (started, { show: report }) =>
    composeExport(started, set, { env: process.env, report }),
  );
  const { experiment, trial } = file.network.origin;
  const out = options.out ?? `${experiment}-${trial}.${options.format}`;
  WRITERS[options.format](resolve(out), file);
  if (options.json) printResult(JSON.stringify({ file: resolve(out), ...describeNetworkFile(file) }, null, 2));
  else printResult(out);
  printNote(describeContent(file, options.format));
  return 0;
}

function describeContent({ network, support }: NetworkFile, format: string): string {
  const { imageSize, color } = network.pictures;
  const bytes = [...network.weights.values()].reduce((sum, { values }) => sum + values.byteLength, 0);
  const known = support === undefined ? 'embeddings' : `embeddings and names of ${support.labels.length} classes`;
  return (
    `${format}: ${known} for pictures of ${imageSize} x ${imageSize} ${color === 'rgb' ? 'in colour' : 'ink'}, ` +
    `${formatBytes(bytes)} of weights`
  );
}

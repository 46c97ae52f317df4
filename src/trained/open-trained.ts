// Whatever somebody names as a trained network: a run folder, a folder that holds a single finished run, or an exported file.
import { existsSync, statSync } from 'node:fs';
import { OneshotError } from '../base/problem.js';
import { hashArrays } from '../model/named-arrays.js';
import { findRuns } from '../run-folder/find-runs.js';
import { runFiles } from '../run-folder/run-folder.js';
import { readTensorFile } from '../training/safetensors.js';
import { type CarriedSupport, readNetworkFile } from './network-file.js';
import { type OpenedRun, openRun } from './open-run.js';
import type { TrainedNetwork } from './trained-network.js';

/** A trained network with what came with it. */
export interface OpenedNetwork {
  readonly path: string;
  readonly network: TrainedNetwork | OpenedRun;
  /** The support set of an exported file. */
  readonly support: CarriedSupport | undefined;
}

/** Whether a path can only be meant as a trained network, not as a picture. */
export function isNetworkPath(path: string): boolean {
  return existsSync(runFiles(path).trial) || /\.safetensors$/i.test(path);
}

/**
 * The network at a path. Throws OneshotError: `usage` when nothing usable is there, `corrupt` when it was altered or is
 * of another version.
 */
export function openTrained(path: string): OpenedNetwork {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) throw new OneshotError('usage', `no such run or file: ${path}`, { hint: WHERE });
  if (stat.isDirectory()) {
    const folder = findOnlyRun(path);
    return { path: folder, network: openRun(folder), support: undefined };
  }
  if (!/\.safetensors$/i.test(path))
    throw new OneshotError('usage', `${path} is no run folder and no .safetensors file`, { hint: WHERE });
  const { network, support } = readNetworkFile(readTensorFile(path), path);
  if (hashArrays(network.weights) !== network.weightHash)
    throw new OneshotError('corrupt', `${path} was altered: its weights do not match their hash`);
  return { path, network, support };
}

const WHERE = '`oneshot status` lists run folders; `oneshot export --format safetensors` writes such files';

export function findOnlyRun(path: string): string {
  if (existsSync(runFiles(path).trial)) return path;
  const { runs, damaged } = findRuns(path);
  const finished = runs.filter(({ state }) => state === 'finished');
  if (finished.length === 1) return finished[0]!.folder;
  if (finished.length > 1)
    throw new OneshotError('usage', `${path} holds ${finished.length} finished runs`, {
      hint: `name one of them: ${finished
        .slice(0, 5)
        .map(({ folder }) => folder)
        .join(', ')}${finished.length > 5 ? ', …' : ''}`,
    });
  if (damaged[0] !== undefined) throw new OneshotError('corrupt', damaged[0].reason);
  if (runs[0] !== undefined) return runs[0].folder; // Whoever reads it says why it cannot be used.
  throw new OneshotError('usage', `${path} holds no run`, { hint: WHERE });
}

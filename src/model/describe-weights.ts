// Trained weights by the path that an experiment names, as far as it can be checked against them: hash and shapes, without
// reading the numbers.
import { closeSync, existsSync, fstatSync, openSync, readdirSync, readFileSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { OneshotError } from '../base/problem.js';
import type { InitialWeights } from '../config/experiment.js';
import { LENGTH_BYTES, parseHeader, parseMetadata, placeArrays, readHeaderLength } from './tensor-bytes.js';

/** The best weights of a run, in its folder. */
export const BEST_WEIGHTS_FILE = 'best.safetensors';
/** Where a run stands, in its folder. */
export const STATUS_FILE = 'status.json';
/** Which trial a run is, in its folder. */
export const TRIAL_FILE = 'trial.json';

/** What is known of trained weights before their numbers are read. */
export interface DescribedWeights {
  /** SHA-256 over names, shapes and bytes, as their writer stated it. */
  readonly weightHash: string;
  /** Shapes by path: `conv1/kernel`. */
  readonly shapes: ReadonlyMap<string, readonly number[]>;
}

/** The path that a section names, or undefined where it names none or two. */
export function weightsPath({ run, file }: Pick<InitialWeights, 'run' | 'file'>): string | undefined {
  return run === undefined || file === undefined ? (run ?? file) : undefined;
}

/**
 * What `run` or `file` names. Throws a OneshotError that reads on from the path: 'usage' where nothing usable is there,
 * 'corrupt' where it cannot be read.
 */
export function describeWeights(section: Pick<InitialWeights, 'run' | 'file'>): DescribedWeights {
  const { run, file } = section;
  if (run !== undefined) requireFinished(run);
  const path = run === undefined ? file! : join(run, BEST_WEIGHTS_FILE);
  const stat = statSync(path, { throwIfNoEntry: false });
  if (run !== undefined && stat === undefined)
    throw new OneshotError('usage', 'a run that trained nothing: it has no best weights');
  if (stat === undefined) throw new OneshotError('usage', 'no such file');
  if (!stat.isFile())
    throw new OneshotError('usage', 'no file', { hint: 'a run folder is named by model.initialWeights.run' });
  const { header, dataBytes } = readHeader(path);
  const metadata = parseMetadata(header, path);
  if (metadata.format !== 'oneshot' || (metadata.kind !== 'weights' && metadata.kind !== 'network'))
    throw new OneshotError('corrupt', `a file without trained weights of this program`, {
      hint: '`oneshot export --format safetensors` writes such files',
    });
  const { weightHash } = JSON.parse(metadata.description ?? '{}') as { weightHash?: unknown };
  if (typeof weightHash !== 'string') throw new OneshotError('corrupt', 'weights without their hash');
  return {
    weightHash,
    shapes: new Map(placeArrays(header, dataBytes, path).map(([name, { shape }]) => [name, shape])),
  };
}

function requireFinished(folder: string): void {
  const stat = statSync(folder, { throwIfNoEntry: false });
  if (stat === undefined) throw new OneshotError('usage', 'no such folder');
  if (!stat.isDirectory())
    throw new OneshotError('usage', 'no folder', { hint: 'an exported file is named by model.initialWeights.file' });
  if (!existsSync(join(folder, TRIAL_FILE))) {
    const runs = readdirSync(folder).filter((name) => existsSync(join(folder, name, TRIAL_FILE)));
    const hint =
      runs.length > 0
        ? `name one of the runs in it: ${runs.slice(0, 3).join(', ')}${runs.length > 3 ? ', …' : ''}`
        : '`oneshot status` lists run folders';
    throw new OneshotError('usage', 'no run folder', { hint });
  }
  const state = readState(join(folder, STATUS_FILE));
  if (state !== 'finished')
    throw new OneshotError('usage', `a run that is not finished: it is ${state}`, {
      hint: state === 'failed' ? '`oneshot status` says why it failed' : 'run its experiment again to finish it',
    });
}

function readState(path: string): string {
  if (!existsSync(path)) return 'waiting';
  try {
    return String((JSON.parse(readFileSync(path, 'utf8')) as { state?: unknown }).state);
  } catch (error) {
    throw new OneshotError('corrupt', `a run whose ${STATUS_FILE} cannot be read`, { cause: error });
  }
}

function readHeader(path: string): { header: Record<string, unknown>; dataBytes: number } {
  const file = openSync(path, 'r');
  try {
    const { size } = fstatSync(file);
    const start = new Uint8Array(LENGTH_BYTES);
    readSync(file, start, 0, LENGTH_BYTES, 0);
    const length = readHeaderLength(start, size, path);
    const bytes = new Uint8Array(length);
    readSync(file, bytes, 0, length, LENGTH_BYTES);
    return { header: parseHeader(bytes, path), dataBytes: size - LENGTH_BYTES - length };
  } finally {
    closeSync(file);
  }
}

// What a finished run holds, by content: digests that its process writes at the very end. A status that says "finished" proves
// nothing: files get lost, cut, flipped. Content is read again only where a file's stamps have changed since it was last checked.
import { closeSync, existsSync, openSync, readdirSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { writeFileAtomic } from '../base/atomic-file.js';
import { requireInside } from '../base/bounded-file.js';
import { OneshotError } from '../base/problem.js';
import { VERIFICATION_FILE } from '../evaluation/records/verification-result.js';
import { isCount, isHash, isMap, isRecord, type RecordShape, readRecord } from './read-record.js';
import { RUN_FOLDER_VERSION, runFiles } from './run-folder.js';

/** A file as it was when its content was last looked at. */
interface FileDigest {
  readonly sha256: string;
  readonly bytes: number;
  /**
   * Milliseconds since 1970. The time of the last change of the inode cannot be set by hand: whoever writes or copies
   * changes it.
   */
  readonly changedMs: number;
}

interface Digests {
  readonly version: number;
  /** By path within the run folder, with `/`. */
  readonly files: Readonly<Record<string, FileDigest>>;
}

const shape: RecordShape = {
  files: (value) =>
    isMap(value) &&
    Object.values(value as object).every(
      isRecord({ sha256: isHash, bytes: isCount, changedMs: (changed) => typeof changed === 'number' }),
    ),
};

/** What is wrong with a finished run, by what has to be done again. Each entry names a file: `results.json is missing`. */
export interface RunDamage {
  /** Training: its weights or its journal are not what they were. */
  readonly training: readonly string[];
  /** Evaluation alone. */
  readonly evaluation: readonly string[];
}

const digestsPath = (folder: string) => join(folder, 'digests.json');

/** Made by training; all the others are made by the evaluation. */
const MADE_BY_TRAINING = new Set(['best.safetensors', 'journal.jsonl']);

/** Writes the digests of a run that is about to be finished. Blocks until they are on the disk. */
export function writeDigests(folder: string): void {
  const files = Object.fromEntries(listKept(folder).map((name) => [name, digest(join(folder, name))]));
  write(folder, files);
}

/** What is wrong with the files of a run that says it is finished; undefined where all is as its process left it. */
export function findDamage(folder: string): RunDamage | undefined {
  let digests: Digests | undefined;
  try {
    digests = readRecord<Digests>(digestsPath(folder), shape, RUN_FOLDER_VERSION);
  } catch (error) {
    if (!(error instanceof OneshotError)) throw error;
    return { training: [], evaluation: ['digests.json cannot be read'] };
  }
  // Nothing says what the rest was: what can be made again without training is.
  if (digests === undefined)
    return existsSync(runFiles(folder).journal)
      ? { training: [], evaluation: ['digests.json is missing'] }
      : { training: ['journal.jsonl is missing'], evaluation: [] };
  const damage = { training: [] as string[], evaluation: [] as string[] };
  const seen: Record<string, FileDigest> = {};
  let isStale = false;
  for (const [name, known] of Object.entries(digests.files)) {
    const found = compare(folder, name, known);
    if (typeof found === 'string')
      damage[MADE_BY_TRAINING.has(name) ? 'training' : 'evaluation'].push(`${name} ${found}`);
    else {
      seen[name] = found;
      isStale ||= found !== known;
    }
  }
  if (damage.training.length > 0 || damage.evaluation.length > 0) return damage;
  if (isStale) remember(folder, seen);
  return undefined;
}

/** Whether a file of a finished run is known to be what its process left. */
export function isFileAsFinished(folder: string, name: string): boolean {
  const digests = readRecord<Digests>(digestsPath(folder), shape, RUN_FOLDER_VERSION);
  const known = digests?.files[name];
  return known !== undefined && typeof compare(folder, name, known) !== 'string';
}

/** The digest as it is now, the known one itself where nothing has touched the file, or what is wrong with it. */
function compare(folder: string, name: string, known: FileDigest): FileDigest | string {
  const path = join(folder, name);
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) return 'is missing';
  if (!found.isFile()) return 'is no file';
  if (found.size !== known.bytes) return `has ${found.size} bytes instead of ${known.bytes}`;
  if (found.ctimeMs === known.changedMs) return known;
  requireInside(path, folder);
  const now = digest(path);
  return now.sha256 === known.sha256 ? now : 'is not what it was: its digest differs';
}

/** The files whose content makes the run. Logs, the status and what only a resume needs may change or go. */
function listKept(folder: string): string[] {
  const { predictions } = runFiles(folder);
  const names = [
    'experiment.yaml',
    'journal.jsonl',
    'best.safetensors',
    'results.json',
    VERIFICATION_FILE,
    'embeddings.safetensors',
  ].filter((name) => existsSync(join(folder, name)));
  const inside = existsSync(predictions) ? readdirSync(predictions).sort() : [];
  return [...names, ...inside.map((name) => `predictions/${name}`)];
}

function digest(path: string): FileDigest {
  const { createHash } = process.getBuiltinModule('node:crypto');
  const hash = createHash('sha256');
  const { size, ctimeMs } = statSync(path);
  const file = openSync(path, 'r');
  try {
    const piece = Buffer.allocUnsafe(1 << 20);
    for (let count = readSync(file, piece); count > 0; count = readSync(file, piece))
      hash.update(piece.subarray(0, count));
  } finally {
    closeSync(file);
  }
  return { sha256: hash.digest('hex'), bytes: size, changedMs: ctimeMs };
}

// A folder that cannot be written is read whole again next time.
function remember(folder: string, files: Readonly<Record<string, FileDigest>>): void {
  try {
    write(folder, files);
  } catch {
    // Nothing depends on it.
  }
}

function write(folder: string, files: Readonly<Record<string, FileDigest>>): void {
  const digests: Digests = { version: RUN_FOLDER_VERSION, files };
  writeFileAtomic(digestsPath(folder), `${JSON.stringify(digests, null, 2)}\n`);
}

/** SHA-256 of a finished run's best weights; undefined where it trained nothing or keeps no digests. */
export function readWeightsDigest(folder: string): string | undefined {
  try {
    return readRecord<Digests>(digestsPath(folder), shape, RUN_FOLDER_VERSION)?.files['best.safetensors']?.sha256;
  } catch {
    return undefined;
  }
}

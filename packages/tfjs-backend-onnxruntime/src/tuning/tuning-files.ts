/**
 * Files of choices among algorithms of convolutions: JSON, one algorithm by key. Processes may share them; each is read anew and
 * replaced as a whole, so that a reader sees all of an earlier or of a later state. What cannot be read counts as empty.
 */
import { randomBytes } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { cpus, homedir } from 'node:os';
import { basename, dirname, join } from 'node:path';

/** Raised when the algorithms change, so that what was measured of the old ones is measured again. */
const FILE_VERSION = 1;
/** A network has some tens of shapes; the oldest choices make room. */
const MAX_CHOICES = 2048;
const MAX_FILE_BYTES = 2 ** 20;
const MAX_NAME_LENGTH = 64;

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Returns the file of this machine's choices in the user's cache folder. Its name holds the processor's, since a home
 * folder may be shared by machines.
 */
export function findTuningFile(env: Environment = process.env, platform: NodeJS.Platform = process.platform): string {
  const name = processorName()
    .replace(/[^A-Za-z0-9]+/g, '-')
    .slice(0, MAX_NAME_LENGTH);
  return join(findCacheFolder(env, platform), 'tfjs-backend-onnxruntime', `tuning-${name}.json`);
}

/** Source: XDG Base Directory Specification 0.8; "File System Basics" of macOS; KNOWNFOLDERID of Windows. */
function findCacheFolder(env: Environment, platform: NodeJS.Platform): string {
  const home = env.HOME || homedir();
  if (platform === 'darwin') return join(home, 'Library', 'Caches');
  if (platform === 'win32' && env.LOCALAPPDATA) return env.LOCALAPPDATA;
  return env.XDG_CACHE_HOME || join(home, '.cache');
}

function processorName(): string {
  return cpus()[0]?.model.trim() || 'unknown';
}

/**
 * Returns the candidate that the first file which knows the key holds, and writes it to the files before that one as far as
 * they can be written; undefined when none knows it.
 */
export function findChoice<Choice extends string>(
  files: readonly string[],
  key: string,
  candidates: readonly Choice[],
): Choice | undefined {
  for (const [index, file] of files.entries()) {
    const choice = candidates.find((candidate) => candidate === readChoices(file).get(key));
    if (choice === undefined) continue;
    for (const earlier of files.slice(0, index)) addChoice(earlier, key, choice);
    return choice;
  }
  return undefined;
}

/**
 * Writes a choice to all files and returns what holds from now on: another process may have been first. Returns undefined,
 * and writes nothing, when the first file cannot be written.
 */
export function keepChoice<Choice extends string>(
  files: readonly string[],
  key: string,
  choice: Choice,
  candidates: readonly Choice[],
): Choice | undefined {
  const known = findChoice(files, key, candidates);
  if (known !== undefined) return known;
  const [first, ...others] = files as [string, ...string[]];
  if (!addChoice(first, key, choice)) return undefined;
  for (const file of others) addChoice(file, key, choice);
  return choice;
}

/** Makes a file without choices where there is none, so that one that is missing later was lost. */
export function createTuningFile(file: string): void {
  if (!existsSync(file)) writeChoices(file, []);
}

/** Returns what the file holds; nothing where it is none of this version's. */
function readChoices(file: string): Map<string, string> {
  try {
    if (statSync(file).size > MAX_FILE_BYTES) return new Map();
    const { version, choices } = JSON.parse(readFileSync(file, 'utf8')) as { version?: unknown; choices?: unknown };
    if (version !== FILE_VERSION || typeof choices !== 'object' || choices === null) return new Map();
    return new Map(Object.entries(choices).filter(([, algorithm]) => typeof algorithm === 'string'));
  } catch {
    return new Map();
  }
}

function addChoice(file: string, key: string, choice: string): boolean {
  const choices = readChoices(file);
  // Behind the others: the newest are kept.
  choices.delete(key);
  return writeChoices(file, [...choices, [key, choice]]);
}

// Not `recursive`: below /proc and like file systems, Node's own way up and down never ends.
function makeFolder(folder: string): void {
  if (existsSync(folder)) return;
  makeFolder(dirname(folder));
  try {
    mkdirSync(folder);
  } catch (error) {
    // Another process may have made it just now.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}

/** Returns whether the file could be written. */
function writeChoices(file: string, choices: readonly (readonly [string, string])[]): boolean {
  const kept = Object.fromEntries(choices.slice(-MAX_CHOICES));
  const content = { version: FILE_VERSION, machine: processorName(), choices: kept };
  try {
    makeFolder(dirname(file));
    replaceFile(file, `${JSON.stringify(content, null, 2)}\n`);
    return true;
  } catch {
    return false;
  }
}

function replaceFile(file: string, text: string): void {
  const temporary = join(dirname(file), `.${basename(file)}.${randomBytes(6).toString('hex')}.tmp`);
  try {
    const handle = openSync(temporary, 'wx');
    try {
      writeFileSync(handle, text);
      // A checkpoint that was computed with the choice must not be on the disk before it.
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
    renameSync(temporary, file);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

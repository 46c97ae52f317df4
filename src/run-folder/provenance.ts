// Where a run was made: versions, machine, git commit. Written once per attempt, so that a result can be traced.
// Credentials never get in: of the environment only what is named here, and URLs without user and password.
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { arch, cpus, hostname, release, totalmem, userInfo } from 'node:os';
import { promisify } from 'node:util';
import { readBounded } from '../base/bounded-file.js';
import { stripCredentials } from '../base/hide-credentials.js';
import { readOwnVersion } from '../base/own-files.js';
import { OneshotError } from '../base/problem.js';
import {
  isCount,
  isHash,
  isList,
  isMap,
  isOptional,
  isRecord,
  isText,
  MAX_RECORD_BYTES,
  type RecordShape,
} from './read-record.js';

export interface Provenance {
  readonly attempt: number;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly oneshot: string;
  readonly node: string;
  readonly engine: Readonly<Record<string, string | number>>;
  readonly machine: {
    readonly host: string;
    /** Name of the user account; empty where there is none. */
    readonly user: string;
    readonly system: string;
    readonly processor: string;
    readonly cores: number;
    readonly memoryBytes: number;
  };
  /** The commit of the folder that the experiment lies in, when that is a git checkout. */
  readonly git?: {
    readonly commit: string;
    readonly branch: string;
    readonly dirty: boolean;
    readonly remote?: string;
  };
  /** The network that it began with, where that had learned before. */
  readonly initialWeights?: InitialWeightsOrigin;
}

/** A trained network that another run began with. */
export interface InitialWeightsOrigin {
  /** SHA-256 over names, shapes and bytes of its weights. */
  readonly digest: string;
  readonly experiment: string;
  readonly trial: string;
  readonly seed: number;
  /** Unique to the run that trained it. */
  readonly uid: string;
  /** Training fingerprint of that run. */
  readonly fingerprint: string;
  readonly dataset: string;
  readonly dataIdentity: string;
}

/** The provenance of an attempt that starts now in this process. */
export function describeProvenance(options: {
  attempt: number;
  startedAt: Date;
  engine: Readonly<Record<string, string | number>>;
  /** What `describeGit` found. */
  git?: Provenance['git'];
  initialWeights?: InitialWeightsOrigin;
}): Provenance {
  const processors = cpus();
  const { git, initialWeights } = options;
  return {
    attempt: options.attempt,
    startedAt: options.startedAt.toISOString(),
    oneshot: readOwnVersion(),
    node: process.version,
    engine: options.engine,
    machine: {
      host: hostname(),
      user: readUser(),
      system: `${process.platform} ${release()} ${arch()}`,
      processor: processors[0]?.model ?? 'unknown',
      cores: processors.length,
      memoryBytes: totalmem(),
    },
    ...(git === undefined ? {} : { git }),
    ...(initialWeights === undefined ? {} : { initialWeights }),
  };
}

const provenanceShape: RecordShape = {
  attempt: isCount,
  startedAt: isText,
  oneshot: isText,
  node: isText,
  engine: isMap,
  machine: isRecord({ host: isText, system: isText, processor: isText, cores: isCount }),
  git: isOptional(isRecord({ commit: isText, branch: isText, remote: isOptional(isText) })),
  initialWeights: isOptional(
    isRecord({
      digest: isHash,
      experiment: isText,
      trial: isText,
      seed: isCount,
      uid: isText,
      fingerprint: isHash,
      dataset: isText,
      dataIdentity: isText,
    }),
  ),
};

/**
 * What the file at `path` says, one for each attempt; none where there is no such file. Throws OneshotError('corrupt')
 * when it is not what a run wrote.
 */
export function readProvenance(path: string): Provenance[] {
  if (!existsSync(path)) return [];
  const refuse = (reason: string, cause?: unknown) =>
    new OneshotError('corrupt', `${path} ${reason}`, cause === undefined ? {} : { cause });
  let attempts: unknown;
  try {
    attempts = JSON.parse(readBounded(path, MAX_RECORD_BYTES).toString('utf8'));
  } catch (error) {
    throw refuse('is not readable JSON', error);
  }
  if (!isList(attempts) || !(attempts as unknown[]).every(isRecord(provenanceShape)))
    throw refuse('is not what this program wrote');
  return attempts as Provenance[];
}

// Containers run under numbers that have no name.
function readUser(): string {
  try {
    return userInfo().username;
  } catch {
    return '';
  }
}

const run = promisify(execFile);

/**
 * The git commit of a folder; undefined where it is in no checkout. Its four questions are asked at once, in processes
 * of their own.
 */
export async function describeGit(folder: string): Promise<Provenance['git']> {
  const ask = async (...args: string[]) =>
    (await run('git', ['-C', folder, ...args], { encoding: 'utf8', timeout: 5000 })).stdout.trim();
  const answers = [
    ask('rev-parse', 'HEAD'),
    ask('rev-parse', '--abbrev-ref', 'HEAD'),
    ask('status', '--porcelain', '--untracked-files=no'),
    // A checkout may have no remote.
    ask('remote', 'get-url', 'origin').catch(() => ''),
  ];
  try {
    const [commit, branch, changes, remote] = (await Promise.all(answers)) as [string, string, string, string];
    return { commit, branch, dirty: changes !== '', ...(remote === '' ? {} : { remote: stripCredentials(remote) }) };
  } catch {
    return undefined;
  }
}

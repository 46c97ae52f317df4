// What the report is about, in a few facts: experiments, seeds, data, engines, commits, machines and hours.
import type { Provenance } from '../../run-folder/provenance.js';
import type { RunGroup } from '../group-runs.js';
import type { ReportRun } from '../load-runs.js';

export interface WhatWasRun {
  readonly experiments: readonly string[];
  readonly configurations: number;
  /** Ascending. */
  readonly seeds: readonly number[];
  /** `omniglot, split koch, 35 px`. */
  readonly data: readonly string[];
  /** What networks began with that had learned before: `first/seed=1, weights 3f2a91c0`. */
  readonly initialWeights: readonly string[];
  /** `onnxruntime 1.30.0, 2 threads`. */
  readonly engines: readonly string[];
  /** `oneshot 0.1.0, Node.js v20.20.2`. */
  readonly versions: readonly string[];
  readonly commits: readonly Commit[];
  /** `AMD EPYC, 2 cores`. */
  readonly machines: readonly string[];
  /** Of all attempts of all runs, added up, whether they ran side by side or not. */
  readonly wallSeconds: number;
  /** The part of it in which networks were trained and validated, from the journals. */
  readonly trainingSeconds: number;
  /** ISO 8601; undefined where nothing was started. */
  readonly firstStart: string | undefined;
  readonly lastEnd: string | undefined;
}

export interface Commit {
  readonly hash: string;
  /** Whether files differed from the commit in any run. */
  readonly dirty: boolean;
}

/** The facts of all runs together. */
export function describeWhatWasRun(groups: readonly RunGroup[]): WhatWasRun {
  const runs = groups.flatMap((group) => group.runs);
  const attempts = runs.flatMap(({ provenance }) => provenance);
  return {
    experiments: unique(runs.map(({ trial }) => trial.experimentName)),
    configurations: groups.length,
    seeds: unique(runs.map(({ trial }) => trial.seed)).sort((a, b) => a - b),
    data: unique(runs.flatMap(describeData)),
    initialWeights: unique(attempts.flatMap(describeInitialWeights)),
    engines: unique(attempts.map(describeEngine)),
    versions: unique(attempts.map(({ oneshot, node }) => `oneshot ${oneshot}, Node.js ${node}`)),
    commits: listCommits(attempts),
    machines: unique(
      attempts.map(({ machine }) => `${machine.processor}, ${machine.cores} ${machine.cores === 1 ? 'core' : 'cores'}`),
    ),
    wallSeconds: sum(runs.map(({ status }) => status?.seconds ?? 0)),
    trainingSeconds: sum(
      runs.flatMap(({ metrics }) => metrics.get('time/epoch-seconds') ?? []).map(({ value }) => value),
    ),
    firstStart: attempts.map(({ startedAt }) => startedAt).sort()[0],
    lastEnd: runs
      .flatMap(({ status }) => status?.updatedAt ?? [])
      .sort()
      .at(-1),
  };
}

function describeData({ settings }: ReportRun): string[] {
  const { 'data.dataset': dataset, 'data.split': split, 'data.imageSize': size } = settings;
  if (dataset === undefined) return [];
  return [
    [dataset, ...(split === undefined ? [] : [`split ${split}`]), ...(size === undefined ? [] : [`${size} px`])].join(
      ', ',
    ),
  ];
}

const DIGEST_LETTERS = 8;

function describeInitialWeights({ initialWeights: origin }: Provenance): string[] {
  if (origin === undefined) return [];
  return [`${origin.experiment}/${origin.trial}, weights ${origin.digest.slice(0, DIGEST_LETTERS)}`];
}

// Every engine says its name, version and threads; what else it says is of no interest here.
function describeEngine({ engine: { name, version, threads } }: Provenance): string {
  if (name === undefined) return 'none';
  return `${name} ${version}${threads === undefined ? '' : `, ${threads} ${threads === 1 ? 'thread' : 'threads'}`}`;
}

function listCommits(attempts: readonly Provenance[]): Commit[] {
  const commits = new Map<string, boolean>();
  for (const { git } of attempts) if (git) commits.set(git.commit, git.dirty || commits.get(git.commit) === true);
  return [...commits].map(([hash, dirty]) => ({ hash, dirty }));
}

const unique = <T>(values: readonly T[]): T[] => [...new Set(values)];
const sum = (values: readonly number[]): number =>
  values.filter(Number.isFinite).reduce((total, value) => total + value, 0);

// Run folders as a trial leaves them, with a network of known skill, for tests of reports.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { writeFileAtomic } from '../../../src/base/atomic-file.js';
import { stableHash } from '../../../src/base/stable-hash.js';
import type { Baseline, Protocol } from '../../../src/config/experiment.js';
import { evaluate } from '../../../src/evaluation/evaluate.js';
import { writeResults } from '../../../src/evaluation/records/evaluation-result.js';
import { writePredictions } from '../../../src/evaluation/records/predictions.js';
import { writePairs, writeVerifications } from '../../../src/evaluation/records/verification-result.js';
import { scorePairs } from '../../../src/evaluation/scorers/score-pairs.js';
import type { Scorer } from '../../../src/evaluation/scorers/scorer.js';
import type { EvaluationData } from '../../../src/evaluation/task.js';
import { verify } from '../../../src/evaluation/verification/verify.js';
import type { Provenance } from '../../../src/run-folder/provenance.js';
import { RUN_FOLDER_VERSION, type RunState, runFiles, writeRunStatus } from '../../../src/run-folder/run-folder.js';
import { openJournal } from '../../../src/tracking/journal.js';

export interface FakeRun {
  readonly experiment?: string;
  readonly name?: string;
  readonly seed?: number;
  readonly assignments?: readonly { path: string; value: unknown }[];
  readonly state?: RunState;
  readonly failure?: string;
  readonly settings?: Readonly<Record<string, string>>;
  /** `metric -> values by epoch`. */
  readonly metrics?: Readonly<Record<string, readonly number[]>>;
  /** The evaluation; left out for runs that have none yet. */
  readonly evaluation?: FakeEvaluation;
}

export interface FakeEvaluation {
  readonly data: EvaluationData;
  readonly sections: readonly Protocol[];
  readonly baselines?: readonly Baseline[];
  /** How far the score of a right pair stands above others, whose scores have variance 1; undefined for baselines alone. */
  readonly skill?: number;
}

const PROVENANCE: Provenance = {
  attempt: 1,
  startedAt: '2026-01-01T10:00:00.000Z',
  oneshot: '0.1.0',
  node: 'v20.19.0',
  engine: { name: 'onnxruntime', version: '1.23.0', threads: 1 },
  machine: { host: 'here', user: '', system: 'linux', processor: 'a processor', cores: 2, memoryBytes: 1e9 },
  git: { commit: '0123456789abcdef', branch: 'main', dirty: true },
};

/** Writes the run below `parent` and returns its folder. */
export async function writeRun(parent: string, run: FakeRun): Promise<string> {
  const { experiment = 'fake', seed = 1, assignments = [], state = 'finished', settings = {} } = run;
  const name = run.name ?? [...assignments.map(({ path, value }) => `${path}=${value}`), `seed=${seed}`].join(',');
  const config = stableHash({ assignments, settings });
  const folder = join(parent, experiment.replace(/[^A-Za-z0-9]/g, '_'), `${stableHash(name).slice(0, 8)}-${seed}`);
  mkdirSync(folder, { recursive: true });
  const files = runFiles(folder);
  const fingerprints = {
    training: stableHash({ config, seed }),
    evaluation: stableHash({ config, seed, e: 1 }),
    config,
  };
  const trial = {
    version: RUN_FOLDER_VERSION,
    uid: stableHash(folder),
    experimentName: experiment,
    name,
    id: fingerprints.training.slice(0, 8),
    seed,
    assignments,
    fingerprints,
  };
  writeFileAtomic(files.trial, JSON.stringify(trial));
  writeFileAtomic(
    files.experiment,
    stringify({ ...nestSettings(settings), baselines: run.evaluation?.baselines ?? [] }),
  );
  writeJournal(files.journal, name, experiment, run.metrics ?? {});
  if (state !== 'waiting') {
    writeFileAtomic(files.provenance, JSON.stringify([PROVENANCE]));
    const epochs = Math.max(0, ...Object.values(run.metrics ?? {}).map((values) => values.length));
    writeRunStatus(folder, {
      version: RUN_FOLDER_VERSION,
      state,
      fingerprints,
      attempt: 1,
      epoch: epochs,
      maxEpochs: epochs,
      metrics: {},
      startedAt: '2026-01-01T10:00:00.000Z',
      updatedAt: '2026-01-01T10:12:00.000Z',
      seconds: 720,
      processorSeconds: 720,
      peakMemoryBytes: 1e9,
      trained: state === 'finished',
      ...(run.failure === undefined ? {} : { failure: { code: 'non-finite', message: run.failure } }),
    });
  }
  if (run.evaluation) {
    const { data, sections, baselines = [], skill } = run.evaluation;
    mkdirSync(files.predictions);
    const measured = {
      data,
      sections,
      baselines,
      ...(skill === undefined ? {} : { network: makeSkilledScorer(data, skill, seed) }),
    };
    const results = await evaluate({ ...measured, keep: (record) => writePredictions(files.predictions, record) });
    writeResults(files.results, results);
    const verifications = await verify({ ...measured, keep: (pairs) => writePairs(files.predictions, pairs) });
    if (verifications.length > 0) writeVerifications(folder, verifications);
  }
  return folder;
}

/** `{'training.batchSize': '32'}` as the experiment that has it. */
function nestSettings(settings: Readonly<Record<string, string>>): object {
  const experiment: Record<string, unknown> = {
    data: { dataset: 'glyphs', imageSize: 9 },
    training: { task: { type: 'allPairs' }, loss: 'binaryCrossEntropy', optimizer: { type: 'adamW' }, maxEpochs: 2 },
    evaluation: [],
    baselines: [],
  };
  for (const [path, value] of Object.entries(settings)) {
    const keys = path.split('.');
    let place = experiment;
    for (const key of keys.slice(0, -1)) {
      place[key] ??= {};
      place = place[key] as Record<string, unknown>;
    }
    place[keys.at(-1)!] = value;
  }
  return experiment;
}

function writeJournal(
  path: string,
  name: string,
  experiment: string,
  metrics: Readonly<Record<string, readonly number[]>>,
): void {
  const journal = openJournal(path, { now: () => 1_767_261_600_000 });
  journal.append({ type: 'run', uid: stableHash(path), name, experiment });
  journal.append({
    type: 'tags',
    values: { 'oneshot.engine': 'onnxruntime 1.23.0', 'mlflow.source.git.commit': '0123456789abcdef' },
  });
  for (const [key, values] of Object.entries(metrics)) {
    for (const [index, value] of values.entries()) journal.append({ type: 'metric', key, step: index + 1, value });
  }
  journal.close();
}

/** A network that tells characters apart by `skill` standard deviations of its noise. */
export function makeSkilledScorer({ split }: EvaluationData, skill: number, seed: number): Scorer {
  const { set } = split.test;
  return {
    name: 'network',
    combineShots: 'mean',
    constantByDesign: false,
    embed: () =>
      scorePairs((query, support) => {
        const isSame = set.character[query] === set.character[support];
        return (isSame ? skill : 0) + makeNoise(seed, query, support);
      }),
  };
}

/** Uniform noise of variance 1 that depends on its arguments alone. */
function makeNoise(...keys: readonly number[]): number {
  let hash = 2166136261;
  for (const key of keys) {
    hash = Math.imul(hash ^ key, 2654435761);
    hash ^= hash >>> 15;
  }
  return ((hash >>> 0) / 2 ** 32 - 0.5) * Math.sqrt(12);
}

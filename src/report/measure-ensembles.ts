// What the networks of an experiment reach together where its file declares an ensemble: a system of its own, made from
// the members' kept answers. Over several ensembles (one for each seed) it is the mean, with an interval over them.
import { dirname } from 'node:path';
import { stableHash } from '../base/stable-hash.js';
import type { EnsembleResult } from '../evaluation/ensemble.js';
import { groupBy } from '../evaluation/group-by.js';
import { titleOfBaseline } from '../evaluation/scorers/registry.js';
import { coverBoth } from '../evaluation/statistics/interval.js';
import { intervalOverSeeds } from '../evaluation/statistics/over-seeds.js';
import { listSweeps, type SweepManifest } from '../run-folder/sweep-folder.js';
import { ensembleRuns } from './ensemble-runs.js';
import { hasConvolutions, type Measurement, type RunGroup } from './group-runs.js';
import type { ReportRun } from './load-runs.js';

/**
 * The ensembles that the experiments of these runs declare, task by task. Those with a member that has not finished are
 * left out.
 */
export function measureEnsembles(groups: readonly RunGroup[]): Measurement[] {
  const runs = groups.flatMap((group) => group.runs.map((run) => ({ run, label: group.label })));
  const byExperiment = groupBy(runs, ({ run }) => dirname(run.folder));
  return [...byExperiment].flatMap(([folder, found]) => {
    const sweep = listSweeps(folder).at(-1);
    return sweep?.ensemble === undefined ? [] : measureSweep(sweep, found);
  });
}

interface LabelledRun {
  readonly run: ReportRun;
  /** Of its configuration. */
  readonly label: string;
}

function measureSweep(
  { ensemble, trialIds, trials, seeds, idsWithoutNetwork = [] }: SweepManifest,
  found: readonly LabelledRun[],
): Measurement[] {
  const finished = found.filter(
    ({ run: { state, trial } }) => state === 'finished' && (trialIds?.includes(trial.id) ?? true),
  );
  const isBaseline = ({ run }: LabelledRun) => idsWithoutNetwork.includes(run.trial.id);
  const members = finished.filter((member) => !isBaseline(member));
  if (ensemble === 'seeds') {
    return [...groupBy(members, ({ label }) => label)].flatMap(([label, own]) =>
      own.length < seeds.length ? [] : measure(`${label}: ${own.length} seeds together`, [own]),
    );
  }
  // What learns nothing has no seed of its own, and answers with the networks of each.
  const baselines = finished.filter(isBaseline);
  const networks = trials - idsWithoutNetwork.length;
  if (networks === 0 || baselines.length < idsWithoutNetwork.length) return [];
  const size = ensemble === 'all' ? networks : networks / seeds.length;
  const ensembles = ensemble === 'all' ? [members] : [...groupBy(members, ({ run }) => run.trial.seed).values()];
  const names = baselines.flatMap(({ run }) => nameBaselines(run));
  return measure(
    names.length === 0 ? `ensemble of ${size}` : `ensemble of ${listWords([networksInWords(size), ...names])}`,
    ensembles.filter((own) => own.length === size).map((own) => [...own, ...baselines]),
  );
}

const networksInWords = (count: number) => (count === 1 ? 'a network' : `${count} networks`);

function nameBaselines({ results }: ReportRun): string[] {
  const scorers = new Set(results.map(({ scorer }) => scorer).filter((scorer) => scorer !== 'chance'));
  return [...scorers].map((scorer) => titleOfBaseline(scorer));
}

function listWords(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}

function measure(system: string, ensembles: readonly (readonly LabelledRun[])[]): Measurement[] {
  const answered = ensembles
    .filter((members) => members.length > 1)
    .flatMap((members) => ensembleRuns(members.map(({ run }) => run.folder)).map((result) => ({ result, members })));
  return [...groupBy(answered, ({ result }) => result.task).values()].map((own) => summarize(system, own));
}

function summarize(
  system: string,
  answered: readonly { readonly result: EnsembleResult; readonly members: readonly LabelledRun[] }[],
): Measurement {
  const results = answered.map(({ result }) => result);
  const runs = answered.flatMap(({ members }) => members.map(({ run }) => run));
  const { task, n } = results[0]!;
  const alone = runs.flatMap((run) =>
    run.results.filter((result) => result.task === task && result.scorer === 'network'),
  );
  const { scorer, protocol, selection, assignment, mistake, nWay, kShot, pictures } = alone[0]!;
  return {
    system,
    scorer,
    variant: '',
    task,
    protocol,
    selection,
    assignment,
    ...(mistake && { mistake }),
    nWay,
    kShot,
    convolutional: hasConvolutions(runs[0]!),
    isEnsemble: true,
    pictures: pictures.name,
    pictureSize: [pictures.height, pictures.width],
    accuracy: results.reduce((sum, { accuracy }) => sum + accuracy, 0) / results.length,
    interval: intervalOverSeeds(
      results.map(({ accuracy, wilson, clustered }) => ({ accuracy, interval: coverBoth(wilson, clustered) })),
    ),
    asked: stableHash([...new Set(alone.map(({ episodesHash }) => episodesHash))].sort()),
    n,
    correct: results.map(({ correct }) => correct),
    accuracies: results.map(({ accuracy }) => accuracy),
    folders: runs.map(({ folder }) => folder),
    alarm: undefined,
  };
}

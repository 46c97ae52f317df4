import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeFolder } from '../../src/base/make-folder.js';
import { chooseConfiguration } from '../../src/report/figures/choose-configuration.js';
import { makeHeadline } from '../../src/report/figures/headline.js';
import { groupRuns, measureGroups } from '../../src/report/group-runs.js';
import { loadRuns, type ReportRun } from '../../src/report/load-runs.js';
import { measureEnsembles } from '../../src/report/measure-ensembles.js';
import {
  SWEEP_VERSION,
  type SweepManifest,
  sweepFiles,
  writeSweepManifest,
} from '../../src/run-folder/sweep-folder.js';
import { FIVE_WAY, makeSmallData } from './support/small-data.js';
import { writeRun } from './support/write-run.js';

const parent = mkdtempSync(join(tmpdir(), 'oneshot-ensembles-'));
afterAll(() => rmSync(parent, { recursive: true }));

const members = [1, 2].flatMap((seed) => ['siamese', 'prototypes'].map((kind) => ({ seed, kind })));
let folder: string;

beforeAll(async () => {
  const data = makeSmallData();
  for (const [index, { seed, kind }] of members.entries()) {
    const run = await writeRun(parent, {
      name: `${kind}-${seed}`,
      seed,
      assignments: [{ path: 'model.head.type', value: kind }],
      // The noise of a network hangs on its seed alone: another one for each member.
      evaluation: { data, sections: [{ ...FIVE_WAY, assignment: 'oneToOne' }], skill: 1 + 0.1 * index },
    });
    folder = dirname(run);
  }
});

/** The runs as their sweep declares them. */
function declare(
  ensemble: SweepManifest['ensemble'],
  trials = members.length,
  idsWithoutNetwork: readonly string[] = [],
) {
  const files = sweepFiles(folder, 'abcdef01');
  makeFolder(files.folder);
  const objective = { metric: 'train/loss', goal: 'minimize' } as const;
  const sweep = {
    version: SWEEP_VERSION,
    id: 'abcdef01',
    fingerprint: '',
    experimentName: '',
    method: 'list',
  } as const;
  const own = ensemble === undefined ? {} : { ensemble };
  writeSweepManifest(files.manifest, {
    ...sweep,
    ...objective,
    ...own,
    seeds: [1, 2],
    trials,
    ...(idsWithoutNetwork.length === 0 ? {} : { idsWithoutNetwork }),
    parallel: 1,
    createdAt: '',
  });
  return groupRuns(loadRuns([folder]).runs);
}

const plain = 'test/within-alphabet/5-way-1-shot';

describe('an ensemble that a file declares', () => {
  it('of configurations is one for each seed, measured as their mean', () => {
    const found = measureEnsembles(declare('configurations'));
    expect(found.map(({ system, task, n, accuracies, folders }) => [system, task, n, accuracies.length, folders.length]))
      .toEqual([
        ['ensemble of 2', plain, 50, 2, 4],
        ['ensemble of 2', `${plain}-transductive`, 50, 2, 4],
      ]); // biome-ignore format: a table
    const [mean, transductive] = found;
    expect(mean!.accuracy).toBeCloseTo((mean!.accuracies[0]! + mean!.accuracies[1]!) / 2, 12);
    expect(mean!.interval[1] - mean!.interval[0]).toBeGreaterThan(0);
    // Assigned together, as its members were on this task, not by themselves.
    expect(transductive!.accuracy).toBeGreaterThan(mean!.accuracy);
  });

  it('of seeds is one for each configuration, and of all there is one', () => {
    const ofTask = (of: 'seeds' | 'all') => measureEnsembles(declare(of)).filter(({ task }) => task === plain);
    expect(ofTask('seeds').map(({ system, accuracies }) => [system, accuracies.length])).toEqual([
      ['type=siamese: 2 seeds together', 1],
      ['type=prototypes: 2 seeds together', 1],
    ]);
    expect(ofTask('all').map(({ system, folders }) => [system, folders.length])).toEqual([['ensemble of 4', 4]]);
  });

  it('speaks for its experiment, and is left out while a member is missing', () => {
    const groups = declare('configurations');
    const measurements = [...measureGroups(groups), ...measureEnsembles(groups)];
    expect(makeHeadline(measurements, [], chooseConfiguration(groups))?.first).toMatchObject({
      system: 'ensemble of 2',
      task: plain,
    });
    expect(measureEnsembles(declare('configurations', 6))).toEqual([]);
    expect(measureEnsembles(declare(undefined))).toEqual([]);
  });
});

describe('an ensemble with a point that learns nothing', () => {
  it('has its baselines beside the networks of each seed, and waits for them', async () => {
    const data = makeSmallData();
    const run = await writeRun(parent, {
      name: 'matching',
      assignments: [{ path: 'model', value: null }],
      evaluation: {
        data,
        sections: [{ ...FIVE_WAY, assignment: 'oneToOne' }],
        baselines: [{ type: 'modifiedHausdorff' }, { type: 'chance' }],
      },
    });
    const [{ trial }] = loadRuns([run]).runs as [ReportRun];
    const declared = () =>
      measureEnsembles(declare('configurations', 5, [trial.id])).filter(({ task }) => task === plain);
    expect(declared().map(({ system, accuracies, folders, pictureSize }) => [system, accuracies.length, folders.length, pictureSize]))
      .toEqual([['ensemble of 2 networks and modified Hausdorff distance', 2, 6, [9, 9]]]); // biome-ignore format: a table
    expect(declared()[0]!.folders.filter((folder) => folder === run)).toHaveLength(2);
    const all = measureEnsembles(declare('all', 5, [trial.id])).filter(({ task }) => task === plain);
    expect(all.map(({ system, folders }) => [system, folders.length])).toEqual([
      ['ensemble of 4 networks and modified Hausdorff distance', 5],
    ]);
    const ofSeeds = measureEnsembles(declare('seeds', 5, [trial.id])).filter(({ task }) => task === plain);
    expect(ofSeeds.map(({ system }) => system)).toEqual([
      'type=siamese: 2 seeds together',
      'type=prototypes: 2 seeds together',
    ]);
    expect(measureEnsembles(declare('configurations', 6, [trial.id, 'ffffffff']))).toEqual([]);
    // No network at all: nothing to answer with.
    expect(measureEnsembles(declare('all', 1, [trial.id]))).toEqual([]);
  });
});

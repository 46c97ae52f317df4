import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import type { Baseline, Protocol } from '../../src/config/experiment.js';
import { combinePredictions } from '../../src/evaluation/ensemble.js';
import { evaluate } from '../../src/evaluation/evaluate.js';
import { writeResults } from '../../src/evaluation/records/evaluation-result.js';
import { predictionFileName, readPredictions, writePredictions } from '../../src/evaluation/records/predictions.js';
import { scorePairs } from '../../src/evaluation/scorers/score-pairs.js';
import { ensembleRuns } from '../../src/report/ensemble-runs.js';
import { runFiles } from '../../src/run-folder/run-folder.js';
import { drawRandomPictures, splitForAll } from '../evaluation/support/random-pictures.js';

const root = mkdtempSync(join(tmpdir(), 'oneshot-ensemble-'));
afterAll(() => rmSync(root, { recursive: true }));

const set = drawRandomPictures({ alphabets: 3, characters: 5, drawers: 4 });
const section = { protocol: 'within-alphabet', nWay: 5, kShot: 1, selection: 'test', seed: 1, episodes: 6 } as const;

/** A run folder whose network knows the characters of the alphabets that `knows` names, and guesses the others. */
async function makeRun(name: string, knows: (alphabet: number) => boolean, sections: Protocol[]): Promise<string> {
  return writeAnswers(name, sections, [{ type: 'chance' }], knows);
}

async function writeAnswers(
  name: string,
  sections: Protocol[],
  baselines: Baseline[],
  knows?: (alphabet: number) => boolean,
): Promise<string> {
  const folder = join(root, name);
  const files = runFiles(folder);
  mkdirSync(files.predictions, { recursive: true });
  const score = (query: number, support: number) => {
    const character = set.character[query]!;
    return knows!(set.characters[character]!.alphabet) && character === set.character[support] ? 1 : 0;
  };
  const results = await evaluate({
    sections,
    baselines,
    data: { split: splitForAll(set), source: set },
    ...(knows && {
      network: { name: 'network', combineShots: 'mean', constantByDesign: false, embed: () => scorePairs(score) },
    }),
    keep: (record) => writePredictions(files.predictions, record),
  });
  writeResults(files.results, results);
  return folder;
}

it('runs that know different alphabets know all of them together, on the tasks that they share', async () => {
  const cross = { ...section, protocol: 'cross-alphabet' } as const;
  const first = await makeRun('first', (alphabet) => alphabet === 0, [section, cross]);
  const second = await makeRun('second', (alphabet) => alphabet > 0, [section]);
  const found = ensembleRuns([first, second]);
  expect(found.map(({ task, n, accuracy }) => [task, n, accuracy])).toEqual([
    ['test/within-alphabet/5-way-1-shot', 30, 1],
  ]);
  // Two of six episodes are known, the others are ties of five.
  expect(ensembleRuns([first])[0]!.accuracy).toBeCloseTo((2 + 4 / 5) / 6, 12);
});

it('runs that answered other episodes have no task in common', async () => {
  const first = await makeRun('seed-1', () => true, [section]);
  const second = await makeRun('seed-2', () => true, [{ ...section, seed: 2 }]);
  expect(ensembleRuns([first, second])).toEqual([]);
});

it('a run without a network takes part with each of its baselines, but not with chance', async () => {
  const network = await makeRun('with-baselines', (alphabet) => alphabet === 0, [section]);
  const matching: Baseline[] = [{ type: 'nearestNeighbourCosine' }, { type: 'modifiedHausdorff' }];
  const baselines = await writeAnswers('baselines', [section], [...matching, { type: 'chance' }]);
  const [together] = ensembleRuns([network, baselines]);
  const records = [
    { folder: network, scorer: 'network' },
    { folder: baselines, scorer: 'nearestNeighbourCosine' },
    { folder: baselines, scorer: 'modifiedHausdorff' },
  ].map(({ folder, scorer }) =>
    readPredictions(
      join(runFiles(folder).predictions, predictionFileName('test/within-alphabet/5-way-1-shot', scorer)),
    ),
  );
  expect(together).toEqual(combinePredictions(records));
  expect(ensembleRuns([await writeAnswers('chance', [section], [{ type: 'chance' }])])).toEqual([]);
});

it('a run that answers nothing but by chance makes no smaller ensemble of the others', async () => {
  const network = await makeRun('one-of-two', () => true, [section]);
  const other = await makeRun('two-of-two', () => true, [section]);
  const chance = await writeAnswers('chance-beside', [section], [{ type: 'chance' }]);
  expect(ensembleRuns([network, other])).toHaveLength(1);
  expect(ensembleRuns([network, other, chance])).toEqual([]);
});

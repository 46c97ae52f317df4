// Which results `oneshot run` prints at its end.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { chooseResults } from '../../src/cli/sweep-results.js';
import { type EvaluationResult, writeResults } from '../../src/evaluation/records/evaluation-result.js';
import type { RunState } from '../../src/run-folder/run-folder.js';
import { newFolder } from '../support/run-command.js';
import { writeRunFolder } from '../support/write-run-folder.js';

const METRIC = 'validation/one-shot-accuracy';

const RESULT: EvaluationResult = {
  task: 'test/within-alphabet/2-way-1-shot',
  scorer: 'chance',
  protocol: 'within-alphabet',
  selection: 'test',
  nWay: 2,
  kShot: 1,
  seed: 1,
  testTimeAugmentation: null,
  assignment: null,
  pictures: { name: 'glyphs', digest: '0', height: 8, width: 8 },
  episodesHash: '0',
  skippedAlphabets: [],
  n: 2,
  correct: 1,
  accuracy: 0.5,
  wilson: [0.1, 0.9],
  clustered: null,
  perAlphabet: [],
  episodes: { queries: [2], credits: [1] },
  alarm: null,
  predictions: 'chance.jsonl',
};

/** A run with one result and this value of the metric. */
function writeRun(experiment: string, name: string, state: RunState, value: number | undefined): string {
  const folder = writeRunFolder(experiment, name, state);
  const path = join(folder, 'status.json');
  const status = JSON.parse(readFileSync(path, 'utf8'));
  writeFileSync(path, JSON.stringify({ ...status, metrics: value === undefined ? {} : { [METRIC]: value } }));
  writeResults(join(folder, 'results.json'), [RESULT]);
  return folder;
}

const goal = { metric: METRIC, goal: 'maximize' } as const;

test('of a few finished runs all are shown, in their order; unfinished ones are not', () => {
  const experiment = newFolder();
  const folders = [
    writeRun(experiment, 'b', 'finished', 0.2),
    writeRun(experiment, 'halted', 'halted', 0.9),
    writeRun(experiment, 'a', 'finished', 0.7),
  ];
  const { shown, total } = chooseResults(folders, goal);
  expect(shown.map(({ name }) => name)).toEqual(['b', 'a']);
  expect(total).toBe(2);
});

test('of more than twenty the ten best are shown, best first, and those without a value never before others', () => {
  const experiment = newFolder();
  const values = Array.from({ length: 25 }, (_, at) => (at % 5 === 0 ? undefined : ((at * 7) % 25) / 25));
  const folders = values.map((value, at) => writeRun(experiment, `run${at}`, 'finished', value));
  const { shown, total } = chooseResults(folders, goal);
  const metricOf = (name: string) => values[Number(name.slice('run'.length))];
  expect(shown.map(({ name }) => metricOf(name))).toEqual(
    values
      .filter((value) => value !== undefined)
      .sort((a, b) => b - a)
      .slice(0, 10),
  );
  expect(total).toBe(25);
  const lowest = chooseResults(folders, { ...goal, goal: 'minimize' });
  expect(metricOf(lowest.shown[0]!.name)).toBe(1 / 25);
});

// `report --format markdown`: figures with their conditions, from run folders and from a record of before.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { renderResultsPage } from '../../src/report/results/results-page.js';
import { readResultsRecord } from '../../src/report/results/results-record.js';
import { writeResults } from '../../src/report/results/write-results.js';
import { FIVE_WAY, makeSmallData } from './support/small-data.js';
import { type FakeEvaluation, writeRun } from './support/write-run.js';

const evaluation: FakeEvaluation = {
  data: makeSmallData(),
  sections: [FIVE_WAY],
  baselines: [{ type: 'nearestNeighbourCosine' }, { type: 'chance' }],
};
const headOf = (type: string, seed: number) => ({
  experiment: 'quickstart',
  name: `head=${type},seed=${seed}`,
  seed,
  settings: { 'model.head.type': type },
  assignments: [{ path: 'model.head', value: { type, scale: 2 } }],
});

let parent: string;

beforeAll(async () => {
  parent = mkdtempSync(join(tmpdir(), 'results-'));
  for (const seed of [1, 2]) await writeRun(parent, { ...headOf('l2', seed), evaluation: { ...evaluation, skill: 1 } });
  await writeRun(parent, { ...headOf('cosine', 1), evaluation: { ...evaluation, skill: 5 } });
  await writeRun(parent, { experiment: 'mine', seed: 3, evaluation: { ...evaluation, skill: 5 } });
  await writeRun(parent, { experiment: 'mine', seed: 4, state: 'running' });
});
afterAll(() => rmSync(parent, { recursive: true }));

describe('the results of finished runs', () => {
  it('name each figure’s conditions, its n, its interval and the accuracy of each seed', () => {
    const { record, markdown } = writeResults([parent], join(parent, 'a/results.md'));
    expect(record.experiments.map(({ experiment, runs, command }) => [experiment, runs, command])).toEqual([
      ['mine', 1, undefined],
      ['quickstart', 3, "npx oneshot run experiments/quickstart.yaml --set 'seeds=[1, 2]'"],
    ]);
    const [mine, quickstart] = record.experiments;
    expect(mine!.conditions).toMatchObject({
      engines: ['onnxruntime 1.23.0, 1 thread'],
      machines: ['a processor, 2 cores'],
    });
    expect(mine!.conditions.commits).toEqual([{ hash: '0123456789abcdef', dirty: true }]);
    // Maps that differ in their type are told by it.
    expect(quickstart!.systems.map(({ system, seeds }) => [system, seeds])).toEqual([
      ['head=l2', [1, 2]],
      ['head=cosine', [1]],
      ['nearest neighbour, cosine of ink', []],
      ['chance', []],
    ]);
    // Each fake run says that it took 720 s of processor time.
    expect(quickstart!.systems.map(({ cost }) => cost?.coreMinutes)).toEqual([12, 12, undefined, undefined]);
    const [two] = quickstart!.systems[0]!.measurements;
    const text = readFileSync(markdown, 'utf8');
    for (const accuracy of two!.accuracies) expect(text).toContain((100 * accuracy).toFixed(1));
    expect(text).toContain(`(${(100 * two!.interval[0]).toFixed(1)}–${(100 * two!.interval[1]).toFixed(1)})`);
    expect(text).toContain('commit: 0123456789ab with changes');
    expect(text).not.toContain(parent);
  });

  it('are the same page when they are read from the data beside it, and give way to newer ones of their experiment', async () => {
    const first = writeResults([parent], join(parent, 'b/results.md'));
    const again = writeResults([first.json], join(parent, 'c/results.md'));
    expect(readFileSync(again.markdown, 'utf8')).toBe(readFileSync(first.markdown, 'utf8'));
    const other = mkdtempSync(join(tmpdir(), 'results-'));
    await writeRun(other, { experiment: 'mine', seed: 9, evaluation: { ...evaluation, skill: 5 } });
    const both = writeResults([first.json, other], join(parent, 'd/results.md'));
    expect(both.record.experiments.map(({ experiment, conditions }) => [experiment, conditions.seeds])).toEqual([
      ['mine', [9]],
      ['quickstart', [1, 2]],
    ]);
    rmSync(other, { recursive: true });
  });

  it('name a shipped experiment’s command without seeds where they are those of its file', async () => {
    const other = mkdtempSync(join(tmpdir(), 'results-'));
    await writeRun(other, { ...headOf('l2', 1), evaluation });
    const { record } = writeResults([other], join(parent, 'f/results.md'));
    expect(record.experiments.map(({ command }) => command)).toEqual(['npx oneshot run experiments/quickstart.yaml']);
    rmSync(other, { recursive: true });
  });

  it('count together where an experiment’s runs lie in several folders', async () => {
    const other = mkdtempSync(join(tmpdir(), 'results-'));
    await writeRun(other, { experiment: 'mine', seed: 9, evaluation: { ...evaluation, skill: 5 } });
    const { record } = writeResults([other, parent], join(parent, 'e/results.md'));
    expect(record.experiments.map(({ experiment, conditions }) => [experiment, conditions.seeds])).toEqual([
      ['mine', [3, 9]],
      ['quickstart', [1, 2]],
    ]);
    rmSync(other, { recursive: true });
  });

  it('are not taken from what is none, and nothing is written where no run has finished', () => {
    const path = join(parent, 'other.json');
    writeFileSync(path, '{"a":1}');
    expect(() => readResultsRecord(path)).toThrow(`${path}: found no results; allowed: a file that`);
    writeFileSync(path, 'text');
    expect(() => readResultsRecord(path)).toThrow(`${path}: found no JSON`);
    const empty = mkdtempSync(join(tmpdir(), 'results-'));
    expect(() => writeResults([empty], join(empty, 'results.md'))).toThrow(`found no finished run at ${empty}`);
    rmSync(empty, { recursive: true });
  });
});

it('docs/results.md is what the command writes from docs/results.json', () => {
  const docs = join(import.meta.dirname, '../../docs');
  const record = readResultsRecord(join(docs, 'results.json'));
  expect(readFileSync(join(docs, 'results.md'), 'utf8')).toBe(renderResultsPage(record));
});

it('networks of an experiment that compares many stand with it alone, its baselines in the tables over all', () => {
  const { experiments, ...rest } = readResultsRecord(join(import.meta.dirname, '../../docs/results.json'));
  const only = experiments.filter(({ experiment }) => experiment === 'omniglot-small');
  const tablesWith = (configurations: number) => {
    const changed = only.map((one) => ({ ...one, conditions: { ...one.conditions, configurations } }));
    return renderResultsPage({ ...rest, experiments: changed }).split('\n## omniglot-small')[0]!;
  };
  const [few, many] = [tablesWith(4), tablesWith(5)];
  expect(few).toContain('| omniglot-small');
  expect(many).not.toContain('| omniglot-small');
  for (const page of [few, many]) expect(page).toContain('| nearest neighbour, Euclidean');
});

it('a baseline that several experiments measured at one size stands once in the table over all, with the most queries', () => {
  const { experiments, ...rest } = readResultsRecord(join(import.meta.dirname, '../../docs/results.json'));
  const [small] = experiments.filter(({ experiment }) => experiment === 'omniglot-small');
  // The same baseline with other figures and a tenth of the queries.
  const asFewer = <Measured extends { n: number; accuracy: number }>(one: Measured): Measured => ({
    ...one,
    n: one.n / 10,
    accuracy: 0.123,
  });
  const fewer = {
    ...small!,
    experiment: 'fewer',
    systems: small!.systems.map((system) => ({ ...system, measurements: system.measurements.map(asFewer) })),
  };
  for (const order of [
    [small!, fewer],
    [fewer, small!],
  ]) {
    const page = renderResultsPage({ ...rest, experiments: order });
    const table = page.split('## Omniglot, 20-way one-shot')[1]!.split('\n## ')[0]!;
    const rows = table.split('\n').filter((line) => line.startsWith('| nearest neighbour, Euclidean'));
    expect(rows).toHaveLength(1);
    expect(rows[0]).toContain('n 10,000');
    // Both networks stay.
    expect(table.split('\n').filter((line) => /^\| (fewer: )?omniglot-small/.test(line))).toHaveLength(2);
  }
});

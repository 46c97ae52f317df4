import { describe, expect, it } from 'vitest';
import { groupRuns } from '../../src/report/group-runs.js';
import type { ReportRun } from '../../src/report/load-runs.js';
import { nameProtocol, nameSystem } from '../../src/report/names.js';

const runOf = (settings: Record<string, string>): ReportRun =>
  ({
    trial: { experimentName: 'own', assignments: [], fingerprints: { config: JSON.stringify(settings) } },
    settings,
  }) as unknown as ReportRun;

const labelsOf = (...runs: Record<string, string>[]) => groupRuns(runs.map(runOf)).map(({ label }) => label);

describe('configurations of one name', () => {
  it('are told apart by what differs, as the command line changed it', () => {
    const base = { 'training.optimizer.learningRate': '0.01', 'training.batchSize': '32' };
    expect(labelsOf(base, { ...base, 'training.optimizer.learningRate': '0.1' })).toEqual([
      'own: learningRate=0.01',
      'own: learningRate=0.1',
    ]);
    const { 'training.batchSize': _, ...without } = base;
    expect(labelsOf(base, without)).toEqual(['own: batchSize=32', 'own: batchSize=none']);
  });

  it('name three settings of many', () => {
    const settings = (value: string) => Object.fromEntries('abcde'.split('').map((key) => [`model.${key}`, value]));
    expect(labelsOf(settings('1'), settings('2'))[0]).toBe('own: a=1, b=1, c=1 and 2 more');
  });

  it('need no telling where there is one', () => {
    expect(labelsOf({ 'training.batchSize': '32' })).toEqual(['own']);
  });
});

describe('words', () => {
  it.each([
    ['omniglot', 'Random episodes within an alphabet', 'nearest neighbour, cosine of ink'],
    ['glyphs-1', 'Random episodes within an alphabet', 'nearest neighbour, cosine of ink'],
    ['folder', 'Random episodes within a group', 'nearest neighbour, cosine'],
  ])('suit the pictures of %s', (pictures, protocol, system) => {
    expect(nameProtocol({ protocol: 'within-alphabet', pictures })).toBe(protocol);
    expect(nameSystem({ system: '', scorer: 'nearestNeighbourCosine', variant: '', pictures })).toBe(system);
  });
});

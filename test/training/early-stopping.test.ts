import { describe, expect, it } from 'vitest';
import type { Training } from '../../src/config/experiment.js';
import { type BestEpoch, hasRunOut, observeEpoch, watchedMetric } from '../../src/training/early-stopping.js';

function follow(metric: Parameters<typeof observeEpoch>[1], patience: number, values: number[]) {
  let best: BestEpoch = {};
  return values.map((value, index) => {
    const next = observeEpoch(best, metric, index + 1, value);
    const improved = next !== best;
    // Through JSON, as in a checkpoint.
    best = JSON.parse(JSON.stringify(next));
    return `${improved ? 'better' : 'same'}${hasRunOut(best, patience, index + 1) ? ' stop' : ''} ${best.epoch}`;
  });
}

describe('the best epoch', () => {
  it('has the highest accuracy, the first of equal ones', () => {
    expect(follow('validation/one-shot-accuracy', 20, [0.2, 0.5, 0.5, 0.4])).toEqual([
      'better 1',
      'better 2',
      'same 2',
      'same 2',
    ]);
  });

  it('has the lowest loss', () => {
    expect(follow('train/loss', 20, [0.7, 0.8, 0.6])).toEqual(['better 1', 'same 1', 'better 3']);
  });

  it('ends training when it lies as many epochs back as patience allows', () => {
    expect(follow('train/loss', 2, [0.7, 0.6, 0.8, 0.8])).toEqual(['better 1', 'better 2', 'same 2', 'same stop 2']);
  });

  it('is never one whose value is not a number', () => {
    expect(follow('validation/one-shot-accuracy', 20, [Number.NaN, 0.5, Number.NaN])).toEqual([
      'same undefined',
      'better 2',
      'same 2',
    ]);
  });

  it('is waited for as long as nothing was seen', () => {
    expect(hasRunOut({}, 1, 100)).toBe(false);
  });
});

describe('the watched metric', () => {
  const validation = { protocol: 'within-alphabet', nWay: 5, kShot: 1, queries: 20, everyEpochs: 1, seed: 1 } as const;
  it.each<[string, Partial<Training>, string | undefined]>([
    [
      'the one of early stopping',
      { earlyStopping: { metric: 'train/loss', patienceEpochs: 1 }, validation },
      'train/loss',
    ],
    ['the accuracy where there is a validation', { validation }, 'validation/one-shot-accuracy'],
    ['none otherwise', {}, undefined],
  ])('is %s', (_title, training, metric) => {
    expect(watchedMetric(training as Training)).toBe(metric);
  });
});

import { describe, expect, it } from 'vitest';
import type { Layer, Training } from '../../src/config/experiment.js';
import { placeEncoder } from '../../src/model/encoder-shape.js';
import {
  chooseMicroBatchSize,
  estimateActivationBytes,
  findMicroBatchConflict,
} from '../../src/model/micro-batch-size.js';
import { describeBatch } from '../../src/tasks/describe-batch.js';
import { kochModel } from './koch-model.js';

const koch = placeEncoder(kochModel().encoder, 105);
const batchNorm: Layer = { type: 'batchNorm', epsilon: 1e-5, statisticsMomentum: 0.9 };
const normalized = placeEncoder([...kochModel().encoder, batchNorm], 105);

describe('the structure of a batch', () => {
  it.each<[string, Pick<Training, 'task' | 'batchSize'>, object]>([
    [
      'of pairs: 128 when left out',
      { task: { type: 'verification', pairs: { count: 100, redraw: 'never', different: 'anywhere' } } },
      { units: 128, picturesPerUnit: 2, pairsPerUnit: 1 },
    ],
    [
      'of groups',
      { task: { type: 'allPairs', alphabets: 4, characters: 20, drawers: 4, negatives: 'hard' } },
      { units: 4, picturesPerUnit: 80, pairsPerUnit: 6400 },
    ],
  ])('%s', (_title, training, expected) => {
    expect(describeBatch(training)).toEqual(expected);
  });
});

describe('micro-batches', () => {
  it('keep the outputs of all layers and their gradients: 15.7 MB for a picture of Koch', () => {
    const poolings = 48 ** 2 * 64 + 21 ** 2 * 128 + 9 ** 2 * 128;
    const convolutions = 2 * (96 ** 2 * 64 + 42 ** 2 * 128 + 18 ** 2 * 128 + 6 ** 2 * 256);
    expect(estimateActivationBytes(koch)).toBe(2 * 4 * (105 ** 2 + convolutions + poolings + 2 * 4096));
  });

  it('are chosen as nearly equal pieces within the budget', () => {
    const size = chooseMicroBatchSize('auto', 128, 2, koch);
    expect(size).toBe(32);
    expect(chooseMicroBatchSize('auto', 100, 2, koch)).toBe(34);
    expect(chooseMicroBatchSize('auto', 8, 2, koch)).toBe(8);
  });

  it('are of the size asked for, at most a batch', () => {
    expect(chooseMicroBatchSize(20, 128, 2, koch)).toBe(20);
    expect(chooseMicroBatchSize(500, 128, 2, koch)).toBe(128);
  });

  it('are whole batches with batch normalisation', () => {
    expect(chooseMicroBatchSize('auto', 128, 2, normalized)).toBe(128);
    const encoder = normalized.layers.map(({ config }) => config);
    expect(findMicroBatchConflict(64, 128, encoder)).toBe(
      'batch normalisation needs the statistics of whole batches of 128, and micro-batches of 64 would change them',
    );
    expect(findMicroBatchConflict(128, 128, encoder)).toBeUndefined();
    expect(findMicroBatchConflict('auto', 128, encoder)).toBeUndefined();
    expect(findMicroBatchConflict(64, 128, kochModel().encoder)).toBeUndefined();
  });
});

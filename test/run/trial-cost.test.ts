import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadExperiment } from '../../src/check/load-experiment.js';
import { estimateTrialCost } from '../../src/run/trial-cost.js';

const costOf = (name: string, ...sets: string[]) =>
  estimateTrialCost(loadExperiment(resolve(import.meta.dirname, '../../experiments', name), { sets }).experiment);

describe('the cost of a trial', () => {
  test('of the network of Koch et al. 2015 is 38,951,745 parameters and 6 x 0.909 G multiplications with addition for each of 256 pictures', () => {
    // Multiply-adds of one picture by hand: conv1 96^2*10^2*64, conv2 42^2*7^2*64*128, conv3 18^2*4^2*128*128,
    // conv4 6^2*4^2*128*256, dense 9216*4096; the head 4096 a pair.
    const picture =
      96 ** 2 * 100 * 64 + 42 ** 2 * 49 * 64 * 128 + 18 ** 2 * 16 * 128 * 128 + 36 * 16 * 128 * 256 + 9216 * 4096;
    expect(costOf('presets/koch2015.yaml')).toMatchObject({
      parameters: 38_951_745,
      flopsPerStep: 6 * (256 * picture + 128 * 4096),
      picturesPerStep: 256,
    });
  });

  test('counts an epoch of the paper: 150,000 pairs as drawn and in 8 copies, 128 at a time', () => {
    expect(costOf('presets/koch2015.yaml')).toMatchObject({
      stepsPerEpoch: Math.ceil((150_000 * 9) / 128),
      steps: 200 * Math.ceil((150_000 * 9) / 128),
    });
    expect(costOf('presets/koch2015.yaml', 'augmentation.affine.copies=0')).toMatchObject({
      stepsPerEpoch: Math.ceil(150_000 / 128),
    });
  });

  test('keeps weights, velocities and a temporary file on the disk while it trains, weights alone afterwards', () => {
    const weights = 4 * 38_951_745;
    const cost = costOf('presets/koch2015.yaml');
    expect(cost?.diskBytes).toBeGreaterThanOrEqual(2 * 2 * weights + weights);
    expect(cost?.finalDiskBytes).toBeGreaterThanOrEqual(weights);
    expect(cost?.finalDiskBytes).toBeLessThan(1.1 * weights);
  });

  test('is none where nothing is trained', () => {
    expect(costOf('baselines.yaml')).toBeUndefined();
  });
});

import { describe, expect, it } from 'vitest';
import type { Schedule } from '../../src/config/experiment.js';
import { buildSchedule } from '../../src/training/schedules/registry.js';

const length = { stepsPerEpoch: 10, maxEpochs: 10 };

describe('factors on the learning rate', () => {
  it.each<[string, Schedule, [step: number, factor: number][]]>([
    [
      'constant',
      { type: 'constant' },
      [
        [0, 1],
        [99, 1],
      ],
    ],
    [
      'exponential: 0.99 per epoch, the first epoch at the full rate (Koch et al. 2015)',
      { type: 'exponential', decayPerEpoch: 0.99 },
      [
        [0, 1],
        [9, 1],
        [10, 0.99],
        [99, 0.99 ** 9],
      ],
    ],
    [
      'step: halved every 3 epochs',
      { type: 'step', everyEpochs: 3, factor: 0.5 },
      [
        [29, 1],
        [30, 0.5],
        [60, 0.25],
      ],
    ],
    [
      'cosine: up over 8 of 100 steps, then down to 0 at the last',
      { type: 'cosine', warmupFraction: 0.08, finalFraction: 0 },
      [
        [0, 1 / 8],
        [7, 1],
        [53, 0.5],
        [99, 0],
      ],
    ],
    [
      'cosine without warm-up down to a tenth',
      { type: 'cosine', warmupFraction: 0, finalFraction: 0.1 },
      [
        [49, 0.55],
        [99, 0.1],
      ],
    ],
    // torch.optim.lr_scheduler.OneCycleLR with max_lr 1, total_steps 100 and its defaults has these values.
    [
      'one cycle: up over 30 of 100 steps, then down',
      { type: 'oneCycle', warmupFraction: 0.3, startFraction: 0.04, finalFraction: 4e-6 },
      [
        [0, 0.04],
        [29, 1],
        [64, (1 + 4e-6) / 2],
        [99, 4e-6],
      ],
    ],
    // The peak is at the nearest step: 30.4 of 100 are 30.
    [
      'one cycle whose way up is no whole number of steps',
      { type: 'oneCycle', warmupFraction: 0.304, startFraction: 0, finalFraction: 0 },
      [
        [29, 1],
        [30, 0.5 * (1 + Math.cos(Math.PI / 70))],
      ],
    ],
    [
      'one cycle without a way up',
      { type: 'oneCycle', warmupFraction: 0, startFraction: 0.04, finalFraction: 0.5 },
      [
        [0, 1],
        [99, 0.5],
      ],
    ],
    ['cosine that is all warm-up', { type: 'cosine', warmupFraction: 1, finalFraction: 0 }, [[99, 1]]],
  ])('%s', (_title, config, expected) => {
    const schedule = buildSchedule(config, length);
    for (const [step, factor] of expected) expect(schedule(step)).toBeCloseTo(factor, 12);
  });
});

describe('a length that no training has fails when the schedule is built', () => {
  it.each([
    ['steps of 0', { stepsPerEpoch: 0, maxEpochs: 1 }],
    ['half an epoch', { stepsPerEpoch: 1, maxEpochs: 0.5 }],
  ])('%s', (_title, trainingLength) => {
    expect(() => buildSchedule({ type: 'constant' }, trainingLength)).toThrow(
      expect.objectContaining({ code: 'usage' }),
    );
  });
});

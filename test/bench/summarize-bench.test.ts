import { describe, expect, test } from 'vitest';
import { countForwardFlops, countTrainingFlops, describeCase } from '../../src/bench/bench-cases.js';
import { type Measurement, quantile, summarizeCase } from '../../src/bench/summarize-bench.js';

function measurement(fields: Partial<Measurement> & Pick<Measurement, 'contestant' | 'trainMs'>): Measurement {
  return { forwardMs: fields.trainMs, trainCpuMs: 10, memoryBytes: 1e9, startMs: 2000, ...fields };
}

describe('the arithmetic of a case', () => {
  test("counts Koch's network as its layers have it", () => {
    // Multiplications with additions of one picture: 96² · 100 · 64 + 42² · 49 · 64 · 128 + 18² · 16 · 128² + 6² · 16 ·
    // 128 · 256 + 9216 · 4096
    const multiplyAdds = 58_982_400 + 708_083_712 + 84_934_656 + 18_874_368 + 37_748_736;
    expect(countForwardFlops(describeCase('koch-8'))).toBe(16 * 2 * multiplyAdds);
  });

  test('leaves the gradient of the pictures out of a training step', () => {
    const bench = describeCase('small-128');
    expect(countTrainingFlops(bench)).toBe(3 * countForwardFlops(bench) - 128 * 2 * 9 * 64 * 28 ** 2);
  });
});

describe('quantiles', () => {
  test.each([
    [[5], 0.9, 5],
    [[4, 1, 3, 2], 0.5, 2.5],
    [[10, 0], 0.1, 1],
  ])('of %j at %d is %d', (values, share, expected) => {
    expect(quantile(values, share)).toBeCloseTo(expected, 12);
  });

  test('of nothing are NaN', () => {
    expect(quantile([], 0.5)).toBeNaN();
  });
});

describe('the summary of a case', () => {
  const own = measurement({ contestant: 'onnxruntime', trainMs: [[50], [100], [80]], trainCpuMs: 60 });
  const eager = measurement({ contestant: 'torch-eager', trainMs: [[200], [200], [200]], trainCpuMs: 150 });
  const channelsLast = measurement({
    contestant: 'torch-channels_last',
    trainMs: [[100], [100], [120]],
    trainCpuMs: 90,
  });

  test('compares with the fastest PyTorch, round by round', () => {
    const { contestants } = summarizeCase('small-128', [own, eager, channelsLast], [], 1e11);
    expect(contestants[0]?.train.ratio).toEqual({ median: 1.5, lowest: 1, highest: 2 });
    expect(contestants[0]?.cpuRatio).toBe(1.5);
    expect(contestants[2]?.train.ratio?.median).toBe(1);
  });

  test('takes for the fastest PyTorch the one that no other beats in most rounds, however busy some rounds were', () => {
    // Over all steps compiled has the lower median, 240 against 300; beside each other channels_last is faster.
    const compiled = measurement({ contestant: 'torch-compiled', trainMs: [[120], [240, 240], [360], [250]] });
    const busy = measurement({ contestant: 'torch-channels_last', trainMs: [[100], [200, 300], [300], [500, 500]] });
    const rounds = measurement({ contestant: 'onnxruntime', trainMs: [[50], [125], [150], [250]] });
    const { contestants } = summarizeCase('small-128', [rounds, busy, compiled], [], 1e11);
    expect(contestants.map(({ train }) => train.ratio?.median)).toEqual([2, 1, expect.closeTo(0.94, 1)]);
  });

  test('compares with full precision, and bfloat16 too', () => {
    const bf16 = measurement({ contestant: 'torch-bf16', trainMs: [[50], [50], [60]], trainCpuMs: 40 });
    const { contestants } = summarizeCase('small-128', [own, channelsLast, bf16], [], 1e11);
    expect(contestants.map(({ train }) => train.ratio?.median)).toEqual([1.5, 1, 2]);
  });

  test('gives pictures in a second and the share of the peak by the median step', () => {
    const { contestants } = summarizeCase('small-128', [own], [], 1e11);
    expect(contestants[0]?.train.picturesPerSecond).toBeCloseTo(128 / 0.08, 9);
    expect(contestants[0]?.train.peakShare).toBeCloseTo(
      countTrainingFlops(describeCase('small-128')) / 0.08 / 1e11,
      12,
    );
  });

  test('has no ratio without PyTorch', () => {
    const { contestants } = summarizeCase('small-128', [own], [{ contestant: 'torch-eager', reason: 'absent' }], 1e11);
    expect(contestants[0]).not.toHaveProperty('cpuRatio');
    expect(contestants[0]?.train).not.toHaveProperty('ratio');
  });
});

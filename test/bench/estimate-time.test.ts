import { describe, expect, test } from 'vitest';
import { countTrainingFlops, describeCase } from '../../src/bench/bench-cases.js';
import type { BenchResults } from '../../src/bench/bench-results.js';
import { estimateTime } from '../../src/bench/estimate-time.js';
import { type Measurement, summarizeCase } from '../../src/bench/summarize-bench.js';

const measurement = (contestant: Measurement['contestant'], ms: number): Measurement => {
  return { contestant, trainMs: [[ms]], forwardMs: [[ms]], trainCpuMs: ms, memoryBytes: 1, startMs: 1 };
};
const results: BenchResults = {
  date: '2026-01-02T00:00:00.000Z',
  version: '0.1.0',
  machine: { host: 'lab', processor: 'Example', cores: 8, memoryBytes: 1, system: 'linux x64' },
  threads: 2,
  autoEngine: 'onnxruntime',
  omitted: [],
  peakFlopsPerSecond: 1e11,
  unfinishedCases: [],
  cases: [
    summarizeCase('small-128', [measurement('torch-eager', 1), measurement('onnxruntime', 200)], [], 1e11),
    summarizeCase('koch-8', [measurement('onnxruntime', 1000)], [], 1e11),
  ],
};

describe('the estimated time', () => {
  test('lies between what the engine needs at its slowest and at its fastest case', () => {
    const small = countTrainingFlops(describeCase('small-128')) / 0.2;
    const koch = countTrainingFlops(describeCase('koch-8')) / 1;
    expect(koch).toBeGreaterThan(small);
    const estimate = estimateTime([results], 'auto', 1e12);
    expect(estimate?.shortestSeconds).toBeCloseTo(1e12 / koch, 6);
    expect(estimate?.longestSeconds).toBeCloseTo(1e12 / small, 6);
  });

  test('is none for an engine that was not measured', () => {
    expect(estimateTime([results], 'webgpu', 1e12)).toBeUndefined();
  });

  test('comes from the newest results that have the engine, and from interrupted ones only where there are no others', () => {
    const one = (date: string, contestant: Measurement['contestant'], rest: Partial<BenchResults> = {}) => ({
      ...results,
      date,
      cases: [summarizeCase('small-128', [measurement(contestant, 100)], [], 1e11)],
      ...rest,
    });
    const newestFirst = [
      one('4', 'onnxruntime', { unfinishedCases: ['koch-8'] }),
      one('3', 'cpu'),
      one('2', 'onnxruntime'),
      one('1', 'onnxruntime'),
      one('0', 'webgpu', { unfinishedCases: ['koch-8'] }),
    ];
    expect(estimateTime(newestFirst, 'auto', 1)).toMatchObject({ engine: 'onnxruntime', measured: { date: '2' } });
    expect(estimateTime(newestFirst, 'cpu', 1)?.measured.date).toBe('3');
    expect(estimateTime(newestFirst, 'webgpu', 1)?.measured.date).toBe('0');
    expect(estimateTime(newestFirst, 'tensorflow', 1)).toBeUndefined();
  });
});

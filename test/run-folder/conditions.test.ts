import { describe, expect, test } from 'vitest';
import { type Conditions, chooseEngine, findDrift, refuseDrift } from '../../src/run-folder/conditions.js';

const begun: Conditions = {
  engine: {
    name: 'onnxruntime',
    version: '1.30.0',
    tensorflowJsVersion: '4.22.0',
    threads: 2,
    settings: { nchwcBlock: 8 },
  },
  microBatchSize: 32,
};

describe('the conditions of a trial', () => {
  test('`auto` means what the trial was begun with, and this machine where it was not', () => {
    const wanted = { engine: 'auto', threads: 'auto', autoThreads: 8 } as const;
    expect(chooseEngine(wanted, begun)).toEqual({ name: 'onnxruntime', threads: 2 });
    expect(chooseEngine(wanted, undefined)).toEqual({ name: 'auto', threads: 8 });
    expect(chooseEngine({ ...wanted, engine: 'cpu', threads: 1 }, begun)).toEqual({ name: 'cpu', threads: 1 });
  });

  test('drift names everything that differs', () => {
    expect(findDrift(begun, begun)).toEqual([]);
    const now: Conditions = {
      engine: { ...begun.engine, threads: 4, settings: { nchwcBlock: 16 } },
      microBatchSize: 16,
    };
    expect(findDrift(begun, now)).toEqual([
      'threads was 2 and is 4',
      'nchwcBlock was 8 and is 16',
      'microBatchSize was 32 and is 16',
    ]);
    expect(() => refuseDrift(findDrift(begun, now))).toThrow(/threads was 2 and is 4/);
  });
});

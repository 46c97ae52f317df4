import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { composeBatchBody, type LogBatch, prepareBatch, splitBatch } from '../src/batch.js';
import type { Metric } from '../src/types.js';

const point = (fields: object = {}) => ({ key: 'a', value: 1, timestamp: 1, step: 1, ...fields }) as Metric;
const numbered = (count: number, value = 'v') =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, value]));

describe('prepareBatch', () => {
  const refused: readonly [name: string, batch: unknown, path: string][] = [
    ['a value that is a text', { metrics: [point({ value: '0.5' })] }, 'metrics[0] ("a").value'],
    ['a value that is null', { metrics: [point(), point({ value: null })] }, 'metrics[1] ("a").value'],
    ['a step with a fraction', { metrics: [point({ step: 1.5 })] }, 'metrics[0] ("a").step'],
    ['a step over 2^53', { metrics: [point({ step: 1e21 })] }, 'metrics[0] ("a").step'],
    ['a step that is missing', { metrics: [point({ step: undefined })] }, 'metrics[0] ("a").step'],
    ['a step that is a bigint', { metrics: [point({ step: 1n })] }, 'metrics[0] ("a").step'],
    ['a time with a fraction', { metrics: [point({ timestamp: 1.5 })] }, 'metrics[0] ("a").timestamp'],
    ['a negative time', { metrics: [point({ timestamp: -1 })] }, 'metrics[0] ("a").timestamp'],
    ['a time that is not a number', { metrics: [point({ timestamp: Number.NaN })] }, 'metrics[0] ("a").timestamp'],
    ['a key that is a number', { metrics: [point({ key: 5 })] }, 'metrics[0].key'],
    ['a model id that is a number', { metrics: [point({ modelId: 5 })] }, 'metrics[0] ("a").modelId'],
    ['a parameter that is a number', { params: { lr: 0.1 } }, 'params["lr"]'],
    ['a tag that is missing', { tags: { note: undefined } }, 'tags["note"]'],
    ['parameters as a list', { params: [{ key: 'a', value: 'b' }] }, 'params'],
  ];
  it.each(refused)('refuses %s, which the server would take for a half-read batch', (_name, batch, path) => {
    const prepare = () => prepareBatch(batch as LogBatch, 'skip-and-tag');
    expect(prepare).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }));
    expect(prepare).toThrow(`${path}: found`);
  });

  it('refuses two parameters that would be stored under one name', () => {
    const batch = { params: { 'lr@1': '0.1', 'lr#1': '0.2' } };
    expect(() => prepareBatch(batch, 'send')).toThrow('params "lr@1" and "lr#1" would both be stored as "lr_1"');
  });

  it('lets a metric, a parameter and a tag share a name', () => {
    const { entries } = prepareBatch({ metrics: [point()], params: { a: '1' }, tags: { a: '2' } }, 'send');
    expect(entries.map(({ kind, key }) => `${kind} ${key}`)).toEqual(['tag a', 'param a', 'metric a']);
  });

  it('reports a renamed key once however many points it has', () => {
    const metrics = [0, 1, 2].map((step) => point({ key: 'acc@5', step }));
    expect(prepareBatch({ metrics }, 'send').adjustments).toEqual([
      { kind: 'renamed', field: 'metric', key: 'acc@5', sentKey: 'acc_5' },
    ]);
  });

  it('reports lengths of cut values in code points', () => {
    const { adjustments } = prepareBatch({ params: { a: '𝒳'.repeat(6001) }, tags: { b: 'x'.repeat(8000) } }, 'send');
    expect(adjustments).toEqual([{ kind: 'truncated', field: 'param', key: 'a', length: 6001, sentLength: 6000 }]);
  });

  it('sends the three non-finite values as strings when told to', () => {
    const metrics = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY].map((value) => point({ value }));
    const { entries } = prepareBatch({ metrics }, 'send');
    expect(entries.map((entry) => JSON.parse(entry.json).value)).toEqual(['NaN', 'Infinity', '-Infinity']);
  });

  it('replaces non-finite points by marks and names the one with the lowest step', () => {
    const metrics = [point({ value: Number.NaN, step: 9 }), point({ key: 'b', value: Number.NaN, step: 4 }), point()];
    const { entries, adjustments } = prepareBatch({ metrics }, 'skip-and-tag');
    expect(entries.map((entry) => JSON.parse(entry.json))).toEqual([
      { key: 'run.first_nonfinite', value: 'b@4' },
      { key: 'nonfinite/a', value: 1, timestamp: 1, step: 9 },
      { key: 'nonfinite/b', value: 1, timestamp: 1, step: 4 },
      { key: 'a', value: 1, timestamp: 1, step: 1 },
    ]);
    expect(adjustments).toHaveLength(2);
  });
});

describe('splitBatch', () => {
  const sizes = (batch: LogBatch, bytes?: number) =>
    splitBatch(prepareBatch(batch, 'send').entries, bytes).map((request) => request.length);
  const points = (count: number) => Array.from({ length: count }, (_, step) => point({ step }));

  it('makes no request of nothing', () => {
    expect(sizes({})).toEqual([]);
  });

  it('fills requests to 1000 metrics, 100 parameters and 100 tags', () => {
    expect(sizes({ metrics: points(1000) })).toEqual([1000]);
    expect(sizes({ metrics: points(1001) })).toEqual([1000, 1]);
    expect(sizes({ params: numbered(100) })).toEqual([100]);
    expect(sizes({ params: numbered(101) })).toEqual([100, 1]);
    expect(sizes({ tags: numbered(250) })).toEqual([100, 100, 50]);
  });

  it('counts all kinds together to 1000', () => {
    expect(sizes({ metrics: points(800), params: numbered(100), tags: numbered(100) })).toEqual([1000]);
    expect(sizes({ metrics: points(801), params: numbered(100), tags: numbered(100) })).toEqual([1000, 1]);
  });

  it('keeps every body under 900 kB of UTF-8', () => {
    const { entries } = prepareBatch({ params: numbered(60, '漢'.repeat(6000)) }, 'send');
    const bodies = splitBatch(entries).map((request) => Buffer.byteLength(composeBatchBody('r'.repeat(32), request)));
    // 60 values of 18 000 bytes: 49 fit into 900 kB.
    expect(bodies).toHaveLength(2);
    expect(Math.max(...bodies)).toBeLessThanOrEqual(900_000);
  });

  it('keeps order and loses nothing whatever the sizes', () => {
    const batches = fc.record({
      metrics: fc.integer({ min: 0, max: 2200 }),
      params: fc.integer({ min: 0, max: 250 }),
      tags: fc.integer({ min: 0, max: 250 }),
      bytes: fc.integer({ min: 1000, max: 100_000 }),
    });
    fc.assert(
      fc.property(batches, ({ metrics, params, tags, bytes }) => {
        const { entries } = prepareBatch(
          { metrics: points(metrics), params: numbered(params), tags: numbered(tags) },
          'send',
        );
        const requests = splitBatch(entries, bytes);
        expect(requests.flat()).toEqual(entries);
        for (const request of requests) {
          expect(request.filter(({ kind }) => kind === 'param').length).toBeLessThanOrEqual(100);
          expect(request.filter(({ kind }) => kind === 'tag').length).toBeLessThanOrEqual(100);
          expect(request.length).toBeLessThanOrEqual(1000);
          expect(Buffer.byteLength(composeBatchBody('r'.repeat(32), request))).toBeLessThanOrEqual(bytes);
        }
      }),
      { numRuns: 25 },
    );
  });

  it('writes a body that is the JSON of its entries', () => {
    const { entries } = prepareBatch({ metrics: points(1), params: { p: '"' }, tags: { t: '\n' } }, 'send');
    expect(JSON.parse(composeBatchBody('id', entries))).toEqual({
      run_id: 'id',
      metrics: [{ key: 'a', value: 1, timestamp: 1, step: 0 }],
      params: [{ key: 'p', value: '"' }],
      tags: [{ key: 't', value: '\n' }],
    });
  });
});

import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openJournal, readJournal, syncJournal } from '../../src/tracking/journal.js';
import type { JournalFact } from '../../src/tracking/journal-event.js';

let folder: string;
let path: string;
let clock: number;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'oneshot-journal-'));
  path = join(folder, 'journal.jsonl');
  clock = 1000;
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const open = () => openJournal(path, { now: () => clock++ });
const point = (key: string, step: number, value: number): JournalFact => ({ type: 'metric', key, step, value });
const events = (fromByte = 0) => [...readJournal(path, fromByte)].map((entry) => entry.event);

function writeEvents(...facts: readonly JournalFact[]): void {
  const journal = open();
  for (const fact of facts) journal.append(fact);
  journal.close();
}

describe('a journal', () => {
  it('gives back every kind of event with the time it was appended', () => {
    const facts: JournalFact[] = [
      { type: 'run', uid: 'u1', name: 'first', experiment: 'e', tags: { seed: '1' } },
      { type: 'params', values: { 'a.b': '0.1' } },
      { type: 'tags', values: { note: 'line\nbreak “ü”' } },
      point('train/loss', 1, 0.1),
      { type: 'artifact', path: 'results.json', artifactPath: 'results.json' },
      { type: 'table', path: 'table.json', artifactPath: 'eval/table.json' },
      { type: 'image', key: 'val/pairs', step: 1, path: 'pairs.png' },
      { type: 'dataset', name: 'glyphs', digest: 'abc', sourceType: 'code', source: '{}', context: 'training' },
      { type: 'model', name: 'twin', path: 'model', step: 1 },
      { type: 'status', status: 'FINISHED' },
    ];
    writeEvents(...facts);
    expect(events()).toEqual(facts.map((fact, index) => ({ time: 1000 + index, ...fact })));
  });

  it('keeps doubles exact and non-finite values as what they are', () => {
    const values = [0.1 + 0.2, 5e-324, -1.7976931348623157e308, Number.NaN, Infinity, -Infinity];
    writeEvents(...values.map((value, step) => point('x', step, value)));
    expect(events().map((event) => event.type === 'metric' && event.value)).toEqual(values);
    expect(readFileSync(path, 'utf8')).toContain('"value":"NaN"');
  });

  it('is empty on the disk until it is written, and then in order', () => {
    const journal = open();
    journal.append(point('a', 1, 1));
    expect(statSync(path).size).toBe(0);
    journal.write();
    expect(events()).toHaveLength(1);
    journal.append(point('a', 2, 2));
    journal.flush();
    expect(events()).toHaveLength(2);
    journal.close();
  });

  it('writes by itself once much has come together', () => {
    const journal = open();
    for (let step = 0; step < 5000; step++) journal.append(point('a', step, step));
    expect(events().length).toBeGreaterThan(3000);
    journal.close();
    expect(events()).toHaveLength(5000);
  });

  it('refuses what MLflow would lose silently', () => {
    const journal = open();
    for (const wrong of [
      point('a', 1.5, 1),
      point('a', 1, 'x' as never),
      { type: 'params', values: { a: 1 as never } },
      { type: 'status', status: 'DONE' as never },
      { type: 'other' } as never,
    ] satisfies JournalFact[]) {
      expect(() => journal.append(wrong)).toThrow(expect.objectContaining({ code: 'internal' }));
    }
    journal.close();
    expect(statSync(path).size).toBe(0);
  });
});

describe('reading', () => {
  it('goes on from the end of any entry', () => {
    writeEvents(point('ä', 1, 1), point('a', 2, 2), point('a', 3, 3));
    const entries = [...readJournal(path)];
    expect(entries[0]?.start).toBe(0);
    expect(entries[2]?.end).toBe(statSync(path).size);
    expect([...readJournal(path, entries[1]?.end)]).toEqual(entries.slice(2));
  });

  it('leaves a line that is still being written for later', () => {
    writeEvents(point('a', 1, 1));
    appendFileSync(path, '{"time":5,"type":"metric","key":"a","st');
    expect(events()).toHaveLength(1);
    appendFileSync(path, 'ep":2,"value":7}\n');
    expect(events()).toHaveLength(2);
  });

  it('finds lines across the borders of what is read at once', () => {
    const values = Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`k${index}`, '漢'.repeat(5000)]));
    writeEvents({ type: 'tags', values }, point('a', 1, 1), { type: 'tags', values: { last: 'ü' } });
    expect(events()[0]).toMatchObject({ values });
    expect(events()[2]).toMatchObject({ values: { last: 'ü' } });
  });

  it('names an unreadable line that others follow', () => {
    writeEvents(point('a', 1, 1));
    const start = statSync(path).size;
    appendFileSync(path, '{"time":1,"type":"metric","key":"a","step":1.5,"value":1}\n');
    writeFileSync(join(folder, 'copy'), readFileSync(path));
    appendFileSync(path, '{"time":1,"type":"status","status":"FINISHED"}\n');
    expect(() => events()).toThrow(`the line at byte ${start} cannot be read: its field step holds 1.5`);
    expect(() => open()).toThrow(expect.objectContaining({ code: 'corrupt' }));
  });
});

describe('opening again', () => {
  it('cuts a torn last line, whatever is in it', () => {
    for (const torn of ['{"time":5,"ty', '\0\0\0\0', '\0\0\n', '{"time":5}\n']) {
      rmSync(path, { force: true });
      writeEvents(point('a', 1, 1));
      const whole = readFileSync(path);
      appendFileSync(path, torn);
      const journal = open();
      expect(readFileSync(path)).toEqual(whole);
      journal.append(point('a', 2, 2));
      journal.close();
      expect(events().map((event) => event.type === 'metric' && event.step)).toEqual([1, 2]);
    }
  });

  it('gives the same file for a training that is replayed from any torn byte', () => {
    const facts: JournalFact[] = [
      { type: 'run', uid: 'u', name: 'n', experiment: 'e' },
      { type: 'params', values: { a: '1', b: '2' } },
      point('a', 1, 0.5),
      point('a', 2, Number.NaN),
      { type: 'image', key: 'i', step: 1, path: 'i.png' },
      { type: 'status', status: 'FINISHED' },
    ];
    const replay = () => {
      const journal = openJournal(path, { now: () => 7 });
      const appended = facts.map((fact) => journal.append(fact));
      journal.close();
      return appended;
    };
    replay();
    const whole = readFileSync(path);
    for (let length = 0; length <= whole.length; length++) {
      writeFileSync(path, whole.subarray(0, length));
      replay();
      expect(readFileSync(path)).toEqual(whole);
    }
    expect(replay()).toEqual(facts.map(() => false));
  });

  it('refuses a replay that gives another value, naming key, step and both values', () => {
    writeEvents(point('train/loss', 7, 0.25), { type: 'params', values: { lr: '0.1' } });
    const journal = open();
    expect(() => journal.append(point('train/loss', 7, 0.26))).toThrow(
      'train/loss at step 7: the journal holds 0.25, the replay gives 0.26',
    );
    expect(() => journal.append({ type: 'params', values: { lr: '0.2' } })).toThrow(/parameter lr.*0\.1.*0\.2/);
    expect(() => journal.append({ type: 'run', uid: 'u', name: 'n', experiment: 'e' })).not.toThrow();
    expect(() => journal.append({ type: 'run', uid: 'other', name: 'n', experiment: 'e' })).toThrow(/the run/);
    expect(journal.append(point('train/loss', 7, 0.26), { replay: 'keep' })).toBe(false);
    journal.close();
  });

  it('appends only what is new of parameters, tags and states', () => {
    writeEvents(
      { type: 'params', values: { a: '1' } },
      { type: 'tags', values: { t: '1' } },
      { type: 'status', status: 'RUNNING' },
    );
    writeEvents(
      { type: 'params', values: { a: '1', b: '2' } },
      { type: 'tags', values: { t: '2' } },
      { type: 'status', status: 'RUNNING' },
      { type: 'status', status: 'FAILED' },
      { type: 'status', status: 'RUNNING' },
    );
    expect(
      events()
        .slice(3)
        .map(({ time: _, ...fact }) => fact),
    ).toEqual([
      { type: 'params', values: { b: '2' } },
      { type: 'tags', values: { t: '2' } },
      { type: 'status', status: 'FAILED' },
      { type: 'status', status: 'RUNNING' },
    ]);
  });

  it('knows the points of before: value, last step and the latest of each metric', () => {
    writeEvents(point('a', 5, 50), point('a', 3, 30), point('b', 1, 10));
    const journal = open();
    expect(journal.value('a', 3)).toBe(30);
    expect(journal.value('a', 4)).toBeUndefined();
    expect(journal.lastStep('a')).toBe(5);
    expect(journal.lastStep('c')).toBeUndefined();
    expect(journal.latestMetrics()).toEqual({ a: 50, b: 10 });
    journal.close();
  });
});

describe('a disk that fails', () => {
  it.runIf(process.platform === 'linux')('has nothing to wait for where it says that it cannot: EINVAL', () => {
    expect(() => syncJournal('/dev/null')).not.toThrow();
    expect(() => syncJournal(join(folder, 'absent'))).toThrow(expect.objectContaining({ code: 'disk' }));
  });

  it('is reported as what it is', () => {
    expect(() => openJournal(join(folder, 'missing', 'journal.jsonl'), { now: () => 0 })).toThrow(
      expect.objectContaining({ code: 'disk', message: expect.stringContaining('ENOENT') }),
    );
  });
});

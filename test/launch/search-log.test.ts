import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openSearchLog, readSearchLog } from '../../src/launch/search-log.js';
import { newFolder } from '../support/run-command.js';

const ask = (index: number) => ({ type: 'ask' as const, index, point: { a: index }, trials: ['x'], seconds: index });

describe('the event log of a search', () => {
  test('gives back what was appended', () => {
    const path = join(newFolder(), 'events.jsonl');
    const log = openSearchLog(path);
    log.append(ask(0));
    log.append({ type: 'tell', index: 0, outcome: { status: 'failed' }, seconds: 2 });
    expect(readSearchLog(path)).toEqual([
      ask(0),
      { type: 'tell', index: 0, outcome: { status: 'failed' }, seconds: 2 },
    ]);
    log.close();
  });

  test('cuts a line that was torn and goes on behind the last whole one', () => {
    const path = join(newFolder(), 'events.jsonl');
    const first = openSearchLog(path);
    first.append(ask(0));
    first.close();
    appendFileSync(path, '{"type":"ask","index":1,"poi');
    expect(readSearchLog(path)).toEqual([ask(0)]);
    const second = openSearchLog(path);
    expect(second.events).toEqual([ask(0)]);
    second.append(ask(1));
    second.close();
    expect(readFileSync(path, 'utf8')).toBe(`${JSON.stringify(ask(0))}\n${JSON.stringify(ask(1))}\n`);
  });

  test('is refused with its line where it was altered', () => {
    const path = join(newFolder(), 'events.jsonl');
    writeFileSync(path, `${JSON.stringify(ask(0))}\nnonsense\n`);
    expect(() => readSearchLog(path)).toThrow(/events\.jsonl:2 is not readable JSON/);
  });

  test('is empty where there is none', () => {
    expect(readSearchLog(join(newFolder(), 'events.jsonl'))).toEqual([]);
  });
});

// Downloads from a server that cuts, lies and forgets: what arrives is the published file, or nothing.
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { inspectDataSets } from '../../../src/data/files/data-sets-state.js';
import { type FetchOptions, fetchFile } from '../../../src/data/files/fetch-file.js';
import { PUBLISHED_DATA_SETS } from '../../../src/data/files/published-files.js';
import { expectFailure } from '../support/expect-failure.js';
import { REAL_DATA } from '../support/real-data.js';

const file = PUBLISHED_DATA_SETS.flatMap(({ files }) => files).find(({ name }) => name === 'all_runs.zip')!;
const published = readFileSync(join(REAL_DATA, file.name));

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** Time for a reader on a busy machine to take what was sent before the connection is cut: what it has not taken is lost. */
const READ_MS = 300;

/** Serves the range that was asked for, whole or the first `count` bytes of it before the connection is cut. */
const serve =
  (bytes: Buffer, count?: number): Answer =>
  (request, response) => {
    const start = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
    const rest = bytes.subarray(start);
    response.writeHead(start > 0 ? 206 : 200, {
      'content-length': rest.length,
      ...(start > 0 ? { 'content-range': `bytes ${start}-${bytes.length - 1}/${bytes.length}` } : {}),
    });
    if (count === undefined) response.end(rest);
    else response.write(rest.subarray(0, count), () => setTimeout(() => response.destroy(), READ_MS));
  };
const answer =
  (status: number, headers: Record<string, string> = {}): Answer =>
  (_, response) =>
    response.writeHead(status, headers).end();

let answers: Answer[] = [];
const ranges: (string | undefined)[] = [];
const server = createServer((request, response) => {
  ranges.push(request.headers.range);
  (answers.length > 1 ? answers.shift()! : answers[0]!)(request, response);
});
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
afterAll(() => server.close());

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'oneshot-fetch-'));
  ranges.length = 0;
});
afterEach(() => rmSync(folder, { recursive: true }));

const fetchFrom = (script: Answer[], options: Partial<FetchOptions> = {}) => {
  answers = script;
  return fetchFile(file, { folder, from: address, retryMs: 5, stallMs: 2000, ...options });
};
const leavings = () => readdirSync(folder, { recursive: true }).map(String).sort();
const expectWhole = () => {
  expect(leavings()).toEqual([file.name]);
  expect(Buffer.compare(readFileSync(join(folder, file.name)), published)).toBe(0);
};

describe('a published file', () => {
  test('arrives whole, and its progress is told', async () => {
    const told: number[] = [];
    await fetchFrom([serve(published)], { onProgress: (received, total) => told.push(received / total!) });
    expectWhole();
    expect(told.at(-1)).toBe(1);
  });

  test('is gone on with where the connection was cut', async () => {
    const reports: string[] = [];
    const report = (message: string) => reports.push(message);
    await fetchFrom([serve(published, 100_000), serve(published, 50_000), serve(published)], { report });
    expectWhole();
    expect(ranges).toEqual([undefined, 'bytes=100000-', 'bytes=150000-']);
    expect(reports).toHaveLength(2);
  });

  test('is gone on with by another start', async () => {
    const failure = await expectFailure(
      () => fetchFrom([serve(published, 100_000), answer(503)]),
      'data',
      /100000 bytes of it are kept/,
    );
    expect(failure.hint).toContain(file.url);
    expect(leavings()).toEqual(['.partial', join('.partial', file.name)]);
    ranges.length = 0;
    await fetchFrom([serve(published)]);
    expectWhole();
    expect(ranges).toEqual(['bytes=100000-']);
  });

  test('starts over where the server knows no ranges, or another size', async () => {
    mkdirSync(join(folder, '.partial'));
    writeFileSync(join(folder, '.partial', file.name), published.subarray(0, 1000));
    await fetchFrom([
      (request, response) => serve(published)({ ...request, headers: {} } as IncomingMessage, response),
    ]);
    expectWhole();
    mkdirSync(join(folder, '.partial'));
    writeFileSync(join(folder, '.partial', file.name), Buffer.alloc(published.length + 5));
    await fetchFrom([answer(416, { 'content-range': `bytes */${published.length}` }), serve(published)]);
    expectWhole();
  });

  test('is not asked for again when all of it was received before', async () => {
    mkdirSync(join(folder, '.partial'));
    writeFileSync(join(folder, '.partial', file.name), published);
    await fetchFrom([answer(416, { 'content-range': `bytes */${published.length}` })]);
    expectWhole();
  });

  test('is given up when nothing comes, with the reason', async () => {
    const silent: Answer = (_, response) => void response.writeHead(200, { 'content-length': 1000 }).flushHeaders();
    await expectFailure(() => fetchFrom([silent], { stallMs: 50 }), 'data', /127\.0\.0\.1.*\(nothing came for 50 ms\)/);
    expect(ranges).toHaveLength(3);
  });

  test('is given up when nobody is there', async () => {
    const failure = await expectFailure(
      () => fetchFrom([], { from: 'http://127.0.0.1:9' }),
      'data',
      /all_runs\.zip cannot be had/,
    );
    expect(failure.hint).toContain('--from');
    expect(leavings()).toEqual([]);
  });
});

describe('what is not the published file', () => {
  test.each([
    ['altered bytes', serve(alter(published)), /is not the published all_runs\.zip/],
    ['a page instead of the file', serve(Buffer.from('<html>log in</html>')), /is not the published/],
    ['an empty file', serve(Buffer.alloc(0)), /is not the published/],
    ['a file that does not end', answer(200, { 'content-length': '999999999' }), /sends 999999999 bytes or more/],
    ['an address that is wrong', answer(404), /answers 404/],
  ])('is refused and not kept: %s', async (_, script, message) => {
    writeFileSync(join(folder, file.name), 'as before');
    await expectFailure(() => fetchFrom([script]), 'data', message);
    expect(leavings()).toEqual([file.name]);
    expect(readFileSync(join(folder, file.name), 'utf8')).toBe('as before');
  });
});

describe('a folder as the source', () => {
  test('gives the file, packed again or not', async () => {
    await fetchFrom([], { from: REAL_DATA });
    expectWhole();
    const labels = PUBLISHED_DATA_SETS[1]!.files.find(({ name }) => name.startsWith('t10k-labels'))!;
    await fetchFile({ ...labels, sha256: '0'.repeat(64) }, { folder, from: REAL_DATA });
    expect(existsSync(join(folder, labels.name))).toBe(true);
  });

  test('is told from one that lacks it', async () => {
    await expectFailure(
      () => fetchFrom([], { from: join(folder, 'nowhere') }),
      'data',
      /nowhere.all_runs\.zip is missing/,
    );
  });
});

test('the state of a data folder tells missing, incomplete, right and wrong', async () => {
  for (const { name } of PUBLISHED_DATA_SETS[1]!.files) copyFileSync(join(REAL_DATA, name), join(folder, name));
  writeFileSync(join(folder, file.name), alter(published));
  const states = await inspectDataSets(folder, { check: false });
  expect(states.map(({ name, state }) => [name, state])).toEqual([
    ['omniglot', 'incomplete'],
    ['mnist', 'present'],
    ['emoji', 'missing'],
    ['efficientnet-lite0', 'missing'],
  ]);
  const checked = await inspectDataSets(folder, { check: true });
  expect(checked.map(({ state }) => state)).toEqual(['wrong', 'right', 'missing', 'missing']);
  expect(checked[0]!.files.map(({ state }) => state)).toEqual(['missing', 'missing', 'wrong']);
  expect(checked[0]!.files[2]!.problem).toContain('all_runs.zip');
});

function alter(bytes: Buffer): Buffer {
  const copy = Buffer.from(bytes);
  copy[20_000]! ^= 1;
  return copy;
}

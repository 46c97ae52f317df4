// What may go wrong between a journal and the server: outages, bad networks, shippers that are killed or race, a full disk, a
// clock that is set back. Afterwards the points in the server's database are compared with the journals', one by one. The
// integration tests declare these tests with a tenth of the faults, the soak with all.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { MlflowClient } from 'mlflow-ts-client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { randomStream } from '../../../src/base/random-stream.js';
import { shipJournal } from '../../../src/tracking/ship-journal.js';
import type { ShipFaults } from '../../support/fault-counts.js';
import { MAIN } from '../../support/run-command.js';
import { expectEveryPointOnce, pointsInDatabase, pointsInJournal, runsOf } from './compare-points.js';
import { type FaultKind, startFaultyProxy } from './faulty-proxy.js';
import { logThroughOutages } from './log-through-outages.js';
import { type MlflowServer, startMlflowServer } from './mlflow-server.js';
import { startJournal, writeFinishedRun } from './write-journal.js';

let server: MlflowServer;
let client: MlflowClient;
let root: string;

/** Declares the tests. */
export function testShipFaults(faults: ShipFaults): void {
  beforeAll(async () => {
    server = await startMlflowServer();
    client = new MlflowClient(server.uri);
    root = mkdtempSync(join(tmpdir(), 'oneshot-faults-'));
  });
  afterAll(async () => {
    await server?.stop();
    rmSync(root, { recursive: true, force: true });
  });
  testOutages(faults);
  testNetworks(faults);
  testShippers(faults);
  testCopies();
  testClock(faults);
  testFullDisk(faults);
}

function testOutages({ trials, outages }: ShipFaults): void {
  describe('outages', () => {
    test(`of the server, ${outages} while ${trials} trials log through a bad network, lose and double nothing`, async () => {
      const startedAt = performance.now();
      const { points, met } = await logThroughOutages({ server, root, experiment: 'outages', trials, outages });
      const minutes = ((performance.now() - startedAt) / 60_000).toFixed(1);
      console.log(
        `${points} points of ${trials} trials through ${outages} outages and ${met} faults in ${minutes} min`,
      );
      expect(points).toBeGreaterThan(100 * trials * outages);
    });
  });
}

function testNetworks({ journals }: ShipFaults): void {
  describe('through a network that', () => {
    test.each<[string, FaultKind[]]>([
      ['refuses connections', ['none', 'refuse']],
      ['delays answers', ['delay']],
      ['cuts answers off', ['none', 'cut answer']],
      ['loses answers of what the server has done', ['none', 'lose answer']],
      ['sends requests twice', ['none', 'send twice']],
      ['does all of that', ['none', 'refuse', 'delay', 'cut answer', 'lose answer', 'send twice']],
    ])('%s, every point arrives once', async (title, kinds) => {
      const experiment = title.replaceAll(' ', '-');
      const targetPort = Number(new URL(server.uri).port);
      const proxy = await startFaultyProxy({ targetPort, seed: kinds.length, kinds });
      try {
        const folders = new Map(
          Array.from({ length: journals }, (_, number) => {
            const uid = `${experiment}-${number}`;
            return [uid, join(root, uid)] as const;
          }),
        );
        for (const [uid, folder] of folders) writeFinishedRun(folder, uid, experiment, 600);
        const retry = { maxRetries: 2, baseDelayMs: 20 };
        const waiting = [...folders.values()];
        const worker = async () => {
          for (let folder = waiting.shift(); folder !== undefined; folder = waiting.shift())
            await shipUntilComplete(proxy.uri, folder, retry);
        };
        await Promise.all([worker(), worker()]);
        const counts = kinds.filter((kind) => kind !== 'none').map((kind) => proxy.counts[kind]);
        console.log(`${title}: ${JSON.stringify(proxy.counts)}`);
        expect(Math.min(...counts)).toBeGreaterThan(0);
        expect(await expectEveryPointOnce(server, client, experiment, folders)).toBe(journals * 1200);
      } finally {
        await proxy.close();
      }
    });
  });
}

/** As a supervisor does: again and again, until everything is there. */
async function shipUntilComplete(uri: string, folder: string, retry: object): Promise<void> {
  const faulty = new MlflowClient(uri, { retry, requestTimeoutMs: 30_000 });
  for (let attempt = 0; attempt < 200; attempt++) {
    const report = await shipJournal({ client: faulty, folder }).catch(() => undefined);
    if (report?.isComplete) return;
  }
  throw new Error(`${folder} was not complete after 200 attempts`);
}

const KILLS_PER_JOURNAL = 8;

function testShippers({ kills }: ShipFaults): void {
  describe('a shipper process', () => {
    test(`that is killed, ${kills} times, between sending and acknowledgement leaves what the next one completes`, async () => {
      const proxy = await startFaultyProxy({ targetPort: Number(new URL(server.uri).port), seed: 7, kinds: ['delay'] });
      const random = randomStream(1, 'kills');
      const folders = new Map<string, string>();
      try {
        for (let kill = 0; kill < kills; kill++) {
          // A new journal now and then, so that there always is something left to send.
          const uid = `killed-${Math.floor(kill / KILLS_PER_JOURNAL)}`;
          const folder = join(root, uid);
          if (!folders.has(uid)) writeFinishedRun(folder, uid, 'killed', 5000);
          folders.set(uid, folder);
          const shipper = spawnShipper(folder, proxy.uri);
          await sleep(random.between(600, 2500));
          shipper.kill('SIGKILL');
          await once(shipper, 'close');
        }
        proxy.heal();
        for (const folder of folders.values()) expect(await exitOf(spawnShipper(folder, proxy.uri))).toBe(0);
      } finally {
        await proxy.close();
      }
      expect(await expectEveryPointOnce(server, client, 'killed', folders)).toBe(10_000 * folders.size);
    });

    test('beside another one on the same folder ships every point once to one run', async () => {
      const folder = join(root, 'raced');
      writeFinishedRun(folder, 'raced', 'raced-processes', 3000);
      const codes = await Promise.all([0, 1].map(() => exitOf(spawnShipper(folder, server.uri))));
      expect(codes).toEqual([0, 0]);
      expect(await expectEveryPointOnce(server, client, 'raced-processes', new Map([['raced', folder]]))).toBe(6000);
    });

    test('that is interrupted by Ctrl-C ends with 130, and the next one ships the rest', async () => {
      const folder = join(root, 'interrupted');
      writeFinishedRun(folder, 'interrupted', 'interrupted', 20_000);
      const proxy = await startFaultyProxy({ targetPort: Number(new URL(server.uri).port), seed: 3, kinds: ['delay'] });
      try {
        const shipper = spawnShipper(folder, proxy.uri);
        await sleep(3000);
        shipper.kill('SIGINT');
        expect(await exitOf(shipper)).toBe(130);
      } finally {
        await proxy.close();
      }
      // Another address for the same server: the folder's memory does not hold for it.
      expect(await exitOf(spawnShipper(folder, server.uri))).toBe(0);
      expect(await expectEveryPointOnce(server, client, 'interrupted', new Map([['interrupted', folder]]))).toBe(
        40_000,
      );
    });
  });
}

function spawnShipper(folder: string, uri: string) {
  return spawn(process.execPath, [MAIN, 'sync', folder, '--tracking-uri', uri], { stdio: 'ignore' });
}

async function exitOf(child: ReturnType<typeof spawnShipper>): Promise<number | null> {
  if (child.exitCode !== null) return child.exitCode;
  const [code] = await once(child, 'close');
  return code as number | null;
}

function testCopies(): void {
  describe('a folder copied from another machine', () => {
    test('ships with the memory of another server, or with none', async () => {
      const folder = join(root, 'cluster', 'experiment', 'trial');
      writeFinishedRun(folder, 'copied', 'copied', 50);
      const elsewhere = { uid: 'copied', experimentId: '77', runId: 'f'.repeat(32), entryOffset: 1e6, fileOffset: 1e6 };
      const targets = {
        'http://10.0.0.9:5000': { ...elsewhere, tables: [], hasParentTag: true },
        [client.baseUrl]: { ...elsewhere, tables: [], hasParentTag: true },
      };
      writeFileSync(join(folder, 'mlflow.json'), JSON.stringify({ version: 1, targets }));
      expect(await exitOf(spawnShipper(join(root, 'cluster'), server.uri))).toBe(0);
      const folders = new Map([['copied', folder]]);
      expect(await expectEveryPointOnce(server, client, 'copied', folders)).toBe(100);
      rmSync(join(folder, 'mlflow.json'));
      expect(await exitOf(spawnShipper(join(root, 'cluster'), server.uri))).toBe(0);
      expect(await expectEveryPointOnce(server, client, 'copied', folders)).toBe(100);
    });
  });
}

function testClock({ clockJumps }: ShipFaults): void {
  describe('a clock', () => {
    test(`that is set back and forward while a run logs, ${clockJumps} times, changes no step, no value and no time`, async () => {
      const folder = join(root, 'clock');
      const steps = 150 * clockJumps;
      let now = Date.now();
      const journal = startJournal(folder, 'clock', 'clock', undefined, () => now);
      const expected: number[] = [];
      for (let step = 1; step <= steps; step++) {
        now += step % 150 !== 0 ? 1000 : step % 300 === 0 ? 7_200_000 : -3_600_000;
        expected.push(now);
        journal.append({ type: 'metric', key: 'train/loss', step, value: 1 / step });
        // Shipped in pieces, as it would be live.
        if (step % 200 === 0) {
          journal.write();
          await shipJournal({ client, folder });
        }
      }
      journal.append({ type: 'status', status: 'FINISHED' });
      journal.close();
      await shipJournal({ client, folder });
      expect(await expectEveryPointOnce(server, client, 'clock', new Map([['clock', folder]]))).toBe(steps);
      expect(pointsInJournal(folder).map(([, , timestamp]) => timestamp)).toEqual(expected);
    });
  });
}

function testFullDisk({ fullDisks }: ShipFaults): void {
  describe('a full disk', () => {
    let disk: ReturnType<typeof mountSmallDisk>;
    beforeAll(() => {
      disk = mountSmallDisk();
    });
    afterAll(() => disk?.unmount());

    test(`loses no point, ${fullDisks} times: a journal goes on once there is room, and so does its shipping`, async (context) => {
      if (disk === undefined) return context.skip();
      for (let time = 0; time < fullDisks; time++) await logOnFullDisk(disk.path, `full-${time}`);
    });
  });
}

/** The disk is full while the run logs, and again while it is shipped. */
async function logOnFullDisk(disk: string, uid: string): Promise<void> {
  const folder = join(disk, uid);
  const journal = startJournal(folder, uid, uid);
  journal.flush();
  const fill = join(disk, 'fill');
  writeUntilFull(fill);
  for (let step = 1; step <= 500; step++) journal.append({ type: 'metric', key: 'train/loss', step, value: 1 / step });
  expect(() => journal.flush()).toThrow(expect.objectContaining({ code: 'disk' }));
  // How far it was shipped cannot be stored: it is shipped all the same, and the next time finds the run by its identity.
  await shipJournal({ client, folder });
  rmSync(fill);
  journal.append({ type: 'status', status: 'FINISHED' });
  journal.close();
  writeUntilFull(fill);
  await shipJournal({ client, folder });
  rmSync(fill);
  expect(await shipJournal({ client, folder })).toMatchObject({ isComplete: true });
  const [run, ...others] = await runsOf(client, uid);
  expect(others).toEqual([]);
  const expected = pointsInJournal(folder);
  expect(expected.map(([, , , step]) => step)).toEqual(Array.from({ length: 500 }, (_, index) => index + 1));
  expect(await pointsInDatabase(server, run?.runId ?? '')).toEqual(expected);
  rmSync(folder, { recursive: true });
}

/** A file system of 256 kB; undefined where this process may not mount one. */
function mountSmallDisk(): { path: string; unmount(): void } | undefined {
  const path = mkdtempSync(join(tmpdir(), 'oneshot-small-disk-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'tmpfs', path], { stdio: 'ignore' });
  } catch {
    rmSync(path, { recursive: true });
    return undefined;
  }
  return {
    path,
    unmount() {
      // A reader that failed on the full disk may hold a file a moment longer: it goes when that one ends.
      execFileSync('umount', ['--lazy', path]);
      rmSync(path, { recursive: true });
    },
  };
}

function writeUntilFull(path: string): void {
  for (let size = 1 << 20; size >= 1; size = Math.floor(size / 2)) {
    try {
      writeFileSync(path, new Uint8Array(size), { flag: 'a' });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
    }
  }
}

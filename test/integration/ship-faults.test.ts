// What may go wrong between a journal and the server: bad networks, shippers that are killed or race, a full disk, a clock
// that is set back. Afterwards the points in the server's database are compared with the journals', one by one.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { MlflowClient } from 'mlflow-ts-client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { randomStream } from '../../src/base/random-stream.js';
import { shipJournal } from '../../src/tracking/ship-journal.js';
import { MAIN } from '../support/run-command.js';
import { expectEveryPointOnce, pointsInDatabase, pointsInJournal, runsOf } from './support/compare-points.js';
import { type FaultKind, startFaultyProxy } from './support/faulty-proxy.js';
import { type MlflowServer, startMlflowServer } from './support/mlflow-server.js';
import { startJournal, writeFinishedRun } from './support/write-journal.js';

let server: MlflowServer;
let client: MlflowClient;
let root: string;
let serverPort: number;

beforeAll(async () => {
  server = await startMlflowServer();
  client = new MlflowClient(server.uri);
  root = mkdtempSync(join(tmpdir(), 'oneshot-faults-'));
  serverPort = Number(new URL(server.uri).port);
});
afterAll(async () => {
  await server?.stop();
  rmSync(root, { recursive: true, force: true });
});

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
    const proxy = await startFaultyProxy({ targetPort: serverPort, seed: kinds.length, kinds });
    try {
      const folders = new Map(
        [0, 1].map((number) => [`${experiment}-${number}`, join(root, `${experiment}-${number}`)]),
      );
      for (const [uid, folder] of folders) writeFinishedRun(folder, uid, experiment, 600);
      const retry = { maxRetries: 2, baseDelayMs: 20 };
      await Promise.all([...folders.values()].map((folder) => shipUntilComplete(proxy.uri, folder, retry)));
      const faults = kinds.filter((kind) => kind !== 'none').map((kind) => proxy.counts[kind]);
      expect(Math.min(...faults)).toBeGreaterThan(0);
      expect(await expectEveryPointOnce(server, client, experiment, folders)).toBe(2 * 1200);
    } finally {
      await proxy.close();
    }
  });
});

/** As a supervisor does: again and again, until everything is there. */
async function shipUntilComplete(uri: string, folder: string, retry: object): Promise<void> {
  const faulty = new MlflowClient(uri, { retry, requestTimeoutMs: 30_000 });
  for (let attempt = 0; attempt < 200; attempt++) {
    const report = await shipJournal({ client: faulty, folder }).catch(() => undefined);
    if (report?.isComplete) return;
  }
  throw new Error(`${folder} was not complete after 200 attempts`);
}

describe('a shipper process', () => {
  test('that is killed again and again between sending and acknowledgement leaves what the next one completes', async () => {
    const folder = join(root, 'killed');
    writeFinishedRun(folder, 'killed', 'killed', 5000);
    const proxy = await startFaultyProxy({ targetPort: serverPort, seed: 7, kinds: ['delay'] });
    const random = randomStream(1, 'kills');
    try {
      for (let kill = 0; kill < 8; kill++) {
        const shipper = spawnShipper(folder, proxy.uri);
        await sleep(random.between(600, 2500));
        shipper.kill('SIGKILL');
        await once(shipper, 'close');
      }
      proxy.heal();
      expect(await exitOf(spawnShipper(folder, proxy.uri))).toBe(0);
    } finally {
      await proxy.close();
    }
    expect(await expectEveryPointOnce(server, client, 'killed', new Map([['killed', folder]]))).toBe(10_000);
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
    const proxy = await startFaultyProxy({ targetPort: serverPort, seed: 3, kinds: ['delay'] });
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
    expect(await expectEveryPointOnce(server, client, 'interrupted', new Map([['interrupted', folder]]))).toBe(40_000);
  });
});

function spawnShipper(folder: string, uri: string) {
  return spawn(process.execPath, [MAIN, 'sync', folder, '--tracking-uri', uri], { stdio: 'ignore' });
}

async function exitOf(child: ReturnType<typeof spawnShipper>): Promise<number | null> {
  if (child.exitCode !== null) return child.exitCode;
  const [code] = await once(child, 'close');
  return code as number | null;
}

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

describe('a clock that is set back', () => {
  test('while a run logs changes no step and no value, and the times stay as they were written', async () => {
    const folder = join(root, 'clock');
    let now = Date.now();
    const journal = startJournal(folder, 'clock', 'clock', undefined, () => now);
    for (let step = 1; step <= 300; step++) {
      now += step === 100 ? -3_600_000 : step === 200 ? 7_200_000 : 1000;
      journal.append({ type: 'metric', key: 'train/loss', step, value: 1 / step });
    }
    journal.append({ type: 'status', status: 'FINISHED' });
    journal.close();
    await shipJournal({ client, folder });
    await shipJournal({ client, folder });
    expect(await expectEveryPointOnce(server, client, 'clock', new Map([['clock', folder]]))).toBe(300);
  });
});

describe('a full disk', () => {
  const disk = mountSmallDisk();
  afterAll(() => disk?.unmount());

  test.skipIf(disk === undefined)(
    'loses no point: a journal goes on once there is room, and so does its shipping',
    async () => {
      const folder = join(disk?.path ?? '', 'run');
      const journal = startJournal(folder, 'full', 'full');
      journal.flush();
      const fill = join(disk?.path ?? '', 'fill');
      writeUntilFull(fill);
      for (let step = 1; step <= 500; step++)
        journal.append({ type: 'metric', key: 'train/loss', step, value: 1 / step });
      expect(() => journal.flush()).toThrow(expect.objectContaining({ code: 'disk' }));
      // The run is made, but how far it was shipped cannot be stored.
      await expect(shipJournal({ client, folder })).rejects.toThrow(/ENOSPC/);
      rmSync(fill);
      journal.append({ type: 'status', status: 'FINISHED' });
      journal.close();
      writeUntilFull(fill);
      await expect(shipJournal({ client, folder })).rejects.toThrow(/ENOSPC/);
      rmSync(fill);
      expect(await shipJournal({ client, folder })).toMatchObject({ isComplete: true });
      const [run, ...others] = await runsOf(client, 'full');
      expect(others).toEqual([]);
      const expected = pointsInJournal(folder);
      expect(expected.map(([, , , step]) => step)).toEqual(Array.from({ length: 500 }, (_, index) => index + 1));
      expect(await pointsInDatabase(server, run?.runId ?? '')).toEqual(expected);
    },
  );
});

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

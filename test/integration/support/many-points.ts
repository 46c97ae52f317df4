// Many points and many runs through `oneshot sync`, whose memory must not grow with them. The integration tests declare
// these tests with a tenth of the points, the soak with all.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MlflowClient } from 'mlflow-ts-client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ShipFaults } from '../../support/fault-counts.js';
import { MAIN } from '../../support/run-command.js';
import { expectEveryPointOnce } from './compare-points.js';
import { type MlflowServer, startMlflowServer } from './mlflow-server.js';
import { writeFinishedRun } from './write-journal.js';

let server: MlflowServer;
let client: MlflowClient;
let root: string;

/** Declares the tests. */
export function testManyPoints({ points, runs }: Pick<ShipFaults, 'points' | 'runs'>): void {
  describe('many points', () => {
    beforeAll(async () => {
      server = await startMlflowServer();
      client = new MlflowClient(server.uri);
      root = mkdtempSync(join(tmpdir(), 'oneshot-many-'));
    });
    afterAll(async () => {
      await server?.stop();
      rmSync(root, { recursive: true, force: true });
    });

    test(`of one journal, ${points}, ship in minutes`, async () => {
      const folder = join(root, 'large');
      writeFinishedRun(folder, 'large-uid', 'large', points / 2);
      const started = performance.now();
      const { code, peakMegabytes } = await syncInSmallHeap(folder);
      console.log(
        `${points} points in ${((performance.now() - started) / 1000).toFixed(1)} s, at most ${peakMegabytes} MB`,
      );
      expect(code).toBe(0);
      expect(await expectEveryPointOnce(server, client, 'large', new Map([['large-uid', folder]]))).toBe(points);
    });

    test(`of ${runs} runs ship in minutes, in a process whose memory is bounded`, async () => {
      const runsFolder = join(root, 'many');
      const folders = new Map(
        Array.from(
          { length: runs },
          (_, number) => [`run-${number}`, join(runsFolder, 'many', `run-${number}`)] as const,
        ),
      );
      for (const [uid, folder] of folders) writeFinishedRun(folder, uid, 'many', 100);
      const started = performance.now();
      const { code, peakMegabytes } = await syncInSmallHeap(runsFolder);
      console.log(
        `${runs} runs in ${((performance.now() - started) / 1000).toFixed(1)} s, at most ${peakMegabytes} MB`,
      );
      expect(code).toBe(0);
      expect(await expectEveryPointOnce(server, client, 'many', folders)).toBe(200 * runs);
    });
  });
}

/** `oneshot sync` with 48 MB for its objects: all of 500 journals or of one large one would not fit. */
async function syncInSmallHeap(path: string): Promise<{ code: number | null; peakMegabytes: number }> {
  const child = spawn(process.execPath, ['--max-old-space-size=48', MAIN, 'sync', path, '--tracking-uri', server.uri], {
    stdio: 'ignore',
  });
  let peakMegabytes = 0;
  const timer = setInterval(() => {
    try {
      const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
      peakMegabytes = Math.round(Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024) || peakMegabytes;
    } catch {
      // It has just ended.
    }
  }, 200);
  const [code] = await once(child, 'close');
  clearInterval(timer);
  return { code: code as number | null, peakMegabytes };
}

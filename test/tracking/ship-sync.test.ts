// What goes to the server is on the disk before: after a power cut the journal would otherwise lack points that the server has.
import { fstatSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MlflowClient } from 'mlflow-ts-client';
import { afterAll, expect, it, vi } from 'vitest';
import { openJournal } from '../../src/tracking/journal.js';
import { shipJournal } from '../../src/tracking/ship-journal.js';
import { FakeMlflow } from './support/fake-mlflow.js';

/** Which files were waited for and what was sent, in their order. */
const order: (number | string)[] = [];

vi.mock('node:fs', async (load) => {
  const actual = await load<typeof import('node:fs')>();
  const fsyncSync = (file: number) => {
    order.push(fstatSync(file).ino);
    actual.fsyncSync(file);
  };
  return { ...actual, fsyncSync };
});

const folder = mkdtempSync(join(tmpdir(), 'oneshot-sync-'));
afterAll(() => rmSync(folder, { recursive: true }));

it('waits for the disk before it ships what another process has only written', async () => {
  const path = join(folder, 'journal.jsonl');
  const journal = openJournal(path, { now: () => 1000 });
  journal.append({ type: 'run', uid: 'u1', name: 'trial', experiment: 'koch', tags: {} });
  journal.append({ type: 'metric', key: 'train/loss', step: 1, value: 0.5 });
  journal.write();
  order.length = 0;
  const server = new FakeMlflow();
  const client = new MlflowClient('http://server:5000', {
    fetch: (url, init) => {
      order.push(new URL(url).pathname);
      return server.fetch(url, init);
    },
    retry: { maxRetries: 0 },
  });
  await shipJournal({ client, folder });
  const { ino } = statSync(path);
  expect(order).toContain(ino);
  const sent = order.findIndex((entry) => String(entry).endsWith('/runs/log-batch'));
  expect(sent).toBeGreaterThan(order.indexOf(ino));
  journal.close();
});

import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import {
  acquireProcessLock,
  describeThisProcess,
  findLockHolder,
  JOB_VARIABLE,
  type ProcessLock,
} from '../../src/base/process-lock.js';

const newLockPath = () => join(mkdtempSync(join(tmpdir(), 'oneshot-lock-')), 'lock');

describe('a process lock', () => {
  test('is held by one, and free again after its release', () => {
    const path = newLockPath();
    const lock = acquireProcessLock(path) as ProcessLock;
    expect(acquireProcessLock(path)).toMatchObject({ pid: process.pid });
    expect(findLockHolder(path)).toEqual(describeThisProcess());
    lock.release();
    expect(findLockHolder(path)).toBeUndefined();
    (acquireProcessLock(path) as ProcessLock).release();
    expect(readdirSync(join(path, '..'))).toEqual([]);
  });

  test('of a process that was killed is taken over', async () => {
    const path = newLockPath();
    const holder = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    await once(holder, 'spawn');
    const stat = readFileSync(`/proc/${holder.pid}/stat`, 'utf8');
    const started = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
    writeFileSync(path, JSON.stringify({ ...describeThisProcess(), pid: holder.pid, started }));
    expect(acquireProcessLock(path)).toMatchObject({ pid: holder.pid });
    holder.kill('SIGKILL');
    await once(holder, 'exit');
    (acquireProcessLock(path) as ProcessLock).release();
  });

  test('whose process id was given to another process is taken over', () => {
    const path = newLockPath();
    writeFileSync(path, JSON.stringify({ ...describeThisProcess(), started: '1' }));
    expect(acquireProcessLock(path)).toHaveProperty('release');
  });

  test('from an earlier start of the same cluster job on another machine is taken over, that of another job is respected', () => {
    const path = newLockPath();
    const elsewhere = (job: string) => JSON.stringify({ ...describeThisProcess(), host: 'elsewhere', pid: 1, job });
    process.env[JOB_VARIABLE] = 'slurm:test:12_3';
    try {
      writeFileSync(path, elsewhere('slurm:test:12_4'));
      expect(acquireProcessLock(path)).toMatchObject({ host: 'elsewhere', job: 'slurm:test:12_4' });
      writeFileSync(path, elsewhere('slurm:test:12_3'));
      expect(acquireProcessLock(path)).toHaveProperty('release');
      expect(findLockHolder(path)).toMatchObject({ pid: process.pid, job: 'slurm:test:12_3' });
    } finally {
      delete process.env[JOB_VARIABLE];
    }
  });

  test('from before a restart of the machine is taken over, one from another machine is respected', () => {
    const path = newLockPath();
    writeFileSync(path, JSON.stringify({ ...describeThisProcess(), boot: 'an earlier one' }));
    (acquireProcessLock(path) as ProcessLock).release();
    writeFileSync(path, JSON.stringify({ ...describeThisProcess(), host: 'elsewhere', pid: 1 }));
    expect(acquireProcessLock(path)).toMatchObject({ host: 'elsewhere' });
  });

  test('that is damaged is taken over', () => {
    const path = newLockPath();
    writeFileSync(path, '{"host":');
    expect(acquireProcessLock(path)).toHaveProperty('release');
  });

  test('in a folder that is not there is an error of the file system', () => {
    expect(() => acquireProcessLock(join(tmpdir(), 'no-such-folder-here', 'lock'))).toThrow(/ENOENT/);
  });

  test('on a file system that takes no files is an error, not a wait for ever', () => {
    expect(() => acquireProcessLock('/proc/lock')).toThrow(/ENOENT|EACCES|EPERM/);
  });

  test('of a dead holder goes to one of many processes that want it at once', async () => {
    const path = newLockPath();
    writeFileSync(path, JSON.stringify({ ...describeThisProcess(), started: '1' }));
    const module = new URL('../../dist/base/process-lock.js', import.meta.url).href;
    const script = `import(${JSON.stringify(module)}).then(({ acquireProcessLock }) => {
      const got = 'release' in acquireProcessLock(${JSON.stringify(path)});
      setTimeout(() => console.log(got ? 'got' : 'held'), 1500);
    })`;
    const results = await Promise.all(
      Array.from({ length: 6 }, async () => {
        const { stdout } = await promisify(execFile)(process.execPath, ['-e', script]);
        return stdout.trim();
      }),
    );
    expect(results.sort()).toEqual(['got', 'held', 'held', 'held', 'held', 'held']);
  });
});

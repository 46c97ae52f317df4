import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { describeProcess } from '../../src/base/process-lock.js';
import { DevicePool, listDevices, listUsedDevices } from '../../src/launch/device-pool.js';
import { newFolder } from '../support/run-command.js';

const size = { parallel: 2, cores: 8, threads: 2 };
const names = (env: Record<string, string>, gpus: string[] = []) =>
  listDevices(env, size, () => gpus).list.map(({ name }) => name);

describe('the devices of a machine', () => {
  test.each<[string, Record<string, string>, string[], string[]]>([
    ['all GPUs that are found', {}, ['0', '1'], ['gpu-0', 'gpu-1']],
    ['those of CUDA_VISIBLE_DEVICES', { CUDA_VISIBLE_DEVICES: '1,3' }, ['0', '1', '2', '3'], ['gpu-1', 'gpu-3']],
    ['GPUs by their ids', { CUDA_VISIBLE_DEVICES: 'GPU-1f-2e' }, [], ['gpu-GPU-1f-2e']],
    ['nothing behind an invalid entry', { CUDA_VISIBLE_DEVICES: '0,-1,1' }, [], ['gpu-0']],
    [
      'slots where all GPUs are hidden',
      { CUDA_VISIBLE_DEVICES: '-1' },
      ['0'],
      ['slot-0', 'slot-1', 'slot-2', 'slot-3'],
    ],
    ['a slot for each share of the cores', {}, [], ['slot-0', 'slot-1', 'slot-2', 'slot-3']],
  ])('are %s', (_, env, gpus, expected) => {
    expect(names(env, gpus)).toEqual(expected);
  });

  test('show a trial its own GPU alone', () => {
    expect(listDevices({}, size, () => ['0', '7']).list[1]?.env).toEqual({ CUDA_VISIBLE_DEVICES: '7' });
  });

  test('are at least as many slots as trials were asked for', () => {
    expect(listDevices({}, { parallel: 5, cores: 2, threads: 2 }, () => []).list).toHaveLength(5);
  });
});

describe('a lease', () => {
  const twoGpus = listDevices({}, size, () => ['0', '1']);

  test('is given once, also between two pools, and again after its release', () => {
    const folder = newFolder();
    const [pool, other] = [new DevicePool(folder, twoGpus), new DevicePool(folder, twoGpus)];
    const [first, second] = [pool.lease(), other.lease()];
    expect([first?.device.name, second?.device.name]).toEqual(['gpu-0', 'gpu-1']);
    expect(pool.lease()).toBeUndefined();
    expect(pool.describeOthers().map(({ device }) => device.name)).toEqual(['gpu-1']);
    first?.release();
    expect(other.lease()?.device.name).toBe('gpu-0');
  });

  test('of a supervisor that was killed lasts until its trial has ended', async () => {
    const folder = newFolder();
    const trial = spawn('sleep', ['60']);
    const gone = { ...describeProcess(process.pid), started: 'long ago' };
    writeFileSync(join(folder, 'gpu-0.lock'), JSON.stringify(gone));
    writeFileSync(
      join(folder, 'gpu-0.trial'),
      JSON.stringify({ ...describeProcess(trial.pid as number), folder: 'r' }),
    );
    const pool = new DevicePool(
      folder,
      listDevices({}, size, () => ['0']),
    );
    expect(pool.lease()).toBeUndefined();
    expect(listUsedDevices(folder, readdirSync(folder))).toEqual(new Map([['r', 'gpu-0']]));
    trial.kill('SIGKILL');
    await once(trial, 'exit');
    expect(pool.lease()?.device.name).toBe('gpu-0');
  });

  test('leaves no file behind', () => {
    const folder = newFolder();
    const lease = new DevicePool(folder, twoGpus).lease();
    lease?.hand(process.pid, 'r');
    expect(readdirSync(folder).sort()).toEqual(['gpu-0.lock', 'gpu-0.trial']);
    lease?.release();
    expect(readdirSync(folder)).toEqual([]);
  });
});

// Machines with parts missing, as `oneshot doctor` sees them.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { diagnoseDataSets } from '../../src/doctor/diagnose-data-sets.js';
import { diagnoseGpus } from '../../src/doctor/diagnose-gpus.js';
import { diagnoseMachine } from '../../src/doctor/diagnose-machine.js';
import { diagnoseMlflow } from '../../src/doctor/diagnose-mlflow.js';
import { diagnosePrograms } from '../../src/doctor/diagnose-programs.js';
import { newFolder } from '../support/run-command.js';

const healthy = { env: {}, nodeVersion: '20.19.0', freeMemoryBytes: 8e9, runsFolder: newFolder() };
const find = <Named extends { name: string }>(findings: readonly Named[], name: string) =>
  findings.find((finding) => finding.name === name);

describe('diagnoseMachine', () => {
  test.each([
    ['18.20.1', 'broken'],
    ['20.18.3', 'broken'],
    ['20.19.0', 'works'],
    ['24.0.0', 'works'],
  ])('says that Node.js %s %s', (nodeVersion, state) => {
    expect(find(diagnoseMachine({ ...healthy, nodeVersion }), 'Node.js')).toMatchObject({ state, isEssential: true });
  });

  test('says what to do where folders cannot be written and memory is short', () => {
    const file = join(newFolder(), 'file');
    writeFileSync(file, '');
    const env = { XDG_CACHE_HOME: join(file, 'cache') };
    const findings = diagnoseMachine({ ...healthy, env, runsFolder: '/proc/runs', freeMemoryBytes: 1e8 });
    for (const [name, remedy] of [
      ['runs folder', /--runs/],
      ['cache folder', /XDG_CACHE_HOME/],
      ['memory', /oneshot plan/],
    ] as const)
      expect(find(findings, name)).toMatchObject({
        state: 'broken',
        isEssential: false,
        remedy: expect.stringMatching(remedy),
      });
  });
});

describe('diagnosePrograms', () => {
  test('finds nothing with an empty PATH, and says what each is for', async () => {
    const findings = await diagnosePrograms({ PATH: '' });
    expect(findings.map(({ name, state }) => [name, state])).toEqual([
      ['Slurm', 'missing'],
      ['git', 'missing'],
      ['Python', 'missing'],
      ['uv', 'missing'],
    ]);
    for (const { remedy } of findings) expect(remedy).toBeTruthy();
  });

  test('tells a program that is there from one that does not work', async () => {
    const PATH = newFolder();
    writeFileSync(join(PATH, 'sbatch'), '#!/bin/sh\necho slurm 23.11.4\n', { mode: 0o755 });
    writeFileSync(join(PATH, 'scontrol'), '#!/bin/sh\necho Slurmctld is UP\n', { mode: 0o755 });
    writeFileSync(join(PATH, 'git'), '#!/bin/sh\necho broken library >&2; exit 3\n', { mode: 0o755 });
    const findings = await diagnosePrograms({ PATH });
    expect(find(findings, 'Slurm')).toMatchObject({
      state: 'works',
      detail: `slurm 23.11.4 (${join(PATH, 'sbatch')})`,
    });
    expect(find(findings, 'git')).toMatchObject({
      state: 'broken',
      detail: `${join(PATH, 'git')} --version ends with 3: broken library`,
    });
  });

  test('tells a Slurm without a cluster behind it', async () => {
    const PATH = newFolder();
    writeFileSync(join(PATH, 'sbatch'), '#!/bin/sh\necho slurm 23.11.4\n', { mode: 0o755 });
    writeFileSync(join(PATH, 'scontrol'), '#!/bin/sh\necho no configuration >&2; exit 1\n', { mode: 0o755 });
    expect(find(await diagnosePrograms({ PATH }), 'Slurm')).toMatchObject({
      state: 'broken',
      isEssential: false,
      detail: `${join(PATH, 'scontrol')} ping ends with 1: no configuration`,
    });
  });
});

describe('diagnoseDataSets', () => {
  test('says how to get what is missing, and that glyphs need nothing', async () => {
    const findings = await diagnoseDataSets({ ONESHOT_DATA: newFolder() });
    expect(find(findings, 'glyphs')).toMatchObject({ state: 'works' });
    expect(find(findings, 'omniglot')).toMatchObject({ state: 'missing', remedy: 'oneshot data fetch omniglot' });
  });

  test('names the file that an incomplete set lacks', async () => {
    const folder = newFolder();
    writeFileSync(join(folder, 'images_background.zip'), 'PK');
    const omniglot = find(await diagnoseDataSets({ ONESHOT_DATA: folder }), 'omniglot');
    expect(omniglot).toMatchObject({ state: 'broken', detail: expect.stringContaining('images_evaluation.zip') });
  });

  test('says when ONESHOT_DATA names no folder', async () => {
    const findings = await diagnoseDataSets({ ONESHOT_DATA: join(newFolder(), 'gone') });
    expect(find(findings, 'ONESHOT_DATA')).toMatchObject({ state: 'broken' });
  });

  test('takes a home folder that is not there for one without data', async () => {
    const HOME = join(newFolder(), 'home');
    mkdirSync(HOME, { mode: 0o500 });
    expect(find(await diagnoseDataSets({ HOME }), 'mnist')).toMatchObject({ state: 'missing' });
  });
});

describe('diagnoseMlflow', () => {
  test('says that no server is set, and that one cannot be reached', async () => {
    const [unset] = await diagnoseMlflow({ PATH: '' });
    expect(unset).toMatchObject({ state: 'missing', remedy: expect.stringContaining('oneshot ui') });
    const [server, local] = await diagnoseMlflow({ PATH: '', MLFLOW_TRACKING_URI: 'http://127.0.0.1:1' });
    expect(server).toMatchObject({ state: 'broken', detail: expect.stringContaining('http://127.0.0.1:1') });
    expect(local).toMatchObject({ name: 'oneshot ui', state: 'missing' });
    const [wrong] = await diagnoseMlflow({ PATH: '', MLFLOW_TRACKING_URI: 'databricks' });
    expect(wrong).toMatchObject({ state: 'broken' });
  });
});

describe('diagnoseGpus', () => {
  const pretend = (script: string) => {
    const folder = newFolder();
    writeFileSync(join(folder, 'nvidia-smi'), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    return { PATH: folder };
  };

  test('lists each GPU that the driver shows', async () => {
    const env = pretend('echo "0, NVIDIA A, 100 MiB, 580.1"; echo "1, NVIDIA B, 200 MiB, 580.1"');
    expect(
      (await diagnoseGpus({ ...env, CUDA_VISIBLE_DEVICES: '1' })).map(({ state, detail }) => [state, detail]),
    ).toEqual([
      ['works', '0: NVIDIA A, 100 MiB, driver 580.1 (CUDA_VISIBLE_DEVICES=1)'],
      ['works', '1: NVIDIA B, 200 MiB, driver 580.1 (CUDA_VISIBLE_DEVICES=1)'],
    ]);
  });

  test('says what a driver says that does not work, and that there is none', async () => {
    const [broken] = await diagnoseGpus(pretend('echo "No devices were found"; exit 6'));
    expect(broken).toMatchObject({ state: 'broken', detail: 'nvidia-smi lists none: No devices were found' });
    expect((await diagnoseGpus({ PATH: newFolder() }))[0]).toMatchObject({ state: 'missing' });
  });
});

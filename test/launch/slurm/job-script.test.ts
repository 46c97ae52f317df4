import { describe, expect, test } from 'vitest';
import type { Slurm } from '../../../src/config/experiment.js';
import { composeJobScript, type JobScript, quoteWord, splitIntoArrays } from '../../../src/launch/slurm/job-script.js';

const SLURM: Slurm = {
  gpus: 0,
  signalSeconds: 120,
  maxRequeues: 100,
  pollSeconds: 10,
  options: [],
  setup: [],
  controllerMemory: '2G',
};

const job: JobScript = {
  jobName: 'tiny.20260102T030405-ab12',
  tasks: 3,
  output: '/shared/runs/tiny/slurm/x/output-%A_%a.txt',
  cpus: 2,
  slurm: SLURM,
  env: {},
  command: ['/usr/bin/node', '/opt/oneshot/task-process.js', '/shared/runs/tiny/slurm/x', '0'],
};

describe('a job script', () => {
  test('asks for an array that may be requeued and is told before its time limit', () => {
    expect(composeJobScript(job)).toBe(`#!/bin/sh
#SBATCH --job-name=tiny.20260102T030405-ab12
#SBATCH --array=0-2
#SBATCH --output=/shared/runs/tiny/slurm/x/output-%A_%a.txt
#SBATCH --open-mode=append
#SBATCH --requeue
#SBATCH --signal=B:USR1@120
#SBATCH --nodes=1
#SBATCH --ntasks=1
#SBATCH --cpus-per-task=2
set -e
exec /usr/bin/node /opt/oneshot/task-process.js /shared/runs/tiny/slurm/x 0
`);
  });

  test.each([
    ['--comment=two words', '--comment="two words"'],
    ['--comment two words', '--comment="two words"'],
    ['--comment="two words"', '--comment="two words"'],
    ['--comment=say "hi" \\ bye', '--comment="say \\"hi\\" \\\\ bye"'],
    ['--comment=a # b', '--comment="a # b"'],
    ['--exclude node7', '--exclude=node7'],
    ['--exclusive', '--exclusive'],
    ['--constraint=[rack1*2&rack2]', '--constraint="[rack1*2&rack2]"'],
  ])('gives sbatch the option %s as one', (option, line) => {
    expect(composeJobScript({ ...job, slurm: { ...SLURM, options: [option] } })).toContain(`\n#SBATCH ${line}\n`);
  });

  test('asks for everything that the file names', () => {
    const slurm: Slurm = {
      ...SLURM,
      partition: 'gpu,long',
      account: 'lab-7',
      qos: 'high',
      time: '1-12:00:00',
      gpuType: 'a100',
      options: ['--constraint=ib'],
      setup: ['module load gcc'],
    };
    const script = composeJobScript({ ...job, slurm, memory: '16G', gpus: 1, maxRunning: 2, after: ['7', '12'] });
    for (const line of [
      '#SBATCH --array=0-2%2',
      '#SBATCH --mem=16G',
      '#SBATCH --gres=gpu:a100:1',
      '#SBATCH --time=1-12:00:00',
      '#SBATCH --partition=gpu,long',
      '#SBATCH --account=lab-7',
      '#SBATCH --qos=high',
      '#SBATCH --dependency=afterany:7:12',
      '#SBATCH --constraint=ib',
    ])
      expect(script.split('\n')).toContain(line);
    expect(script).toContain('set -e\nmodule load gcc\nexec ');
  });

  test('keeps spaces and quotes of paths', () => {
    const script = composeJobScript({
      ...job,
      output: '/my "runs"/out-%j.txt',
      env: { ONESHOT_DATA: "/it's here" },
      command: ['/usr/bin/node', '/my runs/x'],
    });
    expect(script).toContain('#SBATCH --output="/my \\"runs\\"/out-%j.txt"\n');
    expect(script).toContain("export ONESHOT_DATA='/it'\\''s here'\nexec /usr/bin/node '/my runs/x'\n");
  });

  test('is no array for a single job', () => {
    const { tasks: _, ...single } = job;
    expect(composeJobScript(single)).not.toContain('--array');
  });
});

test.each([
  ['fewer than an array holds', 3, 1001, [3]],
  ['as many as an array holds', 1001, 1001, [1001]],
  ['one more', 1002, 1001, [1001, 1]],
  ['several arrays', 2500, 1000, [1000, 1000, 500]],
  ['none', 0, 1001, []],
])('tasks are split into arrays: %s', (_, tasks, largest, expected) => {
  expect(splitIntoArrays(tasks, largest)).toEqual(expected);
});

test('a word is quoted where the shell would read it otherwise', () => {
  expect(['plain-1.2/x', '', 'a b', '$HOME', '`x`'].map(quoteWord)).toEqual([
    'plain-1.2/x',
    "''",
    "'a b'",
    "'$HOME'",
    "'`x`'",
  ]);
});

// `oneshot bench` as a user runs it, on small cases: what is kept when it is interrupted or somebody fails.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { BenchResults } from '../../src/bench/bench-results.js';
import { newFolder, runCommand, startCommand, waitFor } from '../support/run-command.js';

/** The embedded engine, on one thread and as short as may be. */
const SHORT = ['--threads', '1', '--seconds', '1'];

function readKept(folder: string): BenchResults | undefined {
  const name = readdirSync(folder).find((one) => one.endsWith('.json'));
  return name === undefined ? undefined : JSON.parse(readFileSync(join(folder, name), 'utf8'));
}

test('interrupted by Ctrl-C, it prints and keeps the cases that are finished', async () => {
  const folder = newFolder();
  const cases = ['--cases', 'small-128,all-pairs-320,koch-8'];
  const args = ['bench', ...cases, '--engines', 'onnxruntime', ...SHORT, '--results', folder];
  const { child, result } = startCommand(args);
  await waitFor(() => readKept(folder));
  child.kill('SIGINT');
  const { code, stdout, stderr } = await result;
  expect(code, stderr).toBe(130);
  expect(stdout).toContain('small-128: four blocks');
  expect(stdout).toMatch(/^incomplete: ended before .*koch-8 was measured$/m);
  expect(stderr).toContain('kept in ');
  const kept = readKept(folder);
  expect(kept?.unfinishedCases).toContain('koch-8');
  expect(kept?.cases[0]).toMatchObject({
    name: 'small-128',
    contestants: [{ contestant: 'onnxruntime' }],
    omitted: [],
  });
});

test('a PyTorch that fails is left out with its reason, and the others are measured', async () => {
  const folder = newFolder();
  const python = join(folder, 'python');
  const script = `#!/bin/sh
    [ "$1" = -c ] && exit 0
    read -r line
    case $3 in
      eager) echo 'Illegal instruction' >&2; exit 132;;
      channels_last) printf '%s\\n' '{"memoryBytes": 0, "problem": "no memory\\nat line 3"}'; read -r line;;
      compiled) echo 'g++: not found'; read -r line;;
      bf16) echo 'no bfloat16'; read -r line;;
    esac
`;
  writeFileSync(python, script, { mode: 0o755 });
  const args = ['bench', '--cases', 'small-128', '--engines', 'onnxruntime,torch', ...SHORT, '--no-keep', '--json'];
  const { code, stdout, stderr } = await runCommand([...args, '--python', python], { cwd: folder });
  expect(code, stderr).toBe(0);
  const { cases, unfinishedCases, autoEngine } = JSON.parse(stdout) as BenchResults;
  expect(unfinishedCases).toEqual([]);
  expect(autoEngine).toBe('onnxruntime');
  expect(cases[0]?.contestants.map(({ contestant }) => contestant)).toEqual(['onnxruntime']);
  expect(cases[0]?.omitted).toEqual([
    { contestant: 'torch-eager', reason: 'its process ended with exit code 132: Illegal instruction' },
    { contestant: 'torch-channels_last', reason: 'no memory' },
    { contestant: 'torch-compiled', reason: 'its process printed g++: not found' },
    { contestant: 'torch-bf16', reason: 'its process printed no bfloat16' },
  ]);
  expect(readdirSync(folder)).toEqual(['python']);
});

test('says before it measures what cannot be', async () => {
  const folder = newFolder();
  writeFileSync(join(folder, 'file'), '');
  const threads = await runCommand(['bench', '--threads', '4096'], { cwd: folder });
  expect(threads.code).toBe(2);
  expect(threads.stderr).toMatch(/^error: --threads 4096: this machine has \d+ processors\n$/);
  const place = await runCommand(['bench', '--results', 'file'], { cwd: folder });
  expect(place.code).toBe(2);
  expect(place.stderr).toContain('results cannot be kept in file');
  const python = await runCommand(['bench', '--engines', 'torch', '--python', 'no-such-python'], { cwd: folder });
  expect(python.code).toBe(1);
  expect(python.stderr).toContain('torch: there is no program no-such-python; --python names another one');
});

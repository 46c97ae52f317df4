// `oneshot doctor` on machines with parts missing: it says what is not there and still ends well.
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { newFolder, runCommand } from '../support/run-command.js';

const bare = {
  PATH: '',
  HOME: '/proc/nobody',
  XDG_CACHE_HOME: '',
  ONESHOT_DATA: '',
  MLFLOW_TRACKING_URI: 'http://127.0.0.1:1',
};

describe('doctor', () => {
  test('ends with 0 without programs, home, data or server, and names each with what to do', async () => {
    const result = await runCommand(['doctor', '--json'], { env: bare, cwd: newFolder() });
    expect(result.stderr).toBe('');
    expect(result.code).toBe(0);
    const findings = JSON.parse(result.stdout) as { name: string; state: string; remedy?: string }[];
    const states = Object.fromEntries(findings.map(({ name, state }) => [name, state]));
    expect(states).toMatchObject({
      onnxruntime: 'works',
      cpu: 'works',
      'Node.js': 'works',
      'cache folder': 'broken',
      omniglot: 'missing',
      'MLflow server': 'broken',
      Slurm: 'missing',
      git: 'missing',
      Python: 'missing',
      uv: 'missing',
    });
    for (const { state, remedy } of findings) if (state !== 'works') expect(remedy).toBeTruthy();
  });

  test('ends with 1 and says so when the embedded engine does not work', async () => {
    // A machine whose Node.js may not load native libraries.
    const env = { ...bare, MLFLOW_TRACKING_URI: '', NODE_OPTIONS: '--no-addons' };
    const result = await runCommand(['doctor'], { env, cwd: newFolder() });
    expect(result.stdout).toMatch(/^x onnxruntime /m);
    expect(result.stdout).toMatch(/^\+ cpu /m);
    expect(result.stdout).toContain('npm ci');
    expect(result.stdout).toContain('training does not work here');
    expect(result.code).toBe(1);
  });

  test('finds the data sets of a folder', async () => {
    const result = await runCommand(['doctor', '--runs', join(newFolder(), 'runs')]);
    expect(result.stdout).toMatch(/^\+ omniglot /m);
    expect(result.code).toBe(0);
  });
});

describe('engine', () => {
  test('lists the engines with their versions and says which one auto takes', async () => {
    const result = await runCommand(['engine']);
    expect(result.code).toBe(0);
    expect(result.stdout).toMatch(/onnxruntime +works \(auto\) +version \d+\.\d+\.\d+, \d+ threads?/);
    expect(result.stdout).toMatch(/cpu +works +version/);
  });
});

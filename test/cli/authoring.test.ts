// The commands that help to write an experiment file: init, explain, schema.
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { newFolder, runCommand } from '../support/run-command.js';

const ROOT = resolve(import.meta.dirname, '../..');

describe('init', () => {
  test('writes a valid file whose schema is found beside it, named after its folder', async () => {
    const folder = join(newFolder(), 'my letters');
    const result = await runCommand(['init', folder]);
    expect(result.code).toBe(0);
    const path = result.stdout.trim();
    const text = readFileSync(path, 'utf8');
    const schema = /^# yaml-language-server: \$schema=(\S+)\n/.exec(text)?.[1];
    expect(JSON.parse(readFileSync(join(dirname(path), schema!), 'utf8')).title).toBe('Experiment');
    expect(text).toContain('name: my-letters\n');
    expect((await runCommand(['validate', path])).code).toBe(0);
  });

  test('writes a file that stays valid when its commented sections are taken in', async () => {
    const folder = newFolder();
    await runCommand(['init', folder]);
    const path = join(folder, 'experiment.yaml');
    const text = readFileSync(path, 'utf8').replace(/^# (?=sweep:|tracking:| )/gm, '');
    expect(text).toMatch(/^sweep:\n {2}method: grid/m);
    writeFileSync(path, text.replace(/^ +(npx )?oneshot .*\n/gm, ''));
    const result = await runCommand(['validate', path]);
    expect(result.stdout).toBe('');
    expect(result.code).toBe(0);
  });

  test('overwrites nothing', async () => {
    const folder = newFolder();
    const path = join(folder, 'experiment.yaml');
    writeFileSync(path, 'mine');
    const result = await runCommand(['init', folder]);
    expect(result.code).toBe(2);
    expect(result.stderr).toContain(`${path} is there already`);
    expect(readFileSync(path, 'utf8')).toBe('mine');
  });
});

describe('explain', () => {
  test('prints meaning, value, default and effect; as JSON with --json', async () => {
    const text = await runCommand(['explain', 'training.optimizer.momentum']);
    expect(text.stdout).toMatch(/^training\.optimizer\.momentum {2}\(type: sgd\)\n {2}Momentum: /);
    expect(text.stdout).toMatch(/^ {2}default {2}0\n {2}affects {2}training: /m);
    const json = await runCommand(['explain', 'training.optimizer.momentum', '--json']);
    expect(JSON.parse(json.stdout)).toMatchObject([{ default: 0, kinds: ['type: sgd'] }]);
  });

  test('ends with exit code 2 and the nearest key for a mistyped one', async () => {
    const result = await runCommand(['explain', 'training.optimzer']);
    expect(result.code).toBe(2);
    expect(result.stdout).toBe('');
    expect(result.stderr).toContain('did you mean training.optimizer?');
  });
});

describe('schema', () => {
  test('prints the schema and the reference page as they are in the package', async () => {
    const schema = await runCommand(['schema']);
    expect(schema.stdout).toBe(readFileSync(join(ROOT, 'schemas/experiment.schema.json'), 'utf8'));
    const page = await runCommand(['schema', '--page']);
    expect(page.stdout).toBe(readFileSync(join(ROOT, 'docs/experiment.md'), 'utf8'));
  });
});

// Completion scripts, asked as a shell asks them.
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { newFolder, runCommand } from '../support/run-command.js';

let script = '';
const folder = newFolder();

beforeAll(async () => {
  script = (await runCommand(['completion', 'bash'])).stdout;
  mkdirSync(join(folder, 'my-runs'));
  writeFileSync(join(folder, 'my.yaml'), '');
});

/** What bash offers for these words, the cursor in the last one. */
function complete(...words: string[]): string[] {
  const line = `${script}\nCOMP_WORDS=(oneshot "$@"); COMP_CWORD=$#; COMPREPLY=(); _oneshot; printf '%s\\n' "\${COMPREPLY[@]}"`;
  return execFileSync('bash', ['-c', line, 'bash', ...words], { cwd: folder, encoding: 'utf8' })
    .split('\n')
    .filter((word) => word !== '');
}

describe('completion for bash', () => {
  test.each([
    [['re'], ['report', 'reproduce']],
    [['run', 'my.yaml', '--eng'], ['--engine']],
    [['run', '--engine', 'onn'], ['onnxruntime']],
    [['run', '--runs', 'my'], ['my-runs']],
    [
      ['validate', 'my'],
      ['my-runs', 'my.yaml'],
    ],
    [['run', '--parallel', ''], []],
    [['data', 'fe'], ['fetch']],
    [['completion', 'z'], ['zsh']],
    [['explain', 'training.optimizer.mo'], ['training.optimizer.momentum']],
    [['--de'], ['--debug']],
  ])('offers for %j: %j', (words, expected) => {
    const offered = complete(...words);
    if (words[0] === 'explain') expect(offered).toContain(expected[0]);
    else expect(offered.sort()).toEqual(expected);
  });

  test('offers the same behind npx', () => {
    const line = `${script}\nCOMP_WORDS=(npx oneshot run --eng); COMP_CWORD=3; COMPREPLY=(); _npx_oneshot; printf '%s ' "\${COMPREPLY[@]}"`;
    expect(execFileSync('bash', ['-c', line], { encoding: 'utf8' })).toBe('--engine ');
    const other = line.replace('COMP_WORDS=(npx oneshot', 'COMP_WORDS=(npx prettier');
    expect(execFileSync('bash', ['-c', other], { encoding: 'utf8' }).trim()).toBe('');
  });

  test('knows every command that help shows', async () => {
    const { stdout } = await runCommand(['--help']);
    const shown = [...stdout.matchAll(/^ {2}([a-z]+) (?:\[|<|\s)/gm)].map((match) => match[1]);
    expect(shown.length).toBeGreaterThan(15);
    const offered = complete('');
    expect(shown.filter((name) => name !== 'help' && !offered.includes(name as string))).toEqual([]);
  });
});

describe('completion for other shells', () => {
  test('names commands, options with their words, and quotes what has quotes', async () => {
    const fish = (await runCommand(['completion', 'fish'])).stdout;
    expect(fish).toContain("-n '__fish_seen_subcommand_from run' -l engine -x -a 'auto ");
    expect(fish).toContain("-d 'a value instead of the file'\\''s; may be repeated'");
    const zsh = (await runCommand(['completion', 'zsh'])).stdout;
    expect(zsh).toMatch(/^#compdef oneshot\n/);
    expect(zsh).toContain("'run --engine') compadd -- 'auto' ");
  });

  test('are refused with the ones that there are', async () => {
    const result = await runCommand(['completion', 'csh']);
    expect(result.code).toBe(2);
    expect(result.stderr).toContain('bash, zsh, fish');
  });
});

describe('help', () => {
  test('is what oneshot without arguments shows, with exit code 0', async () => {
    const result = await runCommand([]);
    expect(result.code).toBe(0);
    expect(result.stdout).toContain('Usage: oneshot');
    expect(result.stderr).toBe('');
  });

  test('suggests the command that was meant', async () => {
    const result = await runCommand(['rnu']);
    expect(result.code).toBe(2);
    expect(result.stderr).toContain('Did you mean run?');
  });

  test('has examples for every command', async () => {
    const names = complete('').filter((name) => !name.startsWith('-'));
    for (const name of names)
      expect((await runCommand([name, '--help'])).stdout, name).toMatch(/\nExamples:\n {2}\$ .*oneshot /);
  });
});

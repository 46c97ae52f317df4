// Nothing is asked of any network but what the user asked for: every command that works on files alone, with all its
// processes, under strace. ONNX Runtime would ask for a host of its maker's some 20 s after the start of a training, so
// that is watched for a minute.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { drawGlyphs } from '../../src/data/glyphs/glyphs-data-set.js';
import { writeGlyphFiles } from '../support/glyph-files.js';
import { MAIN, newFolder, runFoldersOf } from '../support/run-command.js';

const TINY = resolve(import.meta.dirname, '../fixtures/tiny.yaml');
const home = newFolder();
const runs = join(home, 'runs');
const hasStrace = spawnSync('strace', ['-V']).status === 0;

/** Runs the command and returns every attempt to reach something that is not on this machine. */
function watch(args: readonly string[], env: NodeJS.ProcessEnv = {}): { code: number | null; calls: string[] } {
  const trace = join(newFolder(), 'trace');
  const { status } = spawnSync(
    'strace',
    ['-f', '-qq', '-e', 'trace=connect,sendto,sendmsg,sendmmsg', '-o', trace, process.execPath, MAIN, ...args],
    {
      cwd: home,
      env: { ...process.env, HOME: home, XDG_CACHE_HOME: join(home, 'cache'), MLFLOW_TRACKING_URI: '', ...env },
      stdio: 'ignore',
    },
  );
  const lines = readFileSync(trace, 'utf8').split('\n');
  return { code: status, calls: lines.filter((line) => /AF_INET|AF_INET6|sin_port/.test(line)) };
}

/**
 * A folder with a Slurm that does not work: the real one looks for its controller by DNS whatever it is asked, its
 * version included.
 */
function makeNoSlurm(): string {
  const folder = newFolder();
  for (const name of ['sbatch', 'squeue', 'scontrol', 'scancel'])
    writeFileSync(join(folder, name), '#!/bin/sh\nexit 1\n', { mode: 0o755 });
  return folder;
}

describe.skipIf(!hasStrace)('nothing is asked of a network', () => {
  beforeAll(() => {
    const drawn = drawGlyphs({
      dataset: 'glyphs',
      seed: 1,
      trainAlphabets: 1,
      validationAlphabets: 0,
      testAlphabets: 1,
      charactersPerAlphabet: 8,
      drawers: 3,
      imageSize: 16,
      inkGain: 1,
    });
    writeGlyphFiles(drawn, join(home, 'known'), { alphabet: 'test-01', characters: 3, drawers: [0] });
    writeGlyphFiles(drawn, join(home, 'new'), { alphabet: 'test-01', characters: 3, drawers: [1, 2] });
    expect(watch(['run', TINY, '--runs', runs, '--set', 'seeds=[1,2]'])).toEqual({ code: 0, calls: [] });
  });

  test('by a minute of training with the embedded engine', () => {
    // The time limit stops it; a trial that is stopped for it has failed.
    const long = ['training.stepsPerEpoch=100000', 'training.maxEpochs=1000', 'resources.timeoutMinutes=1.2'];
    const sets = [...long, 'resources.engine=onnxruntime', 'name=long'].flatMap((set) => ['--set', set]);
    expect(watch(['run', TINY, '--runs', runs, ...sets])).toEqual({ code: 1, calls: [] });
    // Where ONNX Runtime keeps the number of a machine.
    expect(existsSync(join(home, 'cache', 'Microsoft'))).toBe(false);
    expect(existsSync(join(home, '.cache', 'Microsoft'))).toBe(false);
  });

  test.each([
    ['init', 'new'],
    ['validate', TINY],
    ['plan', TINY],
    ['explain', 'training.batchSize'],
    ['schema'],
    ['completion', 'bash'],
    ['status', 'runs'],
    ['report', 'runs'],
    ['compare', 'RUN', 'OTHER'],
    ['reproduce', 'RUN'],
    ['classify', 'RUN', '--support', 'known', 'new', '--sheet', 'sheet.html'],
    ['classify', 'RUN', 'new/character01/1.png', 'new/character02/1.png'],
    ['embed', 'RUN', 'new'],
    ['export', 'RUN', '--support', 'known', '--out', 'network.onnx'],
    ['evaluate', 'RUN'],
    ['prune', 'runs', '--dry-run'],
    ['data'],
    ['engine', 'list'],
    ['doctor'],
  ])('by %s', (...args) => {
    const [run, other] = runFoldersOf(runs, 'tiny');
    const named = args.map((arg) => (arg === 'RUN' ? run! : arg === 'OTHER' ? other! : arg));
    expect(watch(named, { PATH: `${makeNoSlurm()}:${process.env.PATH}` }).calls).toEqual([]);
  });
});

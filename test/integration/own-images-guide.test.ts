// Every command of docs/own-images.md, in its order, on drawn pictures; training is cut to a few steps.
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { drawOwnPictures } from '../support/draw-own-pictures.js';
import { runCommand } from '../support/run-command.js';

const guide = readFileSync('docs/own-images.md', 'utf8');
const commands = [...guide.matchAll(/^npx oneshot (.+)$/gm)].map(([, line]) => line!);
const FEW_STEPS = ['training.stepsPerEpoch=2', 'training.maxEpochs=1', 'training.validation.queries=50'];

const folder = mkdtempSync(join(tmpdir(), 'oneshot-guide-'));
afterAll(() => rmSync(folder, { recursive: true }));
beforeAll(() => {
  drawOwnPictures(join(folder, 'my-pictures'), { groups: 5, classes: 5, pictures: 4 });
  cpSync('docs', join(folder, 'docs'), { recursive: true });
});

test('there are commands in the guide', () => {
  expect(commands.map((line) => line.split(' ')[0])).toEqual(['init', 'data', 'run', 'validate', 'status']);
});

test('all of them work, in their order', async () => {
  // The pictures are drawn in one ink, and need no weights from elsewhere.
  for (const line of commands.filter((command) => !command.startsWith('data fetch'))) {
    const args = line.split(' ');
    if (args[0] === 'run') args.push(...FEW_STEPS.flatMap((set) => ['--set', set]));
    const env = { XDG_CACHE_HOME: join(folder, 'cache') };
    const { code, stdout, stderr } = await runCommand(args, { cwd: folder, env });
    expect([line, code, stderr]).toEqual([line, 0, expect.not.stringContaining('error')]);
    if (args[0] === 'run') expect(stdout).toContain('test/cross-alphabet/');
  }
  expect(existsSync(join(folder, 'runs/mine/report.html'))).toBe(true);
}, 240_000);

// The bound of checking, measured: at most 5 s of processor time and 500 MB for any file of at most 1 MiB, exit code 0 or 2.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { randomStream } from '../../src/base/random-stream.js';
import type { ShapeCounts } from './fault-counts.js';
import { type HostileFiles, listHostileShapes } from './hostile-shapes.js';
import { MAIN } from './run-command.js';

const MAX_SECONDS = 5;
const MAX_MEGABYTES = 500;

/** Tells what the process used when it ends. */
const METER = `data:text/javascript,${encodeURIComponent(
  `import { writeFileSync } from 'node:fs';
  process.on('exit', () => writeFileSync(process.env.USAGE_FILE, JSON.stringify(process.resourceUsage())));`,
)}`;

const PIECES = [
  '{',
  '}',
  '[',
  ']',
  ': ',
  ',',
  '\n',
  ' ',
  '  ',
  '\t',
  '"',
  "'",
  '- ',
  '? ',
  '#',
  '&a ',
  '*a',
  '!t ',
  '|',
  '>',
  '%',
  '---\n',
  '\\q',
  '\u00a0',
  '\u200b',
  'a',
  'k1',
  'name',
  'type: conv',
  'training',
  'encoder',
  'extends',
  'sweep.parameters',
  '1e999',
  'null',
  'model.encoder[0]',
];

/** One test for each shape. */
export function testHostileShapes({ bytes, random }: ShapeCounts): void {
  test.each([...listHostileShapes(bytes)])('%s: in bounds', (_, files) => {
    check(files);
  });

  test.each(Array.from({ length: random }, (_, seed) => [seed]))('random shape %i: in bounds', (seed) => {
    const stream = randomStream(seed, 'shape');
    const piece = Array.from({ length: 1 + stream.integer(6) }, () => PIECES[stream.integer(PIECES.length)]!).join('');
    check({ 'shape.yaml': `name: a\n${piece.repeat(Math.floor((bytes - 8) / Buffer.byteLength(piece)))}` });
  });
}

function check(files: HostileFiles): void {
  const folder = mkdtempSync(join(tmpdir(), 'oneshot-shape-'));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  const usageFile = join(folder, 'usage.json');
  // The limit of the system ends what never would.
  const script = `ulimit -t ${4 * MAX_SECONDS}; exec node --import "$2" "$0" validate "$1"`;
  const { status, stdout, stderr } = spawnSync('bash', ['-c', script, MAIN, join(folder, 'shape.yaml'), METER], {
    encoding: 'utf8',
    env: { ...process.env, USAGE_FILE: usageFile },
    maxBuffer: 2 ** 28,
  });
  expect([0, 2]).toContain(status);
  expect(stdout + stderr).not.toContain('unexpected:');
  const { userCPUTime, systemCPUTime, maxRSS } = JSON.parse(readFileSync(usageFile, 'utf8')) as NodeJS.ResourceUsage;
  expect((userCPUTime + systemCPUTime) / 1e6).toBeLessThan(MAX_SECONDS);
  expect(maxRSS / 1024).toBeLessThan(MAX_MEGABYTES);
}

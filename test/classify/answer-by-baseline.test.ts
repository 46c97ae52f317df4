import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { answerByBaseline, type BaselineAnswer } from '../../src/classify/answer-by-baseline.js';
import { describePictures } from '../../src/trained/open-run.js';
import { readSupportSet } from '../../src/trained/support-set.js';
import { writeBilevelPng } from '../data/support/write-png.js';
import { newFolder } from '../support/run-command.js';

const SIZE = 40;

/** A file with black ink on white wherever `isInk` says so. */
function writeDrawing(path: string, isInk: (x: number, y: number) => boolean): string {
  const ink = Uint8Array.from({ length: SIZE * SIZE }, (_, i) => (isInk(i % SIZE, Math.floor(i / SIZE)) ? 255 : 0));
  writeFileSync(path, writeBilevelPng(ink, SIZE, SIZE));
  return path;
}

test('names pictures by the class whose picture is most alike, and tells of those that cannot be read', async () => {
  const folder = newFolder();
  for (const name of ['known', 'known/bar', 'known/plus']) mkdirSync(join(folder, name));
  const bar = (at: number) => (x: number, y: number) => Math.abs(x - at) < 2 && y > 5 && y < 35;
  const plus = (at: number) => (x: number, y: number) => bar(at)(x, y) || (Math.abs(y - at) < 2 && x > 5 && x < 35);
  writeDrawing(join(folder, 'known/bar/1.png'), bar(20));
  writeDrawing(join(folder, 'known/plus/1.png'), plus(14));
  writeDrawing(join(folder, 'known/plus/2.png'), plus(20));
  const broken = join(folder, 'broken.png');
  writeFileSync(broken, 'no picture');
  const files = [
    writeDrawing(join(folder, 'a.png'), plus(21)),
    broken,
    writeDrawing(join(folder, 'b.png'), bar(24)),
    writeDrawing(join(folder, 'blank.png'), () => false),
  ];
  const sizes = { imageSize: SIZE, sourceSize: SIZE, inkGain: 1 };
  const form = { ...describePictures({ dataset: 'mnist', trainDigits: [], ...sizes }, sizes), ink: 'dark' as const };
  const support = readSupportSet(join(folder, 'known'));
  const answers: BaselineAnswer[] = [];
  for await (const answer of answerByBaseline({ type: 'modifiedHausdorff' }, form, support, files))
    answers.push(answer);
  expect(answers.map(({ ranking }) => ranking.map(({ label }) => label))).toEqual([
    ['plus', 'bar'],
    [],
    ['bar', 'plus'],
    ['bar', 'plus'],
  ]);
  expect(answers.map(({ problem }) => problem !== undefined)).toEqual([false, true, false, false]);
  // The class's nearest picture speaks for it.
  expect(answers[0]!.ranking[0]!.support).toBe(join(folder, 'known/plus/2.png'));
  // A picture without ink is as far from all.
  expect(answers[3]!.ranking[0]!.score).toBe(answers[3]!.ranking[1]!.score);
});

// The experiment that fits a folder of pictures: what is found in it, and that what is written is valid at once.
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, expect, test } from 'vitest';
import { randomStream } from '../../src/base/random-stream.js';
import { loadExperiment } from '../../src/check/load-experiment.js';
import { initCommand } from '../../src/cli/commands/init.js';
import { drawOwnPictures } from '../support/draw-own-pictures.js';
import { runCommand } from '../support/run-command.js';

const base = mkdtempSync(join(tmpdir(), 'oneshot-suggest-'));
afterAll(() => rmSync(base, { recursive: true }));

/** Pictures of noise in all colours, `pictures` of each class and one less of the last. */
async function writePhotographs(name: string, classes: number, pictures: number, sizes = [[60, 80]]): Promise<string> {
  const root = join(base, name);
  const random = randomStream(1, name);
  for (let number = 0; number < classes; number++) {
    mkdirSync(join(root, `class${number}`), { recursive: true });
    for (let picture = 0; picture < (number === classes - 1 ? pictures - 1 : pictures); picture++) {
      const [height, width] = sizes[picture % sizes.length] as [number, number];
      const data = Buffer.from(Array.from({ length: 3 * height * width }, () => random.integer(256)));
      const file = await sharp(data, { raw: { height, width, channels: 3 } })
        .png()
        .toBuffer();
      writeFileSync(join(root, `class${number}`, `${picture}.png`), file);
    }
  }
  return root;
}

async function suggestFor(pictures: string, options: { labels?: string[] } = {}) {
  const folder = `${pictures}-experiment`;
  expect(await initCommand(folder, { pictures, ...options })).toBe(0);
  return loadExperiment(join(folder, 'experiment.yaml')).experiment;
}

test.each([
  [3, 3, 2, 1],
  [12, 3, 5, 1],
  [40, 7, [5, 20], [1, 5]],
])('fits %i classes of %i photographs: %j ways, %j shots', async (classes, pictures, nWay, kShot) => {
  const folder = await writePhotographs(`photographs-${classes}`, classes, pictures);
  const { data, model, training, evaluation } = await suggestFor(folder);
  expect(data).toMatchObject({ dataset: 'folder', color: 'rgb', imageSize: 160, path: folder });
  expect(model!.encoder[0]).toMatchObject({ type: 'pretrained', trainLast: 0 });
  expect(training).toBeUndefined();
  expect(evaluation).toMatchObject([{ protocol: 'cross-alphabet', nWay, kShot }]);
});

test('asks for known classes where there are too few to keep any apart', async () => {
  const { data, evaluation } = await suggestFor(await writePhotographs('two', 2, 5));
  expect(data).toMatchObject({ divideBy: 'pictures', test: 0.5, validation: 0 });
  expect(evaluation).toEqual([{ protocol: 'closed-set', kShot: 1, seed: 1 }]);
});

test('leaves out classes with a single picture', async () => {
  const folder = await writePhotographs('single', 5, 2);
  expect((await suggestFor(folder)).data).toMatchObject({ minimumPictures: 2 });
});

test.each([
  [1, 6],
  [4, 5],
])('takes drawings in one ink for ink: %i groups of %i classes', async (groups, classes) => {
  const folder = join(base, `drawings-${groups}`);
  drawOwnPictures(folder, { groups, classes, pictures: 3 });
  const { data, training } = await suggestFor(folder);
  expect(data).toMatchObject({ color: 'grey' });
  expect(training!.task).toMatchObject({ type: 'allPairs', drawers: 3 });
});

test('fits twenty drawings of four classes: two to learn from, two to measure, none to choose by', async () => {
  const folder = join(base, 'twenty');
  drawOwnPictures(folder, { groups: 1, classes: 4, pictures: 5 });
  const { data, training, evaluation } = await suggestFor(folder);
  expect(data).toMatchObject({ test: 0.5, validation: 0 });
  expect(training!.validation).toBeUndefined();
  expect(evaluation).toMatchObject([{ nWay: 2, kShot: 1 }]);
});

test('says of three classes of drawings that they are too few, and writes nothing', async () => {
  const pictures = join(base, 'three');
  drawOwnPictures(pictures, { groups: 1, classes: 3, pictures: 5 });
  const folder = join(base, 'three-experiment');
  await expect(initCommand(folder, { pictures })).rejects.toThrow('3 classes are too few');
  expect(existsSync(folder)).toBe(false);
});

test.each([
  ['as the folder names it', (_root: string) => 'labels.csv'],
  ['as it is named from here', (root: string) => join(root, 'labels.csv')],
])('takes classes from a table, %s', async (title, nameTable) => {
  const root = join(base, `labelled ${title}`);
  await writePhotographs(`labelled ${title}/all/jpg`, 2, 6);
  const rows = [0, 1, 2].flatMap((name) => [`class0/${name}.png,fir`, `class1/${name}.png,oak`]);
  writeFileSync(join(root, 'labels.csv'), ['path,label', ...rows, 'class0/3.png,elm', 'class1/3.png,elm'].join('\n'));
  const { data } = await suggestFor(root, { labels: [nameTable(root)] });
  expect(data).toMatchObject({ labels: 'labels.csv', color: 'rgb' });
  expect(readFileSync(`${root}-experiment/experiment.yaml`, 'utf8')).toContain(
    '3 classes with 8 pictures (2 to 3 of each)',
  );
});

test('says of pictures that all lie in one folder how their classes are told, and writes nothing', async () => {
  const pictures = await writePhotographs('flat', 1, 5);
  writeFileSync(join(pictures, 'all.csv'), 'path,label\n');
  await expect(initCommand(`${pictures}-experiment`, { pictures })).rejects.toMatchObject({
    message: `${pictures} holds pictures of a single class; expected two or more`,
    hint: 'where all.csv says what each picture shows: --labels all.csv',
  });
  expect(existsSync(`${pictures}-experiment`)).toBe(false);
});

test('keeps the split that a folder has', async () => {
  const root = join(base, 'split');
  for (const part of ['train', 'val', 'test']) await writePhotographs(`split/${part}`, 4, 4);
  const { data } = await suggestFor(root);
  expect(data).toMatchObject({ color: 'rgb', test: 0.2 });
});

test('asks for known classes where the split has the same on both sides', async () => {
  const root = join(base, 'known');
  for (const part of ['train', 'test']) await writePhotographs(`known/${part}`, 3, 6);
  const { evaluation } = await suggestFor(root);
  expect(evaluation).toEqual([{ protocol: 'closed-set', kShot: [1, 5], seed: 1 }]);
});

test('is checked to the last picture with validate --deep', async () => {
  const root = await writePhotographs('deep', 6, 4);
  await suggestFor(root);
  const validate = () => runCommand(['validate', `${root}-experiment/experiment.yaml`, '--deep']);
  expect(await validate()).toMatchObject({ code: 0, stderr: expect.stringContaining('23 pictures read') });
  // Of the same picture in every class, some are measured.
  for (let number = 1; number < 6; number++)
    copyFileSync(join(root, 'class0', '1.png'), join(root, `class${number}`, 'copy.png'));
  const copied = await validate();
  expect(copied.code).toBe(2);
  expect(copied.stdout).toMatch(/experiment\.yaml:\d+:9 data: found .*copy\.png/);
  writeFileSync(join(root, 'class2', '0.png'), readFileSync(join(root, 'class2', '0.png')).subarray(0, 3000));
  expect((await validate()).stdout).toMatch(
    /found 1 of 28 pictures of \S+ cannot be read: class2\/0\.png is a damaged PNG/,
  );
});

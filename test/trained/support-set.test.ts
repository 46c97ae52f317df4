// Support sets as people have them, and all that may be wrong with one.
import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { encodePng } from '../../src/data/pictures/encode-png.js';
import type { PictureForm } from '../../src/data/pictures/see-picture.js';
import { createPictureReader } from '../../src/trained/read-pictures.js';
import { readSupportSet } from '../../src/trained/support-set.js';
import { newFolder } from '../support/run-command.js';

const picture = (ink: number) => encodePng(new Uint8Array(16).fill(ink), { height: 4, width: 4 });

const form: PictureForm = {
  sourceSize: 4,
  imageSize: 4,
  color: 'grey',
  fit: 'pad',
  background: '#ffffff',
  ink: 'auto',
  inkGain: 1,
};

/** A folder with these files, by path. */
function write(files: Readonly<Record<string, Buffer | string>>): string {
  const folder = newFolder();
  for (const [path, bytes] of Object.entries(files)) {
    mkdirSync(join(folder, path, '..'), { recursive: true });
    writeFileSync(join(folder, path), bytes);
  }
  return folder;
}

const labelsOf = (folder: string) => readSupportSet(folder).labels;

describe('readSupportSet', () => {
  test('takes a folder for each class, a picture for each, or groups of folders', () => {
    expect(labelsOf(write({ 'oak/1.png': picture(1), 'oak/2.png': picture(2), 'fir/1.png': picture(3) }))).toEqual([
      'fir',
      'oak',
    ]);
    expect(labelsOf(write({ 'class10.png': picture(1), 'class9.png': picture(2) }))).toEqual(['class9', 'class10']);
    expect(labelsOf(write({ 'latin/a/1.png': picture(1), 'greek/a/1.png': picture(2) }))).toEqual([
      'greek/a',
      'latin/a',
    ]);
  });

  test('reads regular files alone: no pipe blocks it, no device is read without end', async () => {
    const folder = write({ 'oak/1.png': picture(1), 'fir/1.png': picture(2) });
    execFileSync('mkfifo', [join(folder, 'oak/2.png'), join(folder, 'oak/notes')]);
    symlinkSync('/dev/zero', join(folder, 'fir/2.png'));
    expect(() => readSupportSet(folder)).toThrow(
      expect.objectContaining({
        message: expect.stringMatching(/fir\/2\.png is no regular file[\s\S]*oak\/2\.png is no regular file/),
      }),
    );
    const read = createPictureReader(form);
    for (const name of ['oak/2.png', 'fir/2.png'])
      await expect(read(join(folder, name))).rejects.toThrow(/^is no regular file$/);
  });

  test('passes over what is no picture by name and content, and tells of it', () => {
    const folder = write({ 'oak.png': picture(1), fir: picture(2), 'notes.txt': 'two trees', '.DS_Store': '' });
    expect(readSupportSet(folder)).toMatchObject({ labels: ['fir', 'oak'], passedOver: ['notes.txt'] });
  });

  const cases: readonly (readonly [what: string, files: Record<string, Buffer | string>, message: RegExp])[] = [
    ['one class', { 'oak/1.png': picture(1) }, /has one class; expected two at least/],
    ['no class', { 'notes.txt': 'hello' }, /has no classes; expected two at least/],
    ['an empty class', { 'oak/1.png': picture(1), 'fir/notes.txt': 'none yet' }, /fir is an empty class/],
    [
      'a picture beside folders',
      { 'oak/1.png': picture(1), 'a.png': picture(2) },
      /a\.png lies beside folders of classes/,
    ],
    [
      'equal classes',
      { 'oak/1.png': picture(1), 'fir/1.png': picture(1) },
      /oak\/1\.png is the same file as a picture of another class, fir/,
    ],
    ['equal labels', { 'oak.png': picture(1), 'oak.jpg': picture(2) }, /has the same name as the class of oak\.jpg/],
  ];
  test.each(cases)('refuses %s', (_, files, message) => {
    expect(() => readSupportSet(write(files))).toThrow(message);
  });
});

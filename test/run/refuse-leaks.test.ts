import { describe, expect, test } from 'vitest';
import { randomStream } from '../../src/base/random-stream.js';
import { turnPicture } from '../../src/data/find-copies.js';
import type { DataDescription } from '../../src/data/loaded-data.js';
import { sealPictureSet } from '../../src/data/pictures/picture-file.js';
import type { PictureSet, SplitPurpose } from '../../src/data/pictures/picture-set.js';
import { refuseLeaks } from '../../src/run/refuse-leaks.js';

/** Four pictures: two characters of an alphabet, each by drawers 0 and 1. */
const set: PictureSet = {
  name: 'four',
  height: 1,
  width: 1,
  channels: 1,
  pixels: new Uint8Array(4),
  alphabets: ['Alphabet'],
  characters: [
    { alphabet: 0, name: 'a' },
    { alphabet: 0, name: 'b' },
  ],
  character: Int32Array.of(0, 0, 1, 1),
  drawer: Int32Array.of(0, 1, 0, 1),
  digest: '',
};
const select = (purpose: SplitPurpose, ...pictures: number[]) => ({
  set,
  purpose,
  pictures: Int32Array.from(pictures),
});
const description = (disjointDrawers: boolean) => ({ dataset: 'omniglot', disjointDrawers }) as DataDescription;

test('a character on both sides is refused with its name, and a clean split is not', () => {
  const split = (train: number[], ...tested: number[]) => ({
    train: select('train', ...train),
    validation: select('validation'),
    test: select('test', ...tested),
  });
  expect(() => refuseLeaks({ split: split([0], 1), source: set, description: description(false) })).toThrow(
    /leaks: 1 character in both train and test \(Alphabet\/a\)/,
  );
  expect(() => refuseLeaks({ split: split([0, 1], 2), source: set, description: description(false) })).not.toThrow();
  expect(() => refuseLeaks({ split: split([0, 1], 2), source: set, description: description(true) })).toThrow(
    /drawer in both train and test/,
  );
});

describe('pictures of one’s own', () => {
  const SIZE = 12;
  const noise = (seed: number) => {
    const stream = randomStream(seed, 'pictures');
    return Uint8Array.from({ length: SIZE * SIZE }, () => stream.integer(256));
  };
  /** Saved again with loss: every pixel a few steps off. */
  const saveAgain = (pixels: Uint8Array) => {
    const stream = randomStream(99, 'loss');
    return pixels.map((value) => Math.min(255, Math.max(0, value + stream.integer(9) - 4)));
  };
  const turn = (pixels: Uint8Array) => [...turnPicture(pixels, SIZE)][4]!;

  interface OwnPicture {
    readonly file: string;
    readonly purpose: SplitPurpose;
    readonly pixels: Uint8Array;
  }

  function check(
    pictures: readonly OwnPicture[],
    sharedClasses: readonly string[] = [],
    options: Parameters<typeof refuseLeaks>[1] = {},
  ): string[] {
    const classOf = ({ file }: OwnPicture) => file.split('/').slice(0, -1).join('/');
    const classes = [...new Set(pictures.map(classOf))];
    const groups = [...new Set(classes.map((name) => name.split('/').slice(0, -1).join('/')))];
    const pixels = new Uint8Array(new SharedArrayBuffer(pictures.length * SIZE * SIZE));
    pictures.forEach((picture, index) => {
      pixels.set(picture.pixels, index * SIZE * SIZE);
    });
    const own = sealPictureSet({
      name: 'folder',
      height: SIZE,
      width: SIZE,
      pixels,
      alphabets: groups,
      characters: classes.map((name) => ({
        alphabet: groups.indexOf(name.split('/').slice(0, -1).join('/')),
        name: name.split('/').at(-1)!,
      })),
      character: Int32Array.from(pictures, (own) => classes.indexOf(classOf(own))),
      drawer: Int32Array.from(pictures.keys()),
    });
    const take = (purpose: SplitPurpose) => ({
      set: own,
      purpose,
      pictures: Int32Array.from([...pictures.keys()].filter((index) => pictures[index]!.purpose === purpose)),
    });
    const loaded = {
      split: { train: take('train'), validation: take('validation'), test: take('test') },
      source: own,
      description: { dataset: 'folder', disjointDrawers: false, sharedClasses } as unknown as DataDescription,
      fileOf: (picture: number) => pictures[picture]!.file,
    };
    return refuseLeaks(loaded, options);
  }

  const picture = (file: string, purpose: SplitPurpose, pixels: Uint8Array): OwnPicture => ({ file, purpose, pixels });
  const clean = [
    picture('a/1.png', 'train', noise(1)),
    picture('a/2.png', 'train', noise(2)),
    picture('b/1.png', 'test', noise(3)),
    picture('b/2.png', 'test', noise(4)),
    picture('c/1.png', 'test', noise(5)),
  ];

  test('are let through without a word where all differ', () => {
    expect(check(clean)).toEqual([]);
  });

  test.each([
    [
      'on the other side',
      picture('b/3.jpg', 'test', noise(1)),
      /1 picture stands on both sides of the split:\n {2}b\/3\.jpg \(test\) shows the same as a\/1\.png \(train\)/,
    ],
    [
      'within a class that is measured',
      picture('b/3.png', 'test', noise(3)),
      /1 picture stands twice in a class that is measured.*\n {2}b\/3\.png \(test\) shows the same as b\/1\.png/s,
    ],
    [
      'in two classes that are measured',
      picture('c/2.png', 'test', noise(3)),
      /1 picture stands in two classes that are measured/,
    ],
  ])('are refused with their files where one stands %s', (_where, copy, message) => {
    expect(() => check([...clean, copy])).toThrow(message);
  });

  test.each([
    [
      'saved again with loss on the other side',
      picture('b/3.jpg', 'test', saveAgain(noise(1))),
      /^1 picture for validation or test looks like one on another side of the split \(b\/3\.jpg and a\/1\.png\)/,
    ],
    [
      'turned on the other side',
      picture('b/3.png', 'test', turn(noise(1))),
      /^1 picture for validation or test is one for training, turned or mirrored \(b\/3\.png and a\/1\.png\)/,
    ],
    [
      'saved again within its class of the test',
      picture('b/3.jpg', 'test', saveAgain(noise(3))),
      /^1 picture looks like another one of its class \(b\/3\.jpg and b\/1\.png\)/,
    ],
    [
      'in a class of the training twice',
      picture('a/3.png', 'train', noise(1)),
      /^1 picture for training stands in its class twice/,
    ],
    [
      'in two classes of the training',
      picture('d/1.png', 'train', noise(1)),
      /^1 picture for training stands in two classes/,
    ],
  ])('are told where one stands %s', (_where, copy, told) => {
    const doubts = check([...clean, copy]);
    expect(doubts).toHaveLength(1);
    expect(doubts[0]).toMatch(told);
  });

  test('whose class names stand in another group of the training are told, unless they are numbers', () => {
    const named = (trained: string, tested: string) =>
      check([
        picture(`day1/${trained}/1.png`, 'train', noise(1)),
        picture(`day2/${tested}/1.png`, 'test', noise(2)),
        picture(`day2/${tested}/2.png`, 'test', noise(3)),
      ]);
    expect(named('oak', 'birch')).toEqual([]);
    expect(named('oak', 'oak')).toEqual([
      '1 class of the test has a name that a class of another group has in training (oak): if it is the same class, the accuracy is not one on unseen classes',
    ]);
    expect(named('character07', 'character07')).toEqual([]);
  });

  test('of which too many pairs are to be looked at are looked at in part, and that is told', () => {
    const again = picture('b/3.jpg', 'test', saveAgain(noise(1)));
    // Six pictures, four of them for the test: 12 pairs allow the first and the third of these.
    const doubts = check([...clean, again], [], { mostPairs: 12 });
    expect(doubts).toEqual([expect.stringMatching(/^only 2 of 4 pictures for validation or test were looked at/)]);
    expect(check([...clean, again], [], { mostPairs: 24 })).toEqual([
      expect.stringMatching(/^1 picture .* looks like one/),
    ]);
  });

  test('whose classes are trained on too are told, but where known classes are what is asked for', () => {
    expect(check(clean, ['class0', 'class1'])).toEqual([
      '2 classes of the test are trained on too, or chosen by (class0; class1): the accuracy is not one on unseen classes',
    ]);
    expect(check(clean, ['class0', 'class1'], { asksKnownClasses: true })).toEqual([]);
  });
});

// Batches: shapes and labels, which pictures are distorted, and that worker threads make the same bytes.
import { readdirSync, readFileSync } from 'node:fs';
import { getPriority, platform } from 'node:os';
import { afterEach, describe, expect, test } from 'vitest';
import { hashBytes } from '../../src/base/stable-hash.js';
import type {
  Affine,
  Augmentation,
  TaskAllPairs,
  TaskClassification,
  TaskVerification,
} from '../../src/config/experiment.js';
import { resizePictures } from '../../src/data/pictures/resize.js';
import type { DrawnBatch } from '../../src/data/sampling/batch.js';
import { numberClasses } from '../../src/data/sampling/class-numbers.js';
import { type BatchFeed, openBatchFeed } from '../../src/tasks/batch-feed.js';
import { createBatchMaker, type TaskBatchSpec } from '../../src/tasks/batch-maker.js';
import { countEpochSteps } from '../../src/tasks/describe-batch.js';
import { expectFailure } from '../data/support/expect-failure.js';
import { selectAll, toyPictures } from '../data/support/toy-pictures.js';

const source = toyPictures([5, 3, 8], { size: 16 });
const clean = resizePictures(source, 8, 1);
const affine: Affine = {
  componentProbability: 1,
  rotationDegrees: 10,
  shear: 0.3,
  scale: [0.8, 1.2],
  translationPixels: 2,
};
const none: Augmentation = { rotationClasses: false };
const verification: TaskVerification = {
  type: 'verification',
  pairs: { count: 50, redraw: 'never', different: 'within-alphabet' },
};
const allPairs: TaskAllPairs = { type: 'allPairs', alphabets: 2, characters: 3, drawers: 2, negatives: 'hard' };

function spec(changes: Partial<TaskBatchSpec> = {}): TaskBatchSpec {
  return {
    seed: 1,
    task: verification,
    augmentation: none,
    selection: selectAll(clean),
    source,
    batchSize: 8,
    ...changes,
  };
}
const countSteps = (settings: TaskBatchSpec) =>
  countEpochSteps(settings, settings.augmentation, settings.selection.pictures.length);
const make = (changes: Partial<TaskBatchSpec>, epoch = 0, step = 0) => createBatchMaker(spec(changes))(epoch, step);
const makePairs = (changes: Partial<TaskBatchSpec> = {}, epoch = 0, step = 0) =>
  make(changes, epoch, step) as DrawnBatch & { labels: Float32Array };
const makeGroups = (changes: Partial<TaskBatchSpec> = {}, step = 0) =>
  make({ task: allPairs, ...changes }, 0, step) as DrawnBatch & { classes: Int32Array };
const imageAt = ({ images }: DrawnBatch, place: number) => images.subarray(place * 64, (place + 1) * 64);
const asDrawn = (picture: number) =>
  Float32Array.from(clean.pixels.subarray(picture * 64, (picture + 1) * 64), (value) => value / 255);
const isAsDrawn = (batch: DrawnBatch, place: number) =>
  Buffer.compare(bytesOf(imageAt(batch, place).slice()), bytesOf(asDrawn(batch.pictures[place]!))) === 0;
const bytesOf = ({ buffer }: Float32Array) => Buffer.from(buffer as ArrayBuffer);

describe('a batch of pairs', () => {
  test('has both pictures of a pair half a batch apart, and tells which are the same', () => {
    const batch = makePairs();
    expect(batch.shape).toEqual([16, 8, 8, 1]);
    expect(batch.images).toHaveLength(16 * 64);
    for (let i = 0; i < 8; i++) {
      const [first, second] = [batch.pictures[i]!, batch.pictures[8 + i]!];
      expect(batch.labels[i]).toBe(clean.character[first] === clean.character[second] ? 1 : 0);
      expect(isAsDrawn(batch, i) && isAsDrawn(batch, 8 + i)).toBe(true);
    }
  });

  test('is smaller at the end of an epoch, which goes through every pair once, in another order each time', () => {
    const epoch = (number: number) => {
      const batches = Array.from({ length: 7 }, (_, step) => makePairs({}, number, step));
      expect(batches.map(({ shape }) => shape[0] / 2)).toEqual([8, 8, 8, 8, 8, 8, 2]);
      return batches.flatMap(({ pictures, shape }) =>
        Array.from({ length: shape[0] / 2 }, (_, i) => `${pictures[i]}-${pictures[shape[0] / 2 + i]}`),
      );
    };
    expect(countSteps(spec())).toBe(7);
    expect([...epoch(0)].sort()).toEqual([...epoch(1)].sort());
    expect(epoch(0)).not.toEqual(epoch(1));
  });

  test('beyond the pairs of an epoch goes through them again', () => {
    const names = (from: number) =>
      Array.from({ length: 7 }, (_, i) => [...makePairs({}, 0, from + i).pictures])
        .flat()
        .sort();
    expect(names(7)).toEqual(names(0));
    expect(makePairs({}, 0, 7).pictures).not.toEqual(makePairs({}, 0, 0).pictures);
  });

  test('with 3 copies shows each pair once as drawn and 3 times distorted, the same copies in every epoch', () => {
    const augmentation = { ...none, affine: { ...affine, copies: 3 } };
    expect(countSteps(spec({ augmentation }))).toBe(25);
    const seen = (epoch: number) => {
      const images = new Map<string, { drawn: number; distorted: Set<string> }>();
      for (let step = 0; step < 25; step++) {
        const batch = makePairs({ augmentation }, epoch, step);
        const pairs = batch.shape[0] / 2;
        for (let i = 0; i < pairs; i++) {
          const key = `${batch.pictures[i]}-${batch.pictures[pairs + i]}`;
          const entry = images.get(key) ?? { drawn: 0, distorted: new Set() };
          images.set(key, entry);
          expect(isAsDrawn(batch, i)).toBe(isAsDrawn(batch, pairs + i));
          if (isAsDrawn(batch, i)) entry.drawn++;
          else entry.distorted.add(bytesOf(imageAt(batch, i).slice()).toString('base64'));
        }
      }
      return images;
    };
    const first = seen(0);
    const total = [...first.values()].reduce((sum, { drawn, distorted }) => sum + drawn + distorted.size, 0);
    expect(total).toBe(200);
    for (const { drawn, distorted } of first.values()) expect(distorted.size).toBe(3 * drawn);
    expect(seen(1)).toEqual(first);
  });

  test('with a probability distorts that part of the pictures, each by itself', () => {
    const augmentation = { ...none, affine: { ...affine, probability: 0.25 } };
    const task = { ...verification, pairs: { ...verification.pairs, count: 1000 } };
    const batch = makePairs({ augmentation, task, batchSize: 1000 });
    const distorted = Array.from({ length: 2000 }, (_, place) => !isAsDrawn(batch, place));
    const share = distorted.filter(Boolean).length / 2000;
    expect(share).toBeGreaterThan(0.22);
    expect(share).toBeLessThan(0.28);
    const both = distorted.slice(0, 1000).filter((first, i) => first && distorted[1000 + i]).length / 1000;
    expect(both).toBeLessThan(0.1); // 1/16 when independent
  });
});

describe('a batch of classes', () => {
  const classification: TaskClassification = { type: 'classification', softmax: 'cosine', scale: 16 };
  const makeClasses = (changes: Partial<TaskBatchSpec> = {}, epoch = 0, step = 0) =>
    make({ task: classification, batchSize: 20, ...changes }, epoch, step) as DrawnBatch & { classes: Int32Array };

  test('goes through every picture once in an epoch, in another order each time', () => {
    const count = clean.character.length;
    const steps = countSteps({ ...spec({ task: classification, batchSize: 20 }) });
    expect(steps).toBe(Math.ceil(count / 20));
    const epoch = (number: number) =>
      Array.from({ length: steps }, (_, step) => makeClasses({}, number, step)).flatMap(({ pictures }) => [
        ...pictures,
      ]);
    expect(epoch(0).toSorted((a, b) => a - b)).toEqual([...clean.character.keys()]);
    expect(epoch(1)).not.toEqual(epoch(0));
    expect(makeClasses({}, 1, 0)).toEqual(makeClasses({}, 1, 0));
  });

  test('numbers the classes of its selection without gaps', () => {
    const isLater = (picture: number) => clean.character[picture]! >= 3;
    const pictures = Int32Array.from(clean.character.keys()).filter(isLater);
    const batch = makeClasses({ selection: { set: clean, purpose: 'train', pictures } });
    batch.pictures.forEach((picture, place) => {
      expect(batch.classes[place]).toBe(clean.character[picture]! - 3);
      expect(isAsDrawn(batch, place)).toBe(true);
    });
    expect(numberClasses({ set: clean, purpose: 'train', pictures }, { rotationClasses: true }).count).toBe(13 * 4);
  });

  test('takes each picture in four rotations and each copy', () => {
    const augmentation: Augmentation = { rotationClasses: true, affine: { ...affine, copies: 2 } };
    const steps = countSteps({ ...spec({ task: classification, augmentation }) });
    expect(steps).toBe(Math.ceil((clean.character.length * 4 * 3) / 8));
    const batch = makeClasses({ augmentation, batchSize: 500 });
    expect(new Set([...batch.classes].map((label) => label % 4)).size).toBe(4);
  });
});

describe('a batch of groups', () => {
  test('has alphabets x characters x drawers images, with their classes', () => {
    const batch = makeGroups();
    expect(batch).toMatchObject({ shape: [12, 8, 8, 1] });
    batch.pictures.forEach((picture, place) => {
      expect(batch.classes[place]).toBe(clean.character[picture]!);
      expect(isAsDrawn(batch, place)).toBe(true);
    });
  });

  test('turned by a quarter has its pixels turned, and other classes', () => {
    const steps = Array.from({ length: 12 }, (_, step) =>
      makeGroups({ augmentation: { rotationClasses: true } }, step),
    );
    const found = new Set<number>();
    for (const batch of steps) {
      batch.classes.forEach((label, place) => {
        const turns = label % 4;
        found.add(turns);
        const drawn = asDrawn(batch.pictures[place]!);
        const turned = Float32Array.from(drawn, (_, i) => {
          let [y, x] = [Math.floor(i / 8), i % 8];
          for (let turn = 0; turn < turns; turn++) [y, x] = [7 - x, y]; // back by a quarter
          return drawn[y * 8 + x]!;
        });
        expect(imageAt(batch, place)).toEqual(turned);
        expect(Math.floor(label / 4)).toBe(clean.character[batch.pictures[place]!]);
      });
    }
    expect(found).toEqual(new Set([0, 1, 2, 3]));
  });

  test('counts as many steps as its pictures take, 4 times as many with rotations', () => {
    expect(countSteps(spec({ task: allPairs }))).toBe(Math.ceil(64 / 12));
    expect(countSteps(spec({ task: allPairs, augmentation: { rotationClasses: true } }))).toBe(Math.ceil(256 / 12));
  });
});

const busy: Augmentation = { affine, elastic: { grid: 4, standardDeviation: 0.04 }, rotationClasses: true };

test.each([
  ['pairs', spec({ augmentation: { ...busy, rotationClasses: false } })],
  ['groups', spec({ task: allPairs, augmentation: busy })],
])('a batch of %s is a function of seed, epoch and step', (_, settings) => {
  const [one, other] = [createBatchMaker(settings), createBatchMaker(settings)];
  other(3, 1);
  expect(other(2, 5)).toEqual(one(2, 5));
  for (const different of [one(2, 4), one(1, 5), createBatchMaker({ ...settings, seed: 2 })(2, 5)]) {
    expect(different.images).not.toEqual(one(2, 5).images);
  }
});

// Other bytes train other networks: whoever changes them raises NUMERICS_VERSION (src/plan/fingerprint.ts).
test.each([
  [
    'pairs',
    spec({ augmentation: { ...busy, rotationClasses: false } }),
    '9b05475f3596359e2996049df0519939db39aa4de4864af2ce1c62f779b6b762',
  ],
  [
    'groups',
    spec({ task: allPairs, augmentation: busy }),
    '8c7801ff1c63383b17205e0edc3ecac459965e5a3f5e40f3d8aa8c477fc87cfb',
  ],
])('a batch of %s has the bytes that it had in earlier versions', (_, settings, digest) => {
  expect(hashBytes(new Uint8Array(createBatchMaker(settings)(2, 5).images.buffer))).toBe(digest);
});

describe('a feed of batches', () => {
  const open: BatchFeed[] = [];
  afterEach(async () => {
    for (const batches of open.splice(0)) await batches.close();
  });
  const start = (settings: TaskBatchSpec, workers: number) => {
    const batches = openBatchFeed(settings, { workers, ahead: 3 });
    open.push(batches);
    return batches;
  };

  test.each([0, 1, 2])(
    'gives the bytes of the synchronous way with %i workers, over the end of an epoch',
    async (workers) => {
      const settings = spec({ task: allPairs, augmentation: busy });
      const makeBatch = createBatchMaker(settings);
      const batches = start(settings, workers);
      const steps = countSteps(settings);
      for (let i = 0; i < steps + 2; i++) {
        const [epoch, step] = [Math.floor(i / steps), i % steps];
        expect(await batches.next(epoch, step)).toEqual(makeBatch(epoch, step));
      }
    },
  );

  test('answers jumps, repeated and simultaneous requests', async () => {
    const settings = spec();
    const makeBatch = createBatchMaker(settings);
    const batches = start(settings, 2);
    const wanted: [epoch: number, step: number][] = [
      [4, 3],
      [0, 0],
      [0, 0],
      [4, 4],
      [9, 6],
      [0, 1],
    ];
    const answers = await Promise.all(wanted.map(([epoch, step]) => batches.next(epoch, step)));
    answers.forEach((batch, i) => {
      expect(batch).toEqual(makeBatch(...wanted[i]!));
    });
    expect(await batches.next(0, 0)).toEqual(makeBatch(0, 0));
  });

  test.each([0, 1])('once closed gives no more, and leaves no request hanging: %i workers', async (workers) => {
    const batches = openBatchFeed(spec(), { workers });
    const asked = batches.next(0, 0).then(
      () => 'given',
      (error: Error) => error.message,
    );
    await batches.close();
    expect(['given', 'the feed of batches was closed']).toContain(await asked);
    await expectFailure(() => batches.next(0, 1), 'interrupted', /closed/);
  });

  test('has a batch that was begun ready, and the same', async () => {
    const expected = createBatchMaker(spec());
    for (const workers of [0, 1]) {
      const batches = start(spec(), workers);
      batches.begin(2, 1);
      expect((await batches.next(2, 1)).images).toEqual(expected(2, 1).images);
      expect((await batches.next(0, 0)).images).toEqual(expected(0, 0).images);
    }
  });

  test.runIf(platform() === 'linux')('makes them in a thread that gives way to the one that trains', async () => {
    const before = new Set(readdirSync('/proc/self/task'));
    await start(spec(), 1).next(0, 0);
    // The 19th field is the niceness; the second, the name, may have spaces.
    const niceness = (id: string) =>
      Number(
        readFileSync(`/proc/self/task/${id}/stat`, 'utf8')
          .replace(/^.*\) /, '')
          .split(' ')[16],
      );
    const started = readdirSync('/proc/self/task').filter((id) => !before.has(id));
    expect(started.map(niceness)).toContain(getPriority() + 5);
    expect(getPriority()).toBe(niceness(String(process.pid)));
  });

  test('lets what was begun go when it is closed', async () => {
    const batches = openBatchFeed(spec(), { workers: 1 });
    batches.begin(0, 0);
    await batches.close();
    batches.begin(0, 1);
    await expectFailure(() => batches.next(0, 0), 'interrupted', /closed/);
  });

  test('hands on what goes wrong in a worker', async () => {
    const unusable = { ...busy, affine: { ...affine, scale: undefined as never } };
    const batches = start(spec({ task: allPairs, augmentation: unusable }), 1);
    const failure = await expectFailure(() => batches.next(0, 0), 'internal', 'making a batch failed');
    expect(failure.cause).toBeInstanceOf(TypeError);
    await expectFailure(() => batches.next(0, 1), 'internal', 'making a batch failed');
  });

  test('refuses a selection that is too small before it starts a worker', async () => {
    await expectFailure(() => start(spec({ task: { ...allPairs, drawers: 9 } }), 1), 'usage', /9 drawers/);
  });
});

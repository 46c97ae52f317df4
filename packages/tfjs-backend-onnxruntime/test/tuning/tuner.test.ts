import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import type { OnnxRuntimeBackend } from '../../src/backend.js';
import type { OnnxRuntimeOptions } from '../../src/options.js';
import { registerOnnxRuntimeBackend } from '../../src/register-backend.js';
import { createTuningFile, findChoice, findTuningFile, keepChoice } from '../../src/tuning/tuning-files.js';
import { randomValues, relativeDifference, THREADS } from '../support/engines.js';

const newFile = () => join(mkdtempSync(join(tmpdir(), 'algorithms-')), 'algorithms.json');
const readAlgorithms = (file: string) => (JSON.parse(readFileSync(file, 'utf8')) as { choices: object }).choices;

let count = 0;

/** Returns what `use` gives on a backend of its own. */
function withBackend<Result>(options: OnnxRuntimeOptions, use: (backend: OnnxRuntimeBackend) => Result): Result {
  const name = `algorithms-${count++}`;
  const backend = registerOnnxRuntimeBackend(tf, { name, threads: THREADS, ...options });
  tf.setBackend(name);
  try {
    return use(backend);
  } finally {
    tf.setBackend('cpu');
    tf.removeBackend(name);
  }
}

/** 19 million operations for each image and role: enough for a measurement. */
const images = randomValues(8 * 16 * 16 * 64, 1);
const filters = randomValues(3 * 3 * 64 * 64, 2, 0.05);

/** The result of a convolution and both gradients, the numbers one after the other. */
function computeStep(batch = 8): Float32Array {
  const results = tf.tidy(() => {
    const x = tf.tensor4d(images.subarray(0, batch * 16 * 16 * 64), [batch, 16, 16, 64]);
    const filter = tf.tensor4d(filters, [3, 3, 64, 64]);
    const loss = (a: tf.Tensor, b: tf.Tensor) =>
      tf.sum(tf.square(tf.conv2d(a as tf.Tensor4D, b as tf.Tensor4D, 1, 'same')));
    const { value, grads } = tf.valueAndGrads(loss as never)([x, filter]);
    return [value, ...grads].map((tensor) => [...tensor.dataSync()]);
  });
  return Float32Array.from(results.flat());
}

const computeWith = (options: OnnxRuntimeOptions) =>
  withBackend(options, (backend) => ({ numbers: computeStep(), measurements: backend.statistics.measurements }));

const hasAlgorithms = withBackend({}, (backend) => backend.describe().nativeKernels !== 'none');

/** Choices for the step's shapes, made by measuring once. */
const measuredFile = newFile();
const measured = computeWith({ tuningFiles: [measuredFile] });

/** Returns a file that has one algorithm for the result and the gradient of the images, and one for that of the filters. */
function force(images: 'winograd' | 'blocked', filters: 'winograd' | 'images'): string {
  const file = newFile();
  const choices = Object.keys(readAlgorithms(measuredFile)).map((key) => [
    key,
    key.startsWith('filterGradient') ? filters : images,
  ]);
  writeFileSync(file, JSON.stringify({ version: 1, choices: Object.fromEntries(choices) }));
  return file;
}

describe.skipIf(!hasAlgorithms)('The algorithm of a convolution', () => {
  it('is measured once for each role, and taken from the file by the next backend', () => {
    expect(measured.measurements).toBe(3);
    expect(Object.keys(readAlgorithms(measuredFile)).map((key) => key.split(' ')[0])).toEqual([
      'forward',
      'inputGradient',
      'filterGradient',
    ]);
    const before = readFileSync(measuredFile, 'utf8');
    const again = computeWith({ tuningFiles: [measuredFile] });
    expect(again.measurements).toBe(0);
    expect(again.numbers).toEqual(measured.numbers);
    expect(readFileSync(measuredFile, 'utf8')).toBe(before);
  });

  it('is the same for another count of images', () => {
    const measurements = withBackend({ tuningFiles: [measuredFile] }, (backend) => {
      computeStep(5);
      return backend.statistics.measurements;
    });
    expect(measurements).toBe(0);
  });

  it('is what the file says, with the same numbers up to rounding', () => {
    const byTiles = computeWith({ tuningFiles: [force('winograd', 'winograd')] });
    const byBlocks = computeWith({ tuningFiles: [force('blocked', 'images')] });
    expect([byTiles.measurements, byBlocks.measurements]).toEqual([0, 0]);
    expect(byTiles.numbers).not.toEqual(byBlocks.numbers);
    expect(relativeDifference(byTiles.numbers, byBlocks.numbers)).toBeLessThan(1e-4);
  });

  it('is that of the first file that knows the shape, and goes to the files before it', () => {
    const byBlocks = computeWith({ tuningFiles: [force('blocked', 'images')] }).numbers;
    const files = [newFile(), force('blocked', 'images')];
    expect(computeWith({ tuningFiles: files })).toEqual({ numbers: byBlocks, measurements: 0 });
    // The machine's file changes or is lost: the first one has all that is needed.
    for (const machine of [force('winograd', 'winograd'), newFile()]) {
      expect(computeWith({ tuningFiles: [files[0]!, machine] })).toEqual({ numbers: byBlocks, measurements: 0 });
    }
    expect(readAlgorithms(files[0]!)).toEqual(readAlgorithms(files[1]!));
  });

  it('is measured again when the file was damaged', () => {
    const file = newFile();
    writeFileSync(file, readFileSync(measuredFile, 'utf8').slice(0, -20));
    expect(computeWith({ tuningFiles: [file] }).measurements).toBe(3);
    expect(Object.keys(readAlgorithms(file))).toEqual(Object.keys(readAlgorithms(measuredFile)));
  });

  it('is that of the rules where they are asked for, or where a new one cannot be kept', () => {
    const byRules = computeWith({ algorithms: 'rules', tuningFiles: [force('blocked', 'images')] });
    expect(byRules.measurements).toBe(0);
    const notAFolder = newFile();
    writeFileSync(notAFolder, '');
    // What a later file knows holds, and stays as it is.
    const known = force('blocked', 'images');
    const before = readFileSync(known, 'utf8');
    const unkept = computeWith({ tuningFiles: [join(notAFolder, 'algorithms.json'), known] });
    expect(unkept.measurements).toBe(0);
    expect(`${unkept.numbers}` === `${computeWith({ tuningFiles: [known] }).numbers}`).toBe(true);
    expect(readFileSync(known, 'utf8')).toBe(before);
    const machine = newFile();
    const unmeasured = computeWith({ tuningFiles: [join(notAFolder, 'algorithms.json'), machine] });
    expect(`${unmeasured.numbers}` === `${byRules.numbers}`).toBe(true);
    expect(existsSync(machine)).toBe(false);
    // The first one showed that nothing can be kept.
    expect(unmeasured.measurements).toBe(1);
  });

  it('is not measured for little work, nor where there is one algorithm only', () => {
    const file = newFile();
    const compute = (channels: number, options: OnnxRuntimeOptions) =>
      withBackend({ tuningFiles: [file], ...options }, (backend) => {
        const filter = tf.ones<tf.Rank.R4>([3, 3, channels, 16]);
        tf.tidy(() => tf.conv2d(tf.ones<tf.Rank.R4>([8, 16, 16, channels]), filter, 1, 'same').dataSync());
        return backend.statistics.measurements;
      });
    expect([compute(16, {}), compute(64, { nchwcBlock: 0 }), compute(64, { nativeKernels: 'none' })]).toEqual([
      0, 0, 0,
    ]);
    expect(existsSync(file)).toBe(false);
  });
});

describe('A file of choices', () => {
  const ALGORITHMS = ['one', 'two'] as const;

  it('keeps what was chosen first', () => {
    const files = [newFile(), newFile()];
    expect(findChoice(files, 'key', ALGORITHMS)).toBeUndefined();
    expect(keepChoice([files[1]!], 'key', 'two', ALGORITHMS)).toBe('two');
    expect(keepChoice(files, 'key', 'one', ALGORITHMS)).toBe('two');
    expect(files.map((file) => findChoice([file], 'key', ALGORITHMS))).toEqual(['two', 'two']);
  });

  it('is made empty, and stays as it is when it exists', () => {
    const file = newFile();
    createTuningFile(file);
    expect(readAlgorithms(file)).toEqual({});
    keepChoice([file], 'key', 'one', ALGORITHMS);
    createTuningFile(file);
    expect(readAlgorithms(file)).toEqual({ key: 'one' });
  });

  it.each([
    ['is cut', (text: string) => text.slice(0, text.length / 2)],
    ['is of another version', (text: string) => text.replace('"version": 1', '"version": 99')],
    ['holds something else', () => 'null'],
    ['names algorithms that there are none of', (text: string) => text.replace('"one"', '"magic"')],
    ['is endless', (text: string) => text + ' '.repeat(2 ** 21)],
  ])('counts as empty and is replaced when it %s', (_, damage) => {
    const file = newFile();
    keepChoice([file], 'key', 'one', ALGORITHMS);
    writeFileSync(file, damage(readFileSync(file, 'utf8')));
    expect(findChoice([file], 'key', ALGORITHMS)).toBeUndefined();
    expect(keepChoice([file], 'key', 'two', ALGORITHMS)).toBe('two');
    expect(readAlgorithms(file)).toEqual({ key: 'two' });
  });

  it('is bounded: the oldest choices make room', () => {
    const file = newFile();
    const choices = Object.fromEntries(Array.from({ length: 2048 }, (_, index) => [`key ${index}`, 'one']));
    writeFileSync(file, JSON.stringify({ version: 1, choices }));
    keepChoice([file], 'new', 'two', ALGORITHMS);
    expect(findChoice([file], 'key 0', ALGORITHMS)).toBeUndefined();
    expect(findChoice([file], 'key 1', ALGORITHMS)).toBe('one');
    expect(findChoice([file], 'new', ALGORITHMS)).toBe('two');
  });

  it('is whole at any time while two processes write to it', async () => {
    const shared = newFile();
    const program = `
      const { keepChoice } = await import(${JSON.stringify(new URL('../../dist/tuning/tuning-files.js', import.meta.url).href)});
      const [own, shared, name] = process.argv.slice(1);
      for (let i = 0; i < 60; i++) keepChoice([own, shared], name + i, 'one', ['one', 'two']);
    `;
    const owns = ['a', 'b'].map(() => newFile());
    const writers = owns.map((own, index) =>
      spawn(process.execPath, ['--input-type=module', '-e', program, own, shared, 'ab'[index]!], { stdio: 'inherit' }),
    );
    let running = writers.length;
    const ends = writers.map(async (writer) => {
      const [code] = await once(writer, 'exit');
      running--;
      return code;
    });
    while (running > 0) {
      if (existsSync(shared)) readAlgorithms(shared);
      await new Promise((done) => setTimeout(done, 1));
    }
    expect(await Promise.all(ends)).toEqual([0, 0]);
    owns.forEach((own, index) => {
      expect(Object.keys(readAlgorithms(own))).toEqual(Array.from({ length: 60 }, (_, i) => `${'ab'[index]}${i}`));
    });
    expect(readdirSync(dirname(shared))).toEqual(['algorithms.json']);
  });

  it.each([
    ['linux', { HOME: '/home/a' }, /^\/home\/a\/\.cache\/tfjs-backend-onnxruntime\/tuning-[\w-]+\.json$/],
    ['linux', { HOME: '/home/a', XDG_CACHE_HOME: '/cache' }, /^\/cache\/tfjs-backend-onnxruntime\/tuning-/],
    ['darwin', { HOME: '/Users/a' }, /^\/Users\/a\/Library\/Caches\/tfjs-backend-onnxruntime\/tuning-/],
  ] as const)('lies in the cache folder of the user on %s, %j', (platform, env, expected) => {
    expect(findTuningFile(env, platform)).toMatch(expected);
  });
});

// Pictures with flat areas: what is exactly zero stays zero, so that relu passes no gradient there. Random inputs would hide it.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';
import * as tf from '@tensorflow/tfjs';
import { PNG } from 'pngjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { fromBuffer } from 'yauzl';
import { registerOnnxRuntimeBackend } from '../src/index.js';
import { computeOn, randomValues, relativeDifference, THREADS } from './support/engines.js';

const DATA_FOLDER = resolve(process.env.ONESHOT_DATA ?? resolve(import.meta.dirname, '../../../../shared/data'));

beforeAll(() => {
  // The rules take tiles for these shapes, whatever a measurement would find.
  registerOnnxRuntimeBackend(tf, { name: 'by-rules', threads: THREADS, algorithms: 'rules' });
  registerOnnxRuntimeBackend(tf, {
    name: 'avx2-by-rules',
    threads: THREADS,
    algorithms: 'rules',
    nativeKernels: 'avx2',
  });
});

/** A digit of MNIST: ink up to 1 on black. */
function readDigits(): tf.Tensor4D {
  const bytes = gunzipSync(readFileSync(resolve(DATA_FOLDER, 't10k-images-idx3-ubyte.gz')));
  const pixels = bytes.subarray(16, 16 + 28 * 28);
  return tf.tensor4d(
    Float32Array.from(pixels, (value) => value / 255),
    [1, 28, 28, 1],
  );
}

/** The first drawing of Omniglot at 35 pixels: means of 3 × 3, ink is 1. */
async function readDrawings(): Promise<tf.Tensor4D> {
  const images: number[] = [];
  for (const png of await readPngs(resolve(DATA_FOLDER, 'images_background_small1.zip'), 1)) {
    const { data, width } = PNG.sync.read(png);
    for (let row = 0; row < 35; row++)
      for (let column = 0; column < 35; column++) {
        let ink = 0;
        for (let part = 0; part < 9; part++) {
          const pixel = (3 * row + Math.floor(part / 3)) * width + 3 * column + (part % 3);
          ink += data[4 * pixel]! < 128 ? 1 / 9 : 0;
        }
        images.push(ink);
      }
  }
  return tf.tensor4d(images, [1, 35, 35, 1]);
}

function readPngs(path: string, count: number): Promise<Buffer[]> {
  return new Promise((done, fail) => {
    fromBuffer(readFileSync(path), { lazyEntries: true }, (error, zip) => {
      if (error) return fail(error);
      const found: Buffer[] = [];
      zip.on('entry', (entry) => {
        if (!entry.fileName.endsWith('.png')) return zip.readEntry();
        zip.openReadStream(entry, async (problem, stream) => {
          if (problem) return fail(problem);
          found.push(Buffer.concat(await stream.toArray()));
          if (found.length === count) done(found);
          else zip.readEntry();
        });
      });
      zip.readEntry();
    });
  });
}

/** A smooth image in three colours with grain, within a black border. */
function createPhotograph(): tf.Tensor4D {
  const [size, border] = [30, 7];
  const grain = randomValues(size * size * 3, 11, 0.02);
  const values = grain.map((noise, index) => {
    const [row, column, colour] = [Math.floor(index / (3 * size)), Math.floor(index / 3) % size, index % 3];
    const isBorder = Math.min(row, column, size - 1 - row, size - 1 - column) < border;
    return isBorder ? 0 : 0.5 + 0.3 * Math.sin(row / 5 + colour) * Math.cos(column / 7 - colour) + noise;
  });
  return tf.tensor4d(values, [1, size, size, 3]);
}

/** Filters as tfjs's layers make them (Glorot), with zero biases. */
function createWeights(channels: readonly number[]): Float32Array[] {
  return channels.slice(1).map((outputs, layer) => {
    const inputs = channels[layer]!;
    return randomValues(9 * inputs * outputs, 20 + layer, Math.sqrt(2 / (9 * (inputs + outputs))));
  });
}

/** Gradients of the filters and biases of three layers of 3 × 3, and the loss. */
function computeGradients(backend: string, pictures: () => tf.Tensor4D, withPooling: boolean) {
  const channels = [pictures().shape[3], 16, 16, 16];
  const weights = createWeights(channels);
  return computeOn(backend, () => {
    const x = pictures();
    const filters = weights.map((values, layer) => tf.tensor4d(values, [3, 3, channels[layer]!, channels[layer + 1]!]));
    const biases = channels.slice(1).map((count) => tf.zeros([count]));
    const loss = (...variables: tf.Tensor[]) => {
      let y = x;
      filters.forEach((_, layer) => {
        y = tf.relu(tf.add(tf.conv2d(y, variables[layer] as tf.Tensor4D, 1, 'same'), variables[3 + layer]!));
        if (withPooling && layer < 2) y = tf.maxPool(y, 2, 2, 'valid');
      });
      return tf.mean(tf.square(y)) as tf.Scalar;
    };
    const { value, grads } = tf.valueAndGrads(loss)([...filters, ...biases]);
    return [value, ...grads];
  });
}

describe.each([
  ['digits of MNIST', readDigits],
  ['drawings of Omniglot', readDrawings],
  ['a photograph with a black border', createPhotograph],
] as const)('Gradients on %s', (_, read) => {
  it.each([false, true])('are those of cpu with zero biases; with pooling: %s', async (withPooling) => {
    tf.setBackend('cpu');
    const pictures = await read();
    const values = pictures.dataSync();
    const create = () => tf.tensor4d(values, pictures.shape);
    const expected = computeGradients('cpu', create, withPooling);
    for (const backend of ['by-rules', 'avx2-by-rules', 'onnxruntime-plain']) {
      computeGradients(backend, create, withPooling).forEach((result, index) => {
        expect(relativeDifference(result.values, expected[index]!.values), `${backend} ${index}`).toBeLessThan(1e-4);
      });
    }
  });
});

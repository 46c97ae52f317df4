// Exported graph models in TensorFlow.js's own loader: the numbers of every layer and head are those of this program.
import * as tf from '@tensorflow/tfjs';
import { loadGraphModel } from '@tensorflow/tfjs-converter';
import { describe, expect, test } from 'vitest';
import type { Layer } from '../../src/config/experiment.js';
import { encodeGraphModel } from '../../src/export/tfjs/encode-graph-model.js';
import { loadNetwork } from '../../src/model/load-network.js';
import type { CarriedSupport } from '../../src/trained/network-file.js';
import type { TrainedNetwork } from '../../src/trained/trained-network.js';
import {
  conv,
  dense,
  ENCODERS,
  HEADS,
  ink,
  largestDifference,
  makeNetwork,
  noFiles,
  SIZE,
} from './support/networks.js';

/** What a page would compute: the model loaded from its two files, and asked for all its outputs. */
async function runGraph(network: TrainedNetwork, pictures: Float32Array, support?: CarriedSupport) {
  const files = encodeGraphModel(network, support);
  const { modelTopology, weightsManifest, signature, userDefinedMetadata } = JSON.parse(files['model.json']);
  const weightData = new Uint8Array(Buffer.concat(files['weights.bin'])).buffer;
  const artifacts = { modelTopology, weightSpecs: weightsManifest[0].weights, weightData, signature };
  const model = await loadGraphModel(tf.io.fromMemory({ ...artifacts, userDefinedMetadata }));
  expect((model.metadata as { labels?: string[] }).labels).toEqual(support?.labels);
  const names = model.outputs.map(({ name }) => name.replace(':0', ''));
  const input = tf.tensor4d(pictures, [pictures.length / SIZE ** 2, SIZE, SIZE, 1]);
  const outputs = model.execute({ pictures: input }, names) as tf.Tensor | tf.Tensor[];
  const results = [outputs].flat().map((output, i) => [names[i]!, { dims: output.shape, data: output.dataSync() }]);
  model.dispose();
  return Object.fromEntries(results) as Record<string, { dims: number[]; data: Float32Array }>;
}

describe('encodeGraphModel', () => {
  test.each(Object.entries(ENCODERS))(
    'computes the embeddings of %s, for any number of pictures',
    async (_, encoder) => {
      const network = makeNetwork(encoder, HEADS[0]!);
      await tf.setBackend('cpu');
      const { functions, units, dispose } = await loadNetwork(
        { tf, openFile: noFiles },
        network.model,
        { imageSize: SIZE },
        network.weights,
      );
      for (const count of [1, 3]) {
        const { embeddings } = await runGraph(network, ink(count, 31));
        expect(embeddings!.dims).toEqual([count, units]);
        const ours = await functions.embed(ink(count, 31), count);
        expect(Math.max(...ours) - Math.min(...ours)).toBeGreaterThan(0.05);
        expect(largestDifference(ours, embeddings!.data)).toBeLessThan(1e-5);
      }
      dispose();
    },
  );

  test.each(HEADS)('scores a support set with the head $type', async (head) => {
    const network = makeNetwork([conv(2, { stride: 2 }), { type: 'flatten' } as Layer, dense(5)], head);
    await tf.setBackend('cpu');
    const { functions, units, dispose } = await loadNetwork(
      { tf, openFile: noFiles },
      network.model,
      { imageSize: SIZE },
      network.weights,
    );
    const known = await functions.embed(ink(3, 17), 3);
    const support = {
      labels: ['oak', 'fir'],
      ways: [0, 0, 1],
      embeddings: { shape: [3, units], values: known },
      pictures: { shape: [3, SIZE, SIZE, 1], values: ink(3, 17) },
    };
    const { scores, probabilities } = await runGraph(network, ink(2, 31), support);
    const pairs = await functions.scoreQueries(await functions.embed(ink(2, 31), 2), known, units);
    const means = [0, 1].flatMap((row) => [(pairs[3 * row]! + pairs[3 * row + 1]!) / 2, pairs[3 * row + 2]!]);
    expect(scores!.dims).toEqual([2, 2]);
    expect(largestDifference(means, scores!.data)).toBeLessThan(1e-4);
    const [first, second] = probabilities!.data;
    expect(first! + second!).toBeCloseTo(1, 5);
    expect(Math.log(first! / second!)).toBeCloseTo(means[0]! - means[1]!, 3);
    dispose();
  });
});

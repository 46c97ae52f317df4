// What tasks whose batches are pictures one after the other share: pieces of a batch, and its embeddings.
import type { Tensor2D } from '@tensorflow/tfjs';
import type { Batch } from '../data/sampling/batch.js';
import { sizeOf } from '../layers/shape.js';
import type { TaskContext } from './task.js';

/** The pictures `first` … `first + count - 1` with their classes, as views. */
export function slicePictures(batch: Batch, first: number, count: number, pixelsPerPicture: number): Batch {
  const images = batch.images.subarray(first * pixelsPerPicture, (first + count) * pixelsPerPicture);
  return batch.classes === undefined ? { images } : { images, classes: batch.classes.subarray(first, first + count) };
}

/** Embeddings [pictures, units] of all pictures of a batch. */
export function embedBatch({ images }: Batch, { feed, network, training }: TaskContext): Tensor2D {
  const { input } = network.shape;
  const pictures = feed((batch) => batch.images, [images.length / sizeOf(input), ...input]);
  return network.embed(pictures, training);
}

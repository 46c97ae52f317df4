/**
 * The gradient of the filters of a depthwise convolution: for each channel and tap, a sum over pixels of the image's element
 * under the tap times the result's gradient. Both are read as they lie, in blocks of channels, a vector of channels at once; a
 * task sums over some images, a second function adds these sums in a fixed order.
 */
import { type ConvolutionShape, countElements } from '../base/convolution-shape.js';
import { writePartSums } from './add-part-sums.js';
import { Assembler, R8, R9, R11, R12, R13, RAX, RBX, RCX, RDX, type VectorSet } from './assembler.js';
import type { CodeBlock, NativeProgram } from './native-operators.js';
import { loadTask, loadTaskField, Parameters, TaskTable } from './task-table.js';

const FLOAT_BYTES = 4;
/** Vector registers for sums; the last one holds gradients. */
const SUMS = 15;
const GRADIENT = 15;
/** Elements and gradients that are read again for each group of taps: they should stay in the first cache. */
const CACHED_BYTES = 16384;
/** Tasks that there are at least where the batch allows: they are shared out to threads, whose count changes no result. */
const MIN_TASKS = 16;
const MAX_TAPS = 128;

/** Returns whether the program below can compute the gradient; `shape` has no padding, and a filter for each channel. */
export function canSumDepthwise({ inputChannels, outputChannels, kernel }: ConvolutionShape, block: number): boolean {
  const hasBlocks = block > 0 && inputChannels % block === 0 && outputChannels === inputChannels;
  return hasBlocks && kernel[0] * kernel[1] <= MAX_TAPS;
}

/**
 * Returns the program for images that include their padding. Inputs: blocked images, blocked gradients of the results.
 * Output: [K, L, C, 1].
 */
export function createDepthwiseGradient(code: CodeBlock, shape: ConvolutionShape, block: number): NativeProgram {
  const { vectors } = code;
  const { batch, inputSize, outputSize, inputChannels: channels, kernel } = shape;
  const pixelBytes = block * FLOAT_BYTES;
  const imageBytes = inputSize[0] * inputSize[1] * channels * FLOAT_BYTES;
  const gradientBytes = outputSize[0] * outputSize[1] * channels * FLOAT_BYTES;
  const count = channels / vectors.floats;
  const perBlock = block / vectors.floats;
  const imagesPerPart = Math.ceil(batch / Math.min(batch, Math.ceil(MIN_TASKS / count)));
  const parts = Math.ceil(batch / imagesPerPart);
  const taps = kernel[0] * kernel[1];
  const sumBytes = taps * vectors.bytes;
  const [sum, add] = code.load([
    writeSums(vectors, shape, { pixelBytes, imageBytes, gradientBytes }),
    writePartSums(vectors, { taps, channels, parts, partBytes: count * sumBytes, vectorsPerTap: 1, count: 1 }),
  ]);
  const placeIn = ([height, width]: readonly [number, number], vector: number) =>
    Math.floor(vector / perBlock) * height * width * pixelBytes + (vector % perBlock) * vectors.bytes;
  const vectorNumbers = Array.from({ length: count }, (_, vector) => vector);
  const sumTasks = new TaskTable(
    Array.from({ length: parts }, (_, part) => part).flatMap((part) =>
      vectorNumbers.map((vector) => [
        part * imagesPerPart * imageBytes + placeIn(inputSize, vector),
        part * imagesPerPart * gradientBytes + placeIn(outputSize, vector),
        (part * count + vector) * sumBytes,
        Math.min(imagesPerPart, batch - part * imagesPerPart),
      ]),
    ),
  );
  const addTasks = new TaskTable(vectorNumbers.map((vector) => [vector * sumBytes, vector * vectors.bytes]));
  const parameters = new Parameters();
  const sizes = countElements(shape);
  return {
    inputSizes: [sizes.input, sizes.output],
    outputShapes: [[...kernel, channels, 1]],
    run(launcher, [images, gradients], [filterGradient]) {
      const sums = launcher.scratch(parts * count * sumBytes);
      launcher.launch(sum!, parameters.set(sumTasks, images!, gradients!, sums), sumTasks.length);
      launcher.launch(add!, parameters.set(addTasks, sums, filterGradient!), addTasks.length);
    },
    release: () => code.release(),
  };
}

interface Distances {
  readonly pixelBytes: number;
  /** From an image to the next one, of what is convolved and of the gradients. */
  readonly imageBytes: number;
  readonly gradientBytes: number;
}

/** Parameters: images, gradients, sums [tap]; field 3: images. */
function writeSums(
  vectors: VectorSet,
  { inputSize: [, width], outputSize: [rows, columns], kernel, strides, dilations }: ConvolutionShape,
  { pixelBytes, imageBytes, gradientBytes }: Distances,
): Uint8Array {
  const taps = Array.from({ length: kernel[0] * kernel[1] }, (_, tap) => {
    const [row, column] = [Math.floor(tap / kernel[1]), tap % kernel[1]];
    return (row * dilations[0] * width + column * dilations[1]) * pixelBytes;
  });
  const groups = Math.ceil(taps.length / SUMS);
  const tapsPerGroup = Math.ceil(taps.length / groups);
  const rowBytes = columns * (1 + strides[0] * strides[1]) * pixelBytes;
  const rowsPerStrip = groups === 1 ? rows : Math.max(1, Math.min(rows, Math.floor(CACHED_BYTES / rowBytes)));
  const assembler = new Assembler(vectors);
  const sumPlace = (tap: number) => ({ base: RCX, offset: tap * vectors.bytes });
  const nextRow = strides[0] * width * pixelBytes;
  const writeGroup = (first: number, stripRows: number) => {
    const group = taps.slice(first, first + tapsPerGroup);
    for (const index of group.keys()) assembler.loadVector(index, sumPlace(first + index));
    assembler.move(RAX, R8);
    assembler.move(RDX, R9);
    assembler.repeat(stripRows, R11, () => {
      assembler.repeat(columns, RBX, () => {
        assembler.loadVector(GRADIENT, { base: RDX, offset: 0 });
        for (const [index, offset] of group.entries())
          assembler.compute('multiplyAdd', index, GRADIENT, { base: RAX, offset });
        assembler.addConstant(RAX, strides[1] * pixelBytes);
        assembler.addConstant(RDX, pixelBytes);
      });
      assembler.addConstant(RAX, nextRow - columns * strides[1] * pixelBytes);
    });
    for (const index of group.keys()) assembler.storeVector(sumPlace(first + index), index);
  };
  const writeStrip = (stripRows: number) => {
    for (let first = 0; first < taps.length; first += tapsPerGroup) writeGroup(first, stripRows);
    assembler.addConstant(R8, stripRows * nextRow);
    assembler.addConstant(R9, stripRows * columns * pixelBytes);
  };
  assembler.writeFunction(0, () => {
    loadTask(assembler, [R8, R9, RCX]);
    loadTaskField(assembler, R13, 3);
    assembler.setZero(0);
    for (let tap = 0; tap < taps.length; tap++) assembler.storeVector(sumPlace(tap), 0);
    assembler.repeatCounted(R13, () => {
      assembler.repeat(Math.floor(rows / rowsPerStrip), R12, () => writeStrip(rowsPerStrip));
      if (rows % rowsPerStrip > 0) writeStrip(rows % rowsPerStrip);
      assembler.addConstant(R8, imageBytes - rows * nextRow);
      assembler.addConstant(R9, gradientBytes - rows * columns * pixelBytes);
    });
  });
  return assembler.finish();
}

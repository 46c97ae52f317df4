/**
 * The gradient of the filters where images have few channels, the first layer's above all: a sum over pixels of the
 * image's elements under each tap times the gradients of two vectors of result channels. Both are read as they lie; a task
 * sums over some images, a second function adds these sums in a fixed order.
 */
import { type ConvolutionShape, countElements } from '../base/convolution-shape.js';
import { writePartSums } from './add-part-sums.js';
import { Assembler, R8, R9, R11, R12, R13, RAX, RBX, RCX, RDX, type VectorSet } from './assembler.js';
import type { CodeBlock, NativeProgram } from './native-operators.js';
import { loadTask, loadTaskField, Parameters, TaskTable } from './task-table.js';

const FLOAT_BYTES = 4;
/** Vector registers for sums; the others hold gradients and elements. */
const SUMS = 12;
const GRADIENT = 12;
const ELEMENT = 14;
/** Gradients that are read again for each group of taps: they should stay in the first cache. */
const CACHED_BYTES = 16384;
/** Parts of the batch that are summed apart, whatever the count of threads is. */
const MAX_PARTS = 16;
const MAX_TAPS = 128;

/** Returns whether the program below can compute the gradient; `shape` has no padding. */
export function canSumFewChannels(shape: ConvolutionShape, block: number): boolean {
  const { inputChannels, outputChannels, kernel, strides, dilations } = shape;
  const isDense = [...strides, ...dilations].every((step) => step === 1);
  const taps = kernel[0] * kernel[1] * inputChannels;
  return block > 0 && isDense && outputChannels % block === 0 && taps <= MAX_TAPS;
}

/**
 * Returns the program for images that include their padding. Inputs: images [N, C, H, W], blocked gradients of the
 * results. Output: [K, L, C, O].
 */
export function createFewChannelGradient(code: CodeBlock, shape: ConvolutionShape, block: number): NativeProgram {
  const { vectors } = code;
  const { batch, inputSize, outputSize, inputChannels, outputChannels, kernel } = shape;
  const [height, width] = inputSize;
  const [rows, columns] = outputSize;
  const taps = listTapOffsets(shape);
  const pixelBytes = block * FLOAT_BYTES;
  const planeBytes = rows * columns * pixelBytes;
  const imageBytes = inputChannels * height * width * FLOAT_BYTES;
  const gradientBytes = outputChannels * rows * columns * FLOAT_BYTES;
  const imagesPerPart = Math.ceil(batch / MAX_PARTS);
  const parts = Math.ceil(batch / imagesPerPart);
  const groups = groupVectors(vectors, outputChannels, block, planeBytes);
  const sumBytes = taps.length * 2 * vectors.bytes;
  const functions = code.load(
    groups.flatMap(({ offsets }) => {
      const distance = (offsets[1] ?? 0) - offsets[0]!;
      return [
        writeSums(vectors, { taps, rows, columns, width, pixelBytes, imageBytes, gradientBytes, distance }),
        writePartSums(vectors, {
          taps: taps.length,
          channels: outputChannels,
          parts,
          partBytes: groups.length * sumBytes,
          vectorsPerTap: 2,
          count: offsets.length,
        }),
      ];
    }),
  );
  const programs = groups.map(({ offsets }, index) => ({
    sum: functions[2 * index]!,
    add: functions[2 * index + 1]!,
    sumTasks: new TaskTable(
      Array.from({ length: parts }, (_, part) => {
        const first = part * imagesPerPart;
        return [
          first * imageBytes,
          first * gradientBytes + offsets[0]!,
          (part * groups.length + index) * sumBytes,
          Math.min(imagesPerPart, batch - first),
        ];
      }),
    ),
    addTasks: new TaskTable([[index * sumBytes, index * 2 * vectors.bytes]]),
  }));
  const sizes = countElements(shape);
  const parameters = new Parameters();
  return {
    inputSizes: [sizes.input, sizes.output],
    outputShapes: [[...kernel, inputChannels, outputChannels]],
    run(launcher, [images, gradients], [filterGradient]) {
      const sums = launcher.scratch(parts * groups.length * sumBytes);
      for (const { sum, sumTasks } of programs) {
        launcher.launch(sum, parameters.set(sumTasks, images!, gradients!, sums), sumTasks.length);
      }
      for (const { add, addTasks } of programs) {
        launcher.launch(add, parameters.set(addTasks, sums, filterGradient!), addTasks.length);
      }
    },
    release: () => code.release(),
  };
}

/** Returns for each tap and channel, in the order of the filter, the distance of its element from the result's pixel. */
function listTapOffsets({ inputSize, inputChannels, kernel }: ConvolutionShape): number[] {
  const [height, width] = inputSize;
  return Array.from({ length: kernel[0] * kernel[1] * inputChannels }, (_, index) => {
    const channel = index % inputChannels;
    const tap = Math.floor(index / inputChannels);
    const [row, column] = [Math.floor(tap / kernel[1]), tap % kernel[1]];
    return (channel * height * width + row * width + column) * FLOAT_BYTES;
  });
}

/** Returns the byte offsets of the vectors of an image's gradients, two by two. */
function groupVectors(
  vectors: VectorSet,
  channels: number,
  block: number,
  planeBytes: number,
): { readonly offsets: readonly number[] }[] {
  const perBlock = block / vectors.floats;
  const count = channels / vectors.floats;
  const offset = (vector: number) => Math.floor(vector / perBlock) * planeBytes + (vector % perBlock) * vectors.bytes;
  return Array.from({ length: Math.ceil(count / 2) }, (_, group) => ({
    offsets: [2 * group, 2 * group + 1].filter((vector) => vector < count).map(offset),
  }));
}

interface SumsCode {
  readonly taps: readonly number[];
  readonly rows: number;
  readonly columns: number;
  readonly width: number;
  readonly pixelBytes: number;
  readonly imageBytes: number;
  readonly gradientBytes: number;
  /** From the first vector of gradients to the second; 0 where there is one only. */
  readonly distance: number;
}

/** Parameters: images, gradients, sums [tap][2 vectors]; field 3: images. */
function writeSums(vectors: VectorSet, options: SumsCode): Uint8Array {
  const { taps, rows, columns, width, pixelBytes, imageBytes, gradientBytes, distance } = options;
  const count = distance > 0 ? 2 : 1;
  const tapsPerGroup = SUMS / count;
  const rowsPerStrip = Math.max(1, Math.min(rows, Math.floor(CACHED_BYTES / (columns * count * vectors.bytes))));
  const assembler = new Assembler(vectors);
  const sumPlace = (tap: number, vector: number) => ({ base: RCX, offset: (2 * tap + vector) * vectors.bytes });
  const writeGroup = (first: number, stripRows: number) => {
    const group = taps.slice(first, first + tapsPerGroup);
    const forEachSum = (visit: (register: number, tap: number, vector: number) => void) =>
      group.forEach((_, tap) => {
        for (let vector = 0; vector < count; vector++) visit(tap * count + vector, first + tap, vector);
      });
    forEachSum((register, tap, vector) => assembler.loadVector(register, sumPlace(tap, vector)));
    assembler.move(RAX, R8);
    assembler.move(RDX, R9);
    assembler.repeat(stripRows, R11, () => {
      assembler.repeat(columns, RBX, () => {
        for (let vector = 0; vector < count; vector++) {
          assembler.loadVector(GRADIENT + vector, { base: RDX, offset: vector * distance });
        }
        group.forEach((offset, tap) => {
          const element = ELEMENT + (tap % 2);
          assembler.broadcast(element, { base: RAX, offset });
          for (let vector = 0; vector < count; vector++) {
            assembler.compute('multiplyAdd', tap * count + vector, element, GRADIENT + vector);
          }
        });
        assembler.addConstant(RAX, FLOAT_BYTES);
        assembler.addConstant(RDX, pixelBytes);
      });
      assembler.addConstant(RAX, (width - columns) * FLOAT_BYTES);
    });
    forEachSum((register, tap, vector) => assembler.storeVector(sumPlace(tap, vector), register));
  };
  const writeStrip = (stripRows: number) => {
    for (let first = 0; first < taps.length; first += tapsPerGroup) writeGroup(first, stripRows);
    assembler.addConstant(R8, stripRows * width * FLOAT_BYTES);
    assembler.addConstant(R9, stripRows * columns * pixelBytes);
  };
  assembler.writeFunction(0, () => {
    loadTask(assembler, [R8, R9, RCX]);
    loadTaskField(assembler, R13, 3);
    assembler.setZero(0);
    for (let index = 0; index < 2 * taps.length; index++) {
      assembler.storeVector({ base: RCX, offset: index * vectors.bytes }, 0);
    }
    assembler.repeatCounted(R13, () => {
      assembler.repeat(Math.floor(rows / rowsPerStrip), R12, () => writeStrip(rowsPerStrip));
      if (rows % rowsPerStrip > 0) writeStrip(rows % rowsPerStrip);
      assembler.addConstant(R8, imageBytes - rows * width * FLOAT_BYTES);
      assembler.addConstant(R9, gradientBytes - rows * columns * pixelBytes);
    });
  });
  return assembler.finish();
}

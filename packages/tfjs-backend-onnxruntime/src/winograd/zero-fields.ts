/**
 * Machine code that makes results exact where everything under the filter is zero. A tile mixes its elements: beside ink,
 * black pixels come out as rounding noise of either sign, half of which relu and its gradient would count. One task is one
 * image: it marks the pixels that are not zero in some channel, spreads the marks over the filter, and writes zero, or the
 * bias, where no mark has come.
 */
import type { ConvolutionShape } from '../base/convolution-shape.js';
import {
  Assembler,
  type Memory,
  R8,
  R9,
  R10,
  R11,
  R12,
  R13,
  RAX,
  RCX,
  RDX,
  type VectorSet,
} from '../native/assembler.js';
import { loadTask } from '../native/task-table.js';
import { roundUp, vectorOffsets } from './chunks.js';
import { FLOAT_BYTES } from './layout.js';

const [SUM, NO_SIGN, RESULT, ZERO] = [0, 1, 2, 3];
const MARK_BYTES = 4;
const ALL_ONES = -1;
/** All bits of a float but its sign: −0 is zero. */
const VALUE_BITS = 0x7fff_ffff;

const ADDRESSES = [
  [R8, 'the image'],
  [R9, 'the result'],
  [R12, 'the marks'],
  [RCX, 'the bias'],
] as const;

interface MarkLayout {
  readonly rows: number;
  /** Marks from row to row. */
  readonly width: number;
}

/** One mark per pixel of the image and of its padding, in rows that vectors can be read from beyond their end. */
function layOutMarks({ floats }: VectorSet, { inputSize, outputSize, kernel, padding }: ConvolutionShape): MarkLayout {
  return {
    rows: inputSize[0] + padding[0] + padding[2],
    width: roundUp(roundUp(outputSize[1], floats) + kernel[1] - 1, floats),
  };
}

/** Returns the bytes of the marks of one image. */
export function bytesOfMarks(vectors: VectorSet, shape: ConvolutionShape): number {
  const { rows, width } = layOutMarks(vectors, shape);
  return rows * width * MARK_BYTES;
}

export interface ZeroFieldOptions {
  readonly block: number;
  readonly hasBias: boolean;
  readonly withRelu: boolean;
}

/** Parameters: images, results, marks, bias. */
export function writeZeroFields(vectors: VectorSet, shape: ConvolutionShape, options: ZeroFieldOptions): Uint8Array {
  const assembler = new Assembler(vectors);
  assembler.writeFunction(0, () => {
    loadTask(assembler, options.hasBias ? [R8, R9, R12, RCX] : [R8, R9, R12]);
    for (const [register, purpose] of ADDRESSES) assembler.hold(register, purpose);
    markPixels(assembler, shape, options.block);
    spreadMarks(assembler, shape);
    writeUnmarked(assembler, shape, options);
  });
  return assembler.finish();
}

function markPixels(assembler: Assembler, shape: ConvolutionShape, block: number): void {
  const { vectors } = assembler;
  const { inputSize, inputChannels, padding } = shape;
  const { rows, width } = layOutMarks(vectors, shape);
  assembler.setZero(ZERO);
  assembler.move(RDX, R12);
  assembler.repeat((rows * width * MARK_BYTES) / vectors.bytes, R10, () => {
    assembler.storeVector({ base: RDX, offset: 0 }, ZERO);
    assembler.addConstant(RDX, vectors.bytes);
  });
  assembler.loadConstant(NO_SIGN, { bits: VALUE_BITS });
  assembler.move(RAX, R8);
  assembler.loadAddress(RDX, { base: R12, offset: (padding[0] * width + padding[1]) * MARK_BYTES });
  // The first vector decides nearly always: what is black in some channels is seldom black in sixteen.
  const places = vectorOffsets(vectors, inputChannels, block, inputSize).map((offset) => ({ base: RAX, offset }));
  assembler.repeat(inputSize[0], R10, () => {
    assembler.repeat(inputSize[1], R11, () => {
      assembler.whereAnyBit(NO_SIGN, places, () => assembler.storeBits({ base: RDX, offset: 0 }, ALL_ONES));
      assembler.addConstant(RAX, block * FLOAT_BYTES);
      assembler.addConstant(RDX, MARK_BYTES);
    });
    assembler.addConstant(RDX, (width - inputSize[1]) * MARK_BYTES);
  });
}

/** Each mark becomes that of the window that begins there: rows first, then columns, in place from the start on. */
function spreadMarks(assembler: Assembler, shape: ConvolutionShape): void {
  const { vectors } = assembler;
  const { outputSize, kernel } = shape;
  const { width } = layOutMarks(vectors, shape);
  const [rowBytes, vectorMarks] = [width * MARK_BYTES, vectors.floats];
  const gather = (count: number, step: number) => {
    assembler.loadVector(SUM, { base: RDX, offset: 0 });
    for (let tap = 1; tap < count; tap++) assembler.compute('or', SUM, SUM, { base: RDX, offset: tap * step });
    assembler.storeVector({ base: RDX, offset: 0 }, SUM);
    assembler.addConstant(RDX, vectors.bytes);
  };
  assembler.move(RDX, R12);
  assembler.repeat((outputSize[0] * width) / vectorMarks, R10, () => gather(kernel[0], rowBytes));
  const windows = roundUp(outputSize[1], vectorMarks);
  assembler.move(RDX, R12);
  assembler.repeat(outputSize[0], R10, () => {
    assembler.repeat(windows / vectorMarks, R11, () => gather(kernel[1], MARK_BYTES));
    assembler.addConstant(RDX, (width - windows) * MARK_BYTES);
  });
}

function writeUnmarked(
  assembler: Assembler,
  shape: ConvolutionShape,
  { block, hasBias, withRelu }: ZeroFieldOptions,
): void {
  const { vectors } = assembler;
  const { outputSize, outputChannels } = shape;
  const { width } = layOutMarks(vectors, shape);
  const places = vectorOffsets(vectors, outputChannels, block, outputSize).map(
    (offset): Memory => ({ base: R13, offset }),
  );
  const writeResult = () => {
    places.forEach((place, vector) => {
      if (hasBias) assembler.loadVector(RESULT, { base: RCX, offset: vector * vectors.bytes });
      // In this order NaN stays NaN.
      if (hasBias && withRelu) assembler.compute('maximum', RESULT, ZERO, RESULT);
      assembler.storeVector(place, hasBias ? RESULT : ZERO);
    });
  };
  assembler.setZero(ZERO);
  assembler.move(R13, R9);
  assembler.move(RDX, R12);
  assembler.repeat(outputSize[0], R10, () => {
    assembler.repeat(outputSize[1], R11, () => {
      assembler.whereZero({ base: RDX, offset: 0 }, writeResult);
      assembler.addConstant(R13, block * FLOAT_BYTES);
      assembler.addConstant(RDX, MARK_BYTES);
    });
    assembler.addConstant(RDX, (width - outputSize[1]) * MARK_BYTES);
  });
}

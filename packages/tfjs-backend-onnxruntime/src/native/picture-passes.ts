/**
 * Native programs that read pictures in blocks once: sums of pictures with a factor for each channel, their max pooling
 * and its gradient, and sums over height and width. Batch norm with relu and pooling consists of them; computed in one
 * pass, what lies between is never stored.
 * A task is one vector of channels of one picture. The operand of each program is a linear form: Σ picture · scale + offset, where
 * scales and the offset are vectors of the length of the channels.
 */
import type { Shape } from '../shapes.js';
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
  RBX,
  RCX,
  RDI,
  RDX,
  RSI,
  type VectorSet,
} from './assembler.js';
import type { CodeBlock, NativeProgram } from './native-operators.js';
import { loadTaskRecord, Parameters, TaskTable } from './task-table.js';

const FLOAT_BYTES = 4;

/** Which parts a linear form has: for each picture whether it has a scale, and whether there is an offset. */
export interface FormParts {
  readonly scales: readonly boolean[];
  readonly hasOffset: boolean;
}

/** Pictures of a linear form that one program can read. */
export const MAX_TERMS = 3;

/** Size of pictures in blocks, as [N, H, W, C]. */
export interface PictureSize {
  readonly batch: number;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly block: number;
}

/** General registers that hold addresses of whole tensors of pictures. */
const BASES = [R8, R9, R10, R12, R13];
/** Byte offsets of the current pixel: in pictures of full size, and in pooled ones. */
const PIXEL = RSI;
const POOLED = RDX;
const CHANNELS = RCX;
/** Byte offset of the task's sums in [N, C]; used up before rows are counted. */
const SUM_PLACE = R11;
const [COLUMN_COUNTER, ROW_COUNTER] = [RBX, R11];

/** Vector registers of scales and offsets, from the last one downwards. */
const LAST_VECTOR = 15;
const ZERO = 0;
const VALUE = 1;
const MAXIMUM = 2;
const LEFT = 3;
const MASK = 4;
const TAKEN = 5;
const SUMS = [5, 6, 7, 8];

const bytesOfPixel = ({ block }: PictureSize) => block * FLOAT_BYTES;

/** Writes functions that walk over the pixels of a task and evaluate linear forms there. */
class PassWriter {
  readonly assembler: Assembler;
  readonly #size: PictureSize;
  #pictures = 0;
  #vectors = 0;
  #fields = 1;

  constructor(vectors: VectorSet, size: PictureSize) {
    this.assembler = new Assembler(vectors);
    this.#size = size;
  }

  /** Writes the start of a function; the fields below have to be loaded in the order of the program's inputs. */
  begin(): void {
    // A record's fields: the offsets of the task in full pictures, pooled pictures, channel vectors, sums.
    loadTaskRecord(this.assembler, RAX);
    this.assembler.loadMemory(PIXEL, { base: RAX, offset: 0 });
    this.assembler.loadMemory(POOLED, { base: RAX, offset: 8 });
    this.assembler.loadMemory(CHANNELS, { base: RAX, offset: 16 });
    this.assembler.loadMemory(SUM_PLACE, { base: RAX, offset: 24 });
  }

  /** Returns the register with the address of the next tensor, a picture. */
  picture(): number {
    const register = BASES[this.#pictures++]!;
    this.assembler.loadMemory(register, { base: RDI, offset: 8 * this.#fields++ });
    return register;
  }

  /** Returns the vector register with the task's part of the next tensor, a vector of channels. */
  channels(): number {
    const register = LAST_VECTOR - this.#vectors++;
    this.assembler.loadMemory(RAX, { base: RDI, offset: 8 * this.#fields++ });
    this.assembler.loadVector(register, { base: RAX, index: CHANNELS, scale: 1, offset: 0 });
    return register;
  }

  /** Loads the tensors of a form: its pictures, then its scales, then its offset. */
  form({ scales, hasOffset }: FormParts): Form {
    const pictures = scales.map(() => this.picture());
    const terms = scales.map((hasScale, index) => ({
      picture: pictures[index]!,
      scale: hasScale ? this.channels() : null,
    }));
    return { terms, offset: hasOffset ? this.channels() : null };
  }

  /** Writes the value of a form at a pixel `bytes` after the current one; returns its register, `target`. */
  evaluate({ terms, offset }: Form, bytes: number, target: number): number {
    const { assembler } = this;
    terms.forEach(({ picture, scale }, index) => {
      const place = this.at(picture, bytes);
      if (index === 0 && scale === null) assembler.loadVector(target, place);
      else if (index === 0) assembler.compute('multiply', target, scale!, place);
      else if (scale === null) assembler.compute('add', target, target, place);
      else assembler.compute('multiplyAdd', target, scale, place);
    });
    if (offset !== null) assembler.compute('add', target, target, offset);
    return target;
  }

  at(picture: number, bytes: number, index = PIXEL): Memory {
    return { base: picture, index, scale: 1, offset: bytes };
  }

  /** Repeats `write` for groups of consecutive pixels, `unroll` at a time, then for those that are left. */
  forEachPixel(unroll: number, write: (bytes: number, position: number) => void): void {
    const pixels = this.#size.height * this.#size.width;
    const bytes = bytesOfPixel(this.#size);
    const writeGroup = (count: number) => {
      for (let position = 0; position < count; position++) write(position * bytes, position);
      this.assembler.addConstant(PIXEL, count * bytes);
    };
    const groups = Math.floor(pixels / unroll);
    if (groups > 0) this.assembler.repeat(groups, COLUMN_COUNTER, () => writeGroup(unroll));
    if (pixels % unroll > 0) writeGroup(pixels % unroll);
  }

  /** Repeats `write` for each window; `rest` is called for pixels that no window reaches, with their distance. */
  forEachWindow([rows, columns]: readonly [number, number], write: () => void, rest?: (bytes: number) => void): void {
    const { assembler } = this;
    const { height, width } = this.#size;
    const bytes = bytesOfPixel(this.#size);
    const restColumns = width % columns;
    assembler.repeat(Math.floor(height / rows), ROW_COUNTER, () => {
      assembler.repeat(Math.floor(width / columns), COLUMN_COUNTER, () => {
        write();
        assembler.addConstant(PIXEL, columns * bytes);
        assembler.addConstant(POOLED, bytes);
      });
      for (let row = 0; row < rows; row++) {
        for (let column = 0; column < restColumns; column++) rest?.((row * width + column) * bytes);
      }
      assembler.addConstant(PIXEL, (restColumns + (rows - 1) * width) * bytes);
    });
    const restPixels = (height % rows) * width;
    if (!rest || restPixels === 0) return;
    assembler.repeat(restPixels, COLUMN_COUNTER, () => {
      rest(0);
      assembler.addConstant(PIXEL, bytes);
    });
  }
}

interface Form {
  readonly terms: readonly { readonly picture: number; readonly scale: number | null }[];
  readonly offset: number | null;
}

/** Returns the byte offsets of each task in a tensor of pictures of a size. */
function planeOffsets(vectors: VectorSet, size: PictureSize, height: number, width: number): number[] {
  const { batch, channels, block } = size;
  const blockBytes = height * width * block * FLOAT_BYTES;
  const perBlock = block / vectors.floats;
  return Array.from({ length: (batch * channels) / vectors.floats }, (_, task) => {
    return Math.floor(task / perBlock) * blockBytes + (task % perBlock) * vectors.bytes;
  });
}

interface PassOptions {
  readonly size: PictureSize;
  readonly pooled?: readonly [number, number];
  readonly inputs: number;
  readonly outputShape: Shape;
  readonly code: CodeBlock;
  readonly bytes: Uint8Array;
}

/** Returns the program of one function whose bases are the inputs, then the output. */
function createPass({ code, size, pooled = [0, 0], inputs, outputShape, bytes }: PassOptions): NativeProgram {
  const { vectors } = code;
  const [address] = code.load([bytes]);
  const full = planeOffsets(vectors, size, size.height, size.width);
  const small = planeOffsets(vectors, size, ...pooled);
  const perPicture = size.channels / vectors.floats;
  const tasks = new TaskTable(
    full.map((offset, task) => [offset, small[task]!, (task % perPicture) * vectors.bytes, task * vectors.bytes]),
  );
  const parameters = new Parameters();
  return {
    inputs,
    outputShapes: [outputShape],
    run: (launcher, tensors, [output]) =>
      launcher.launch(address!, parameters.set(tasks, ...tensors, output!), tasks.length),
    release: () => code.release(),
  };
}

const countInputs = ({ scales, hasOffset }: FormParts) =>
  scales.length + scales.filter((hasScale) => hasScale).length + (hasOffset ? 1 : 0);

const shapeOf = ({ batch, channels }: PictureSize, height: number, width: number) => [batch, channels, height, width];

/** Returns the program of a linear form, or of its relu. Inputs: those of the form. Output: a picture. */
export function createLinearPass(
  code: CodeBlock,
  size: PictureSize,
  parts: FormParts,
  withRelu: boolean,
): NativeProgram {
  const writer = new PassWriter(code.vectors, size);
  const { assembler } = writer;
  assembler.writeFunction(0, () => {
    writer.begin();
    const form = writer.form(parts);
    const output = writer.picture();
    if (withRelu) assembler.setZero(ZERO);
    writer.forEachPixel(2, (bytes, position) => {
      const value = writer.evaluate(form, bytes, VALUE + position);
      if (withRelu) assembler.compute('maximum', value, ZERO, value);
      assembler.storeVector(writer.at(output, bytes), value);
    });
  });
  const outputShape = shapeOf(size, size.height, size.width);
  return createPass({ size, inputs: countInputs(parts), outputShape, code, bytes: assembler.finish() });
}

/** Windows that lie side by side, without padding. */
export interface Tiles {
  readonly window: readonly [number, number];
  readonly withRelu: boolean;
}

const pooledSize = ({ height, width }: PictureSize, [rows, columns]: readonly [number, number]) =>
  [Math.floor(height / rows), Math.floor(width / columns)] as const;

/** Returns the program of the maxima of a linear form, after relu when asked for. Inputs: those of the form. */
export function createMaxPool(
  code: CodeBlock,
  size: PictureSize,
  parts: FormParts,
  { window, withRelu }: Tiles,
): NativeProgram {
  const writer = new PassWriter(code.vectors, size);
  const { assembler } = writer;
  assembler.writeFunction(0, () => {
    writer.begin();
    const form = writer.form(parts);
    const output = writer.picture();
    if (withRelu) assembler.setZero(ZERO);
    writer.forEachWindow(window, () => {
      findMaximum(writer, form, size, window);
      if (withRelu) assembler.compute('maximum', MAXIMUM, ZERO, MAXIMUM);
      assembler.storeVector(writer.at(output, 0, POOLED), MAXIMUM);
    });
  });
  const pooled = pooledSize(size, window);
  const outputShape = shapeOf(size, ...pooled);
  return createPass({ size, pooled, inputs: countInputs(parts), outputShape, code, bytes: assembler.finish() });
}

/**
 * Returns the program of the gradient of those maxima for the form. Each window's gradient goes to the first of its
 * largest elements; after relu, to none where the maximum is not positive. Inputs: the pooled gradient, then the form's.
 */
export function createMaxPoolGradient(
  code: CodeBlock,
  size: PictureSize,
  parts: FormParts,
  { window, withRelu }: Tiles,
): NativeProgram {
  const writer = new PassWriter(code.vectors, size);
  const { assembler } = writer;
  const places = listPlaces(size, window);
  assembler.writeFunction(0, () => {
    writer.begin();
    const gradient = writer.picture();
    const form = writer.form(parts);
    const output = writer.picture();
    assembler.setZero(ZERO);
    const writeZero = (bytes: number) => assembler.storeVector(writer.at(output, bytes), ZERO);
    const writeWindow = () => {
      findMaximum(writer, form, size, window);
      assembler.loadVector(LEFT, writer.at(gradient, 0, POOLED));
      if (withRelu) {
        assembler.compare('greater', MASK, MAXIMUM, ZERO);
        assembler.compute('and', LEFT, LEFT, MASK);
      }
      places.forEach((bytes, place) => {
        const isLast = place === places.length - 1;
        if (!isLast) {
          assembler.compare('equal', MASK, MAXIMUM, writer.evaluate(form, bytes, VALUE));
          assembler.compute('and', TAKEN, MASK, LEFT);
          assembler.compute('andNot', LEFT, MASK, LEFT);
        }
        assembler.storeVector(writer.at(output, bytes), isLast ? LEFT : TAKEN);
      });
    };
    writer.forEachWindow(window, writeWindow, writeZero);
  });
  const outputShape = shapeOf(size, size.height, size.width);
  const inputs = 1 + countInputs(parts);
  return createPass({ size, pooled: pooledSize(size, window), inputs, outputShape, code, bytes: assembler.finish() });
}

/** Returns the distances in bytes of a window's elements from its first one. */
function listPlaces(size: PictureSize, [rows, columns]: readonly [number, number]): number[] {
  const bytes = bytesOfPixel(size);
  return Array.from({ length: rows * columns }, (_, place) => {
    return (Math.floor(place / columns) * size.width + (place % columns)) * bytes;
  });
}

function findMaximum(writer: PassWriter, form: Form, size: PictureSize, window: readonly [number, number]): void {
  listPlaces(size, window).forEach((bytes, place) => {
    if (place === 0) writer.evaluate(form, bytes, MAXIMUM);
    // In this order a NaN wins.
    else writer.assembler.compute('maximum', MAXIMUM, MAXIMUM, writer.evaluate(form, bytes, VALUE));
  });
}

/**
 * Returns the program of the sums over height and width of a form, or of its product with a second one. Inputs: those of
 * the forms. Output: [N, C].
 */
export function createPictureSums(
  code: CodeBlock,
  size: PictureSize,
  left: FormParts,
  right: FormParts | null,
): NativeProgram {
  const writer = new PassWriter(code.vectors, size);
  const { assembler } = writer;
  const factor = 1;
  const other = 2;
  assembler.writeFunction(0, () => {
    writer.begin();
    const forms = [left, ...(right ? [right] : [])].map((parts) => writer.form(parts)) as [Form, Form?];
    const output = writer.picture();
    for (const sum of SUMS) assembler.setZero(sum);
    assembler.add(output, SUM_PLACE);
    // Several sums, since an addition waits for the one before it.
    writer.forEachPixel(SUMS.length, (bytes, position) => {
      const sum = SUMS[position]!;
      const value = writer.evaluate(forms[0], bytes, factor);
      if (forms[1]) assembler.compute('multiplyAdd', sum, value, writer.evaluate(forms[1], bytes, other));
      else assembler.compute('add', sum, sum, value);
    });
    assembler.compute('add', SUMS[0]!, SUMS[0]!, SUMS[1]!);
    assembler.compute('add', SUMS[2]!, SUMS[2]!, SUMS[3]!);
    assembler.compute('add', SUMS[0]!, SUMS[0]!, SUMS[2]!);
    assembler.storeVector({ base: output, offset: 0 }, SUMS[0]!);
  });
  const inputs = countInputs(left) + (right ? countInputs(right) : 0);
  return createPass({ size, inputs, outputShape: [size.batch, size.channels], code, bytes: assembler.finish() });
}

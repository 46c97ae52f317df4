/**
 * Native programs that read pictures in blocks once: sums of pictures with a factor for each channel, their maxima over
 * windows, and sums over height and width. Batch norm with relu and pooling consists of them; computed in one pass, what
 * lies between is never stored.
 * A task is one vector of channels of one picture. The operand of each program is a linear form: Σ picture · scale + offset,
 * where scales and the offset are vectors of the length of the channels. The first picture may be the gradient of max
 * pooling, which is computed where it is used.
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
import { loadTaskRecord, MAX_INPUTS, Parameters, TaskTable } from './task-table.js';

const FLOAT_BYTES = 4;

/** Which parts a linear form has: for each picture whether it has a scale, and whether there is an offset. */
export interface FormParts {
  readonly scales: readonly boolean[];
  readonly hasOffset: boolean;
  /** The first picture, when it is the gradient of max pooling. */
  readonly gradient?: GradientParts;
}

/** Windows that lie side by side, without padding. */
export interface Tiles {
  readonly window: readonly [number, number];
  /** Whether relu comes before or after the maxima: both give the same. */
  readonly withRelu: boolean;
}

/**
 * The gradient of max pooling of a linear form: that of each window goes to the first of its largest elements; after relu,
 * to none where the maximum is not positive.
 */
export interface GradientParts {
  readonly tiles: Tiles;
  /** What was pooled; without a gradient itself. */
  readonly pooled: FormParts;
}

/** Returns the tensors of a form, in the order of a program's inputs: pictures, scales, offset. */
export function countInputs(form: FormParts): { pictures: number; vectors: number } {
  const { scales, hasOffset, gradient } = form;
  const pooled = gradient ? countInputs(gradient.pooled) : { pictures: 0, vectors: 0 };
  return {
    // The gradient of the pooled picture takes the place of the first one.
    pictures: scales.length + pooled.pictures,
    vectors: scales.filter((hasScale) => hasScale).length + (hasOffset ? 1 : 0) + pooled.vectors,
  };
}

/** Tensors that one program can read besides its output: registers for addresses, and for vectors of channels. */
export const MAX_PICTURES = 4;
export const MAX_VECTORS = MAX_INPUTS - MAX_PICTURES;

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
/** Byte offset of the task's sums in [N, C], until rows are counted. */
const SUM_PLACE = R11;
const [COLUMN_COUNTER, ROW_COUNTER] = [RBX, R11];

/** Pixels that are summed before their sum goes to those of all: long sums of small numbers round too much. */
const STRIP_PIXELS = 256;

/** Vector registers of scales and offsets, from the last one downwards. */
const LAST_VECTOR = 15;
const ZERO = 0;
/** For the gradient of pooling. */
const [ELEMENT, MAXIMUM, LEFT, MASK, TAKEN] = [1, 2, 3, 4, 5];
/** Values of forms, or of two pixels, and sums: several, since an addition waits for the one before it. */
const [VALUE, OTHER_VALUE] = [6, 7];
const [FIRST_SUM, SECOND_SUM] = [8, 9];
const SUMS = [FIRST_SUM, SECOND_SUM, ELEMENT, MAXIMUM];

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
    const register = BASES[this.#pictures++];
    if (register === undefined) throw new RangeError('more pictures than registers for their addresses');
    this.assembler.loadMemory(register, { base: RDI, offset: 8 * this.#fields++ });
    return register;
  }

  /** Returns the vector register with the task's part of the next tensor, a vector of channels. */
  channels(): number {
    if (this.#vectors === MAX_VECTORS) throw new RangeError('more vectors of channels than registers');
    const register = LAST_VECTOR - this.#vectors++;
    this.assembler.loadMemory(RAX, { base: RDI, offset: 8 * this.#fields++ });
    this.assembler.loadVector(register, { base: RAX, index: CHANNELS, scale: 1, offset: 0 });
    return register;
  }

  /** Returns the field of the next tensor, of sums; to be called when all vectors of channels are loaded. */
  sums(): number {
    this.assembler.move(CHANNELS, SUM_PLACE);
    return this.#fields++;
  }

  /** Writes the storing of the task's sums. */
  storeSums(field: number, register: number): void {
    this.assembler.loadMemory(RAX, { base: RDI, offset: 8 * field });
    this.assembler.storeVector({ base: RAX, index: CHANNELS, scale: 1, offset: 0 }, register);
  }

  /** Writes the addition of registers to the task's sums; the registers become zero. */
  addToSums(field: number, registers: readonly number[]): void {
    const [first, ...others] = registers as [number, ...number[]];
    for (const other of others) this.assembler.compute('add', first, first, other);
    this.assembler.loadMemory(RAX, { base: RDI, offset: 8 * field });
    const place = { base: RAX, index: CHANNELS, scale: 1, offset: 0 } as const;
    this.assembler.compute('add', first, first, place);
    this.assembler.storeVector(place, first);
    for (const register of registers) this.assembler.setZero(register);
  }

  /** Loads the tensors of a form: its pictures, then its scales, then its offset; before them those of its gradient. */
  form({ scales, hasOffset, gradient }: FormParts): Form {
    const source = gradient
      ? { tiles: gradient.tiles, gradient: this.picture(), pooled: this.form(gradient.pooled) }
      : null;
    const pictures = scales.map((_, index) => (source && index === 0 ? null : this.picture()));
    const terms = scales.map((hasScale, index) => ({
      picture: pictures[index]!,
      scale: hasScale ? this.channels() : null,
    }));
    return { terms, offset: hasOffset ? this.channels() : null, source };
  }

  /**
   * Writes the value of a form at a pixel `bytes` after the current one; returns its register, `target`. The register of
   * the gradient is that of the pixel.
   */
  evaluate({ terms, offset }: Form, bytes: number, target: number, gradient = ZERO): number {
    const { assembler } = this;
    terms.forEach(({ picture, scale }, index) => {
      const source = picture === null ? gradient : this.at(picture, bytes);
      if (index === 0 && scale === null && picture !== null) assembler.loadVector(target, this.at(picture, bytes));
      else if (index === 0 && scale === null) assembler.copyVector(target, gradient);
      else if (index === 0) assembler.compute('multiply', target, scale!, source);
      else if (scale === null) assembler.compute('add', target, target, source);
      else assembler.compute('multiplyAdd', target, scale, source);
    });
    if (offset !== null) assembler.compute('add', target, target, offset);
    return target;
  }

  at(picture: number, bytes: number, index = PIXEL): Memory {
    return { base: picture, index, scale: 1, offset: bytes };
  }

  /**
   * Repeats `write` for groups of consecutive pixels, `unroll` at a time, then for those that are left; `endStrip` follows
   * each strip of pixels, where it is given.
   */
  forEachPixel(unroll: number, write: (bytes: number, position: number) => void, endStrip?: () => void): void {
    const pixels = this.#size.height * this.#size.width;
    const bytes = bytesOfPixel(this.#size);
    const writeGroup = (count: number) => {
      for (let position = 0; position < count; position++) write(position * bytes, position);
      this.assembler.addConstant(PIXEL, count * bytes);
    };
    const writeStrip = (count: number) => {
      const groups = Math.floor(count / unroll);
      if (groups > 0) this.assembler.repeat(groups, COLUMN_COUNTER, () => writeGroup(unroll));
      if (count % unroll > 0) writeGroup(count % unroll);
      endStrip?.();
    };
    const strip = endStrip ? STRIP_PIXELS : pixels;
    const strips = Math.floor(pixels / strip);
    if (strips > 0) this.assembler.repeat(strips, ROW_COUNTER, () => writeStrip(strip));
    if (pixels % strip > 0) writeStrip(pixels % strip);
  }

  /**
   * Repeats `write` for each window; `rest` is called for pixels that no window reaches, with their distance, and `endStrip`
   * after each row of windows.
   */
  forEachWindow(
    [rows, columns]: readonly [number, number],
    write: () => void,
    rest?: (bytes: number) => void,
    endStrip?: () => void,
  ): void {
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
      endStrip?.();
    });
    const restPixels = (height % rows) * width;
    if (!rest || restPixels === 0) return;
    assembler.repeat(restPixels, COLUMN_COUNTER, () => {
      rest(0);
      assembler.addConstant(PIXEL, bytes);
    });
    endStrip?.();
  }
}

interface Form {
  /** Registers; the picture is null where it is the gradient. */
  readonly terms: readonly { readonly picture: number | null; readonly scale: number | null }[];
  readonly offset: number | null;
  readonly source: GradientSource | null;
}

/** Where the gradient of pooling comes from. */
interface GradientSource {
  readonly tiles: Tiles;
  /** Register with the address of the pooled picture's gradient. */
  readonly gradient: number;
  readonly pooled: Form;
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
  readonly pooled?: readonly [number, number] | undefined;
  readonly inputs: number;
  readonly outputShapes: readonly Shape[];
  readonly code: CodeBlock;
  readonly bytes: Uint8Array;
}

/** Returns the program of one function whose bases are the inputs, then the outputs. */
function createPass({ code, size, pooled = [0, 0], inputs, outputShapes, bytes }: PassOptions): NativeProgram {
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
    outputShapes,
    run: (launcher, tensors, outputs) =>
      launcher.launch(address!, parameters.set(tasks, ...tensors, ...outputs), tasks.length),
    release: () => code.release(),
  };
}

const inputsOf = (...forms: readonly FormParts[]) =>
  forms.map(countInputs).reduce((sum, { pictures, vectors }) => sum + pictures + vectors, 0);

const shapeOf = ({ batch, channels }: PictureSize, height: number, width: number) => [batch, channels, height, width];

const pooledSize = ({ height, width }: PictureSize, [rows, columns]: readonly [number, number]) =>
  [Math.floor(height / rows), Math.floor(width / columns)] as const;

/**
 * Writes the visits to all pixels. `write` is given the distance of a pixel, the register of the gradient there, and a
 * number that alternates between neighbours.
 */
function visitPixels(
  writer: PassWriter,
  size: PictureSize,
  source: GradientSource | null,
  unroll: number,
  write: (bytes: number, gradient: number, position: number) => void,
  endStrip?: () => void,
): void {
  const { assembler } = writer;
  if (!source) {
    writer.forEachPixel(unroll, (bytes, position) => write(bytes, ZERO, position), endStrip);
    return;
  }
  const { tiles, pooled, gradient } = source;
  const places = listPlaces(size, tiles.window);
  const writeWindow = () => {
    findMaximum(writer, pooled, size, tiles.window);
    assembler.loadVector(LEFT, writer.at(gradient, 0, POOLED));
    if (tiles.withRelu) {
      assembler.compare('greater', MASK, MAXIMUM, ZERO);
      assembler.compute('and', LEFT, LEFT, MASK);
    }
    places.forEach((bytes, place) => {
      const isLast = place === places.length - 1;
      if (!isLast) {
        assembler.compare('equal', MASK, MAXIMUM, writer.evaluate(pooled, bytes, ELEMENT));
        assembler.compute('and', TAKEN, MASK, LEFT);
        assembler.compute('andNot', LEFT, MASK, LEFT);
      }
      write(bytes, isLast ? LEFT : TAKEN, place % 2);
    });
  };
  writer.forEachWindow(tiles.window, writeWindow, (bytes) => write(bytes, ZERO, 0), endStrip);
}

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
    assembler.setZero(ZERO);
    visitPixels(writer, size, form.source, 2, (bytes, gradient, position) => {
      const value = writer.evaluate(form, bytes, VALUE + position, gradient);
      if (withRelu) assembler.compute('maximum', value, ZERO, value);
      assembler.storeVector(writer.at(output, bytes), value);
    });
  });
  const outputShape = shapeOf(size, size.height, size.width);
  return createPass({ ...passOf(code, size, [parts]), outputShapes: [outputShape], bytes: assembler.finish() });
}

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
    assembler.setZero(ZERO);
    writer.forEachWindow(window, () => {
      findMaximum(writer, form, size, window);
      if (withRelu) assembler.compute('maximum', MAXIMUM, ZERO, MAXIMUM);
      assembler.storeVector(writer.at(output, 0, POOLED), MAXIMUM);
    });
  });
  const pooled = pooledSize(size, window);
  const outputShapes = [shapeOf(size, ...pooled)];
  return createPass({ ...passOf(code, size, [parts]), pooled, outputShapes, bytes: assembler.finish() });
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
    // In this order a NaN that comes later wins.
    else writer.assembler.compute('maximum', MAXIMUM, MAXIMUM, writer.evaluate(form, bytes, ELEMENT));
  });
}

/** Returns the program of the sums over height and width of a form. Inputs: those of the form. Output: [N, C]. */
export function createPictureSums(code: CodeBlock, size: PictureSize, parts: FormParts): NativeProgram {
  const writer = new PassWriter(code.vectors, size);
  const { assembler } = writer;
  assembler.writeFunction(0, () => {
    writer.begin();
    const form = writer.form(parts);
    const output = writer.sums();
    // Where a gradient is computed on the way, its registers are taken.
    const sums = form.source ? [FIRST_SUM, SECOND_SUM] : SUMS;
    for (const register of [ZERO, ...sums]) assembler.setZero(register);
    writer.storeSums(output, ZERO);
    const write = (bytes: number, gradient: number, position: number) => {
      const sum = sums[position]!;
      assembler.compute('add', sum, sum, writer.evaluate(form, bytes, VALUE, gradient));
    };
    visitPixels(writer, size, form.source, sums.length, write, () => writer.addToSums(output, sums));
  });
  const outputShapes = [[size.batch, size.channels]];
  return createPass({ ...passOf(code, size, [parts]), outputShapes, bytes: assembler.finish() });
}

/**
 * Returns the program of the sums over height and width of the product of two forms, and of the first one alone. Only the
 * first one may have a gradient. Inputs: those of the forms. Outputs: both [N, C].
 */
export function createProductSums(
  code: CodeBlock,
  size: PictureSize,
  left: FormParts,
  right: FormParts,
): NativeProgram {
  const writer = new PassWriter(code.vectors, size);
  const { assembler } = writer;
  assembler.writeFunction(0, () => {
    writer.begin();
    const forms = [writer.form(left), writer.form(right)] as const;
    const outputs = [writer.sums(), writer.sums()] as const;
    const [products, values] = forms[0].source
      ? ([[FIRST_SUM], [SECOND_SUM]] as const)
      : ([
          [FIRST_SUM, ELEMENT],
          [SECOND_SUM, MAXIMUM],
        ] as const);
    for (const register of [ZERO, ...products, ...values]) assembler.setZero(register);
    for (const output of outputs) writer.storeSums(output, ZERO);
    const write = (bytes: number, gradient: number, position: number) => {
      const value = writer.evaluate(forms[0], bytes, VALUE, gradient);
      const other = writer.evaluate(forms[1], bytes, OTHER_VALUE);
      assembler.compute('multiplyAdd', products[position % products.length]!, value, other);
      const sum = values[position % values.length]!;
      assembler.compute('add', sum, sum, value);
    };
    visitPixels(writer, size, forms[0].source, products.length, write, () => {
      writer.addToSums(outputs[0], products);
      writer.addToSums(outputs[1], values);
    });
  });
  const sums = [size.batch, size.channels];
  return createPass({ ...passOf(code, size, [left, right]), outputShapes: [sums, sums], bytes: assembler.finish() });
}

/** Returns what a pass over forms is made of, besides its code and its outputs. */
function passOf(code: CodeBlock, size: PictureSize, forms: readonly FormParts[]) {
  const window = forms[0]!.gradient?.tiles.window;
  return { code, size, pooled: window ? pooledSize(size, window) : undefined, inputs: inputsOf(...forms) };
}

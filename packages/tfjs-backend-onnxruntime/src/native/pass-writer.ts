/**
 * Writes the code of passes over activations in blocks: which register holds what, the walk over pixels or windows, and the
 * value of a linear form at a pixel (linear-forms.ts). Used by the programs of activation-passes.ts.
 */
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
import { type ActivationSize, type FormParts, MAX_VECTORS, type Tiles } from './linear-forms.js';
import { loadTaskRecord } from './task-table.js';

const FLOAT_BYTES = 4;

/** General registers that hold addresses of whole tensors of activations. */
const BASES = [R8, R9, R10, R12, R13];
/** Byte offsets of the current pixel: in activations of full size, and in pooled ones. */
const PIXEL = RSI;
export const POOLED = RDX;
const CHANNELS = RCX;
/** Byte offset of the task's sums in [N, C], until rows are counted. */
const SUM_PLACE = R11;
const [COLUMN_COUNTER, ROW_COUNTER] = [RBX, R11];

/** Pixels that are summed before their sum goes to those of all: long sums of small numbers round too much. */
const STRIP_PIXELS = 256;

/** Vector registers of scales and offsets, from the last one downwards. */
const LAST_VECTOR = 15;
export const ZERO = 0;
/** For the gradient of pooling. */
export const [ELEMENT, MAXIMUM] = [1, 2];
const [LEFT, MASK, TAKEN] = [3, 4, 5];
/** Values of forms, or of two pixels, and sums: several, since an addition waits for the one before it. */
export const [VALUE, OTHER_VALUE] = [6, 7];
export const [FIRST_SUM, SECOND_SUM] = [8, 9];
export const SUMS = [FIRST_SUM, SECOND_SUM, ELEMENT, MAXIMUM];

const bytesOfPixel = ({ block }: ActivationSize) => block * FLOAT_BYTES;

/** Writes functions that walk over the pixels of a task and evaluate linear forms there. */
export class PassWriter {
  readonly assembler: Assembler;
  readonly #size: ActivationSize;
  #activations = 0;
  #vectors = 0;
  #fields = 1;

  constructor(vectors: VectorSet, size: ActivationSize) {
    this.assembler = new Assembler(vectors);
    this.#size = size;
  }

  /** Writes the start of a function; the fields below have to be loaded in the order of the program's inputs. */
  begin(): void {
    // A record's fields: the offsets of the task in full activations, pooled activations, channel vectors, sums.
    loadTaskRecord(this.assembler, RAX);
    this.assembler.loadMemory(PIXEL, { base: RAX, offset: 0 });
    this.assembler.loadMemory(POOLED, { base: RAX, offset: 8 });
    this.assembler.loadMemory(CHANNELS, { base: RAX, offset: 16 });
    this.assembler.loadMemory(SUM_PLACE, { base: RAX, offset: 24 });
  }

  /** Returns the register with the address of the next tensor, an activation. */
  activation(): number {
    const register = BASES[this.#activations++];
    if (register === undefined) throw new RangeError('more activations than registers for their addresses');
    this.assembler.loadMemory(register, { base: RDI, offset: 8 * this.#fields++ });
    this.assembler.hold(register, 'the address of an activation');
    return register;
  }

  /** Returns the vector register with the task's part of the next tensor, a vector of channels. */
  channels(): number {
    if (this.#vectors === MAX_VECTORS) throw new RangeError('more vectors of channels than registers');
    const register = LAST_VECTOR - this.#vectors++;
    this.assembler.loadMemory(RAX, { base: RDI, offset: 8 * this.#fields++ });
    this.assembler.loadVector(register, { base: RAX, index: CHANNELS, scale: 1, offset: 0 });
    this.assembler.holdVector(register, 'a vector of channels');
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

  /** Loads the tensors of a form: its activations, then its scales, then its offset; before them those of its gradient. */
  form({ scales, hasOffset, gradient }: FormParts): LoadedForm {
    const source = gradient
      ? { tiles: gradient.tiles, gradient: this.activation(), pooled: this.form(gradient.pooled) }
      : null;
    const activations = scales.map((_, index) => (source && index === 0 ? null : this.activation()));
    const terms = scales.map((hasScale, index) => ({
      activation: activations[index]!,
      scale: hasScale ? this.channels() : null,
    }));
    return { terms, offset: hasOffset ? this.channels() : null, source };
  }

  /**
   * Writes the value of a form at a pixel `bytes` after the current one; returns its register, `target`. The register of
   * the gradient is that of the pixel.
   */
  evaluate({ terms, offset }: LoadedForm, bytes: number, target: number, gradient = ZERO): number {
    const { assembler } = this;
    terms.forEach(({ activation, scale }, index) => {
      const source = activation === null ? gradient : this.at(activation, bytes);
      if (index === 0 && scale === null && activation !== null)
        assembler.loadVector(target, this.at(activation, bytes));
      else if (index === 0 && scale === null) assembler.copyVector(target, gradient);
      else if (index === 0) assembler.compute('multiply', target, scale!, source);
      else if (scale === null) assembler.compute('add', target, target, source);
      else assembler.compute('multiplyAdd', target, scale, source);
    });
    if (offset !== null) assembler.compute('add', target, target, offset);
    return target;
  }

  at(activation: number, bytes: number, index = PIXEL): Memory {
    return { base: activation, index, scale: 1, offset: bytes };
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

export interface LoadedForm {
  /** Registers; the activation is null where it is the gradient. */
  readonly terms: readonly { readonly activation: number | null; readonly scale: number | null }[];
  readonly offset: number | null;
  readonly source: GradientSource | null;
}

/** Where the gradient of pooling comes from. */
export interface GradientSource {
  readonly tiles: Tiles;
  /** Register with the address of the pooled activation's gradient. */
  readonly gradient: number;
  readonly pooled: LoadedForm;
}

/**
 * Writes the visits to all pixels. `write` is given the distance of a pixel, the register of the gradient there, and a
 * number that alternates between neighbours.
 */
export function visitPixels(
  writer: PassWriter,
  size: ActivationSize,
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

/** Returns the distances in bytes of a window's elements from its first one. */
function listPlaces(size: ActivationSize, [rows, columns]: readonly [number, number]): number[] {
  const bytes = bytesOfPixel(size);
  return Array.from({ length: rows * columns }, (_, place) => {
    return (Math.floor(place / columns) * size.width + (place % columns)) * bytes;
  });
}

/** Writes the maximum of a window's elements to its register; NaN counts for nothing, a window of nothing else is −∞. */
export function findMaximum(
  writer: PassWriter,
  form: LoadedForm,
  size: ActivationSize,
  window: readonly [number, number],
): void {
  listPlaces(size, window).forEach((bytes, place) => {
    const soFar = place === 0 ? { constant: Number.NEGATIVE_INFINITY } : MAXIMUM;
    // In this order the second one is taken where the first one is NaN.
    writer.assembler.compute('maximum', MAXIMUM, writer.evaluate(form, bytes, ELEMENT), soFar);
  });
}

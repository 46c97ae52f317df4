/**
 * Native programs that read activations in blocks once: linear forms (linear-forms.ts), their maxima over windows, and their
 * sums over height and width. Batch norm with relu and pooling consists of them; what lies between is never stored.
 * A task is one vector of channels of one image.
 */
import type { Shape } from '../base/shapes.js';
import type { Assembler, VectorSet } from './assembler.js';
import type { ActivationSize, FormParts, Tiles } from './linear-forms.js';
import type { CodeBlock, NativeProgram } from './native-operators.js';
import {
  ELEMENT,
  FIRST_SUM,
  findMaximum,
  MAXIMUM,
  OTHER_VALUE,
  PassWriter,
  POOLED,
  SECOND_SUM,
  SUMS,
  VALUE,
  visitPixels,
  ZERO,
} from './pass-writer.js';
import { Parameters, TaskTable } from './task-table.js';

const FLOAT_BYTES = 4;

/** Returns the byte offsets of each task in a tensor of activations of a size. */
function planeOffsets(vectors: VectorSet, size: ActivationSize, height: number, width: number): number[] {
  const { batch, channels, block } = size;
  const blockBytes = height * width * block * FLOAT_BYTES;
  const perBlock = block / vectors.floats;
  return Array.from({ length: (batch * channels) / vectors.floats }, (_, task) => {
    return Math.floor(task / perBlock) * blockBytes + (task % perBlock) * vectors.bytes;
  });
}

interface PassOptions {
  readonly size: ActivationSize;
  readonly pooled?: readonly [number, number] | undefined;
  readonly inputSizes: readonly number[];
  readonly outputShapes: readonly Shape[];
  readonly code: CodeBlock;
  readonly bytes: Uint8Array;
}

/** Returns the program of one function whose bases are the inputs, then the outputs. */
function createPass({ code, size, pooled = [0, 0], inputSizes, outputShapes, bytes }: PassOptions): NativeProgram {
  const { vectors } = code;
  const [address] = code.load([bytes]);
  const full = planeOffsets(vectors, size, size.height, size.width);
  const small = planeOffsets(vectors, size, ...pooled);
  const perImage = size.channels / vectors.floats;
  const tasks = new TaskTable(
    full.map((offset, task) => [offset, small[task]!, (task % perImage) * vectors.bytes, task * vectors.bytes]),
  );
  const parameters = new Parameters();
  return {
    inputSizes,
    outputShapes,
    run: (launcher, tensors, outputs) =>
      launcher.launch(address!, parameters.set(tasks, ...tensors, ...outputs), tasks.length),
    release: () => code.release(),
  };
}

/** Returns the elements of a form's tensors, in the order of a program's inputs. */
function sizesOf(size: ActivationSize, { scales, hasOffset, gradient }: FormParts): number[] {
  const { batch, height, width, channels } = size;
  const [rows, columns] = gradient ? pooledSize(size, gradient.tiles.window) : [0, 0];
  const vectors = scales.filter((hasScale) => hasScale).length + (hasOffset ? 1 : 0);
  return [
    ...(gradient ? [batch * rows * columns * channels, ...sizesOf(size, gradient.pooled)] : []),
    ...new Array<number>(scales.length - (gradient ? 1 : 0)).fill(batch * height * width * channels),
    ...new Array<number>(vectors).fill(channels),
  ];
}

const shapeOf = ({ batch, channels }: ActivationSize, height: number, width: number) => [
  batch,
  channels,
  height,
  width,
];

const pooledSize = ({ height, width }: ActivationSize, [rows, columns]: readonly [number, number]) =>
  [Math.floor(height / rows), Math.floor(width / columns)] as const;

/** Returns the program of a linear form, or of its relu. Inputs: those of the form. Output: an activation. */
export function createLinearPass(
  code: CodeBlock,
  size: ActivationSize,
  parts: FormParts,
  withRelu: boolean,
): NativeProgram {
  const writer = new PassWriter(code.vectors, size);
  const { assembler } = writer;
  assembler.writeFunction(0, () => {
    writer.begin();
    const form = writer.form(parts);
    const output = writer.activation();
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
  size: ActivationSize,
  parts: FormParts,
  { window, withRelu }: Tiles,
): NativeProgram {
  const writer = new PassWriter(code.vectors, size);
  const { assembler } = writer;
  assembler.writeFunction(0, () => {
    writer.begin();
    const form = writer.form(parts);
    const output = writer.activation();
    assembler.setZero(ZERO);
    writer.forEachWindow(window, () => {
      findMaximum(writer, form, size, window);
      if (withRelu) applyRelu(assembler);
      assembler.storeVector(writer.at(output, 0, POOLED), MAXIMUM);
    });
  });
  const pooled = pooledSize(size, window);
  const outputShapes = [shapeOf(size, ...pooled)];
  return createPass({ ...passOf(code, size, [parts]), pooled, outputShapes, bytes: assembler.finish() });
}

/** Writes the relu of a window's maximum; what is −∞ because all elements are NaN has to be seen further on. */
function applyRelu(assembler: Assembler): void {
  const lowest = { constant: Number.NEGATIVE_INFINITY };
  assembler.compare('greater', OTHER_VALUE, MAXIMUM, lowest);
  assembler.compute('maximum', MAXIMUM, ZERO, MAXIMUM);
  assembler.compute('and', MAXIMUM, MAXIMUM, OTHER_VALUE);
  assembler.compute('andNot', OTHER_VALUE, OTHER_VALUE, lowest);
  assembler.compute('or', MAXIMUM, MAXIMUM, OTHER_VALUE);
}

/** Returns the program of the sums over height and width of a form. Inputs: those of the form. Output: [N, C]. */
export function createActivationSums(code: CodeBlock, size: ActivationSize, parts: FormParts): NativeProgram {
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
  size: ActivationSize,
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
function passOf(code: CodeBlock, size: ActivationSize, forms: readonly FormParts[]) {
  const window = forms[0]!.gradient?.tiles.window;
  return {
    code,
    size,
    pooled: window ? pooledSize(size, window) : undefined,
    inputSizes: forms.flatMap((form) => sizesOf(size, form)),
  };
}

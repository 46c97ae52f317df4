import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ConvolutionShape } from '../../src/base/convolution-shape.js';
import {
  createActivationSums,
  createLinearPass,
  createMaxPool,
  createProductSums,
} from '../../src/native/activation-passes.js';
import { AVX2, AVX512, type VectorSet } from '../../src/native/assembler.js';
import { createDepthwiseGradient } from '../../src/native/depthwise-gradient.js';
import { createElementwise } from '../../src/native/elementwise-program.js';
import { createFewChannelGradient } from '../../src/native/few-channel-gradient.js';
import { CodeBlock, type NativeProgram } from '../../src/native/native-operators.js';
import { createPairDistances, createPairSums, padColumns } from '../../src/native/pair-sums.js';
import { Parameters } from '../../src/native/task-table.js';
import { addressOf } from '../../src/runtime/onnxruntime-api.js';
import { createConvolution } from '../../src/winograd/convolution-program.js';
import { createFilterGradient } from '../../src/winograd/filter-gradient-program.js';
import { canUseWinograd, invertShape } from '../../src/winograd/tile-plan.js';
import { Emulator, type Segment, segmentAt, segmentOf } from '../support/emulator.js';
import { randomValues, relativeDifference } from '../support/engines.js';

/** Registers and channel blocks that occur together: blocks are the library's, 16 with AVX-512, else 8. */
const TARGETS: [VectorSet, number][] = [
  [AVX2, 8],
  [AVX2, 16],
  [AVX512, 16],
];

/** Code that is run by the emulator instead of the processor. */
class EmulatedCode extends CodeBlock {
  readonly functions = new Map<bigint, Uint8Array>();

  override load(functions: readonly Uint8Array[]): bigint[] {
    return functions.map((code, index) => {
      this.functions.set(BigInt(index), code);
      return BigInt(index);
    });
  }
}

const LANES = 2;

const allocate = (length: number) => new Float32Array(new ArrayBuffer(4 * length));

function place(values: ArrayLike<number>): Float32Array {
  const array = allocate(values.length);
  array.set(values);
  return array;
}

/** Returns what a program computes from its inputs, whatever the memory contains that it has not written. */
function emulate(
  vectors: VectorSet,
  create: (code: CodeBlock) => NativeProgram,
  inputs: readonly ArrayLike<number>[],
): Float32Array {
  return emulateAll(vectors, create, inputs)[0]!;
}

function emulateAll(
  vectors: VectorSet,
  create: (code: CodeBlock) => NativeProgram,
  inputs: readonly ArrayLike<number>[],
  lanes = LANES,
): Float32Array[] {
  const code = new EmulatedCode(vectors);
  const program = create(code);
  const operands = inputs.map(place);
  expect(operands.map(({ length }) => length)).toEqual(program.inputSizes);
  const outputs = program.outputShapes.map((shape) => allocate(lengthOf(shape)).fill(Number.NaN));
  const memory: Segment[] = [...operands, ...outputs].map(segmentOf);
  const launch = (address: bigint, parameters: BigInt64Array, total: number) => {
    const table = segmentAt(parameters[0]!, 32 * total);
    const emulator = new Emulator(code.functions.get(address)!, [...memory, segmentOf(parameters), table]);
    for (let index = total - 1; index >= 0; index--) emulator.call(Number(addressOf(parameters)), index);
  };
  program.run(
    {
      launch,
      countLanes: () => lanes,
      // Parts in another order than they have, in lanes by turns: neither may matter.
      launchParts: ({ stages, parts }, addressesOf) => {
        parts.toReversed().forEach((runs, position) => {
          const addresses = addressesOf(position % lanes);
          for (const { stage, first, count } of runs) {
            launch(
              stages[stage]!.code,
              new Parameters().setFrom(first, stages[stage]!.tasks, addresses[stage]!),
              count,
            );
          }
        });
      },
      scratch: (bytes) => {
        const scratch = allocate(bytes / 4 + 16).fill(Number.NaN);
        memory.push(segmentOf(scratch));
        return (addressOf(scratch) + 63n) & ~63n;
      },
    },
    operands.map(addressOf),
    outputs.map(addressOf),
  );
  return outputs;
}

type Size = readonly [number, number, number, number];

/** [N, C, H, W] to blocks of channels, and back. */
function block(values: ArrayLike<number>, [batch, channels, height, width]: Size, size: number): Float32Array {
  const result = allocate(values.length);
  forEachElement([batch, channels, height, width], (natural, n, c, y, x) => {
    result[blockedIndex([batch, channels, height, width], size, n, c, y, x)] = values[natural]!;
  });
  return result;
}

function unblock(values: ArrayLike<number>, shape: Size, size: number): Float32Array {
  const result = allocate(values.length);
  forEachElement(shape, (natural, n, c, y, x) => {
    result[natural] = values[blockedIndex(shape, size, n, c, y, x)]!;
  });
  return result;
}

function blockedIndex([, channels, height, width]: Size, size: number, n: number, c: number, y: number, x: number) {
  const plane = (n * channels) / size + Math.floor(c / size);
  return ((plane * height + y) * width + x) * size + (c % size);
}

function forEachElement(
  [batch, channels, height, width]: Size,
  visit: (index: number, n: number, c: number, y: number, x: number) => void,
): void {
  let index = 0;
  for (let n = 0; n < batch; n++)
    for (let c = 0; c < channels; c++)
      for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) visit(index++, n, c, y, x);
}

/** Visits each product of a convolution: indices into x [N, C, H, W], the filter [K, L, C, O] and y [N, O, P, Q]. */
function forEachProduct(shape: ConvolutionShape, visit: (x: number, filter: number, y: number) => void): void {
  const { batch, inputSize, outputSize, inputChannels: ci, outputChannels: co, kernel, padding } = shape;
  for (let k = 0; k < kernel[0]; k++)
    for (let l = 0; l < kernel[1]; l++)
      forEachElement([batch, co, ...outputSize], (y, n, o, p, q) => {
        const [row, column] = [p + k - padding[0], q + l - padding[1]];
        if (row < 0 || row >= inputSize[0] || column < 0 || column >= inputSize[1]) return;
        for (let c = 0; c < ci; c++) {
          const x = ((n * ci + c) * inputSize[0] + row) * inputSize[1] + column;
          visit(x, ((k * kernel[1] + l) * ci + c) * co + o, y);
        }
      });
}

function convolutionShape(
  batch: number,
  size: readonly [number, number],
  channels: readonly [number, number],
  kernel: readonly [number, number],
  padding: number,
): ConvolutionShape {
  return {
    batch,
    inputSize: size,
    outputSize: [size[0] + 2 * padding - kernel[0] + 1, size[1] + 2 * padding - kernel[1] + 1],
    inputChannels: channels[0],
    outputChannels: channels[1],
    kernel,
    strides: [1, 1],
    dilations: [1, 1],
    padding: [padding, padding, padding, padding],
  };
}

const lengthOf = (shape: readonly number[]) => shape.reduce((product, size) => product * size, 1);
const inputShape = ({ batch, inputChannels, inputSize }: ConvolutionShape): Size => [
  batch,
  inputChannels,
  ...inputSize,
];
const outputShape = ({ batch, outputChannels, outputSize }: ConvolutionShape): Size => [
  batch,
  outputChannels,
  ...outputSize,
];

/** Random images, filters and gradients, with the result and the gradient of the filters as sums in order. */
function drawConvolution(shape: ConvolutionShape) {
  const x = randomValues(lengthOf(inputShape(shape)), 1);
  const filter = randomValues(lengthOf([...shape.kernel, shape.inputChannels, shape.outputChannels]), 2);
  const dy = randomValues(lengthOf(outputShape(shape)), 3);
  const [y, df] = [new Float64Array(dy.length), new Float64Array(filter.length)];
  forEachProduct(shape, (a, b, c) => {
    y[c]! += x[a]! * filter[b]!;
    df[b]! += x[a]! * dy[c]!;
  });
  return { x, filter, dy, y, df };
}

/** Tiles that end inside and outside the image, filters in one piece and in several, half panels of channels. */
const CONVOLUTIONS = {
  '3 × 3, padded': convolutionShape(2, [7, 6], [16, 48], [3, 3], 1),
  '4 × 2': convolutionShape(1, [8, 5], [16, 16], [4, 2], 0),
  '7 × 7, in four pieces': convolutionShape(2, [9, 11], [16, 16], [7, 7], 1),
} as const;

const TOLERANCE = 1e-5;

describe.each(TARGETS)('With $name and blocks of %j channels', (vectors, size) => {
  it.each(Object.entries(CONVOLUTIONS))('a convolution of %s is that of its sums', (_, shape) => {
    const x = randomValues(lengthOf(inputShape(shape)), 1);
    const filter = randomValues(lengthOf([...shape.kernel, shape.inputChannels, shape.outputChannels]), 2);
    const bias = randomValues(shape.outputChannels, 3);
    const expected = new Float64Array(lengthOf(outputShape(shape)));
    forEachProduct(shape, (a, b, y) => {
      expected[y]! += x[a]! * filter[b]!;
    });
    forEachElement(outputShape(shape), (y, _n, o) => {
      expected[y] = Math.max(0, expected[y]! + bias[o]!);
    });
    const options = { isFlipped: false, hasBias: true, withRelu: true };
    const inputs = [block(x, inputShape(shape), size), filter, bias];
    const result = emulate(vectors, (code) => createConvolution(code, shape, size, options), inputs);
    expect(relativeDifference(unblock(result, outputShape(shape), size), expected)).toBeLessThan(TOLERANCE);
  });

  it.each(Object.entries(CONVOLUTIONS))('a convolution of %s lets NaN through relu', (_, shape) => {
    const x = new Float32Array(lengthOf(inputShape(shape)));
    x[0] = 1; // beside it all is known to be the bias
    const filter = randomValues(lengthOf([...shape.kernel, shape.inputChannels, shape.outputChannels]), 2);
    const bias = new Float32Array(shape.outputChannels).fill(Number.NaN);
    const options = { isFlipped: false, hasBias: true, withRelu: true };
    const inputs = [block(x, inputShape(shape), size), filter, bias];
    const result = emulate(vectors, (code) => createConvolution(code, shape, size, options), inputs);
    expect(result.every(Number.isNaN)).toBe(true);
  });

  it.each(Object.entries(CONVOLUTIONS))(
    'a convolution of %s is exactly zero where all under the filter is',
    (_, shape) => {
      const x = randomValues(lengthOf(inputShape(shape)), 1);
      const [, , height, width] = inputShape(shape);
      // Ink in two corners of the first image, in a single channel; the second image is black, with zeros of both signs.
      const last = shape.inputChannels - 1;
      forEachElement(inputShape(shape), (index, n, c, row, column) => {
        const isInk =
          n === 0 && c === last && ((row < 2 && column === 0) || (row === height - 1 && column === width - 1));
        if (!isInk) x[index] = row % 2 === 0 ? -0 : 0;
      });
      const filter = randomValues(lengthOf([...shape.kernel, shape.inputChannels, shape.outputChannels]), 2);
      const bias = randomValues(shape.outputChannels, 3);
      const isTouched = new Uint8Array(lengthOf(outputShape(shape)));
      forEachProduct(shape, (a, _filter, y) => {
        if (x[a] !== 0) isTouched[y] = 1;
      });
      for (const [hasBias, withRelu] of [
        [false, false],
        [true, false],
        [true, true],
      ] as const) {
        const options = { isFlipped: false, hasBias, withRelu };
        const inputs = [block(x, inputShape(shape), size), filter, ...(hasBias ? [bias] : [])];
        const blocked = emulate(vectors, (code) => createConvolution(code, shape, size, options), inputs);
        const result = unblock(blocked, outputShape(shape), size);
        let touched = 0;
        forEachElement(outputShape(shape), (y, _n, o) => {
          const exact = hasBias ? bias[o]! : 0;
          if (!isTouched[y]) expect(result[y]).toBe(withRelu ? Math.max(0, exact) : exact);
          else touched++;
        });
        expect(touched).toBeGreaterThan(0);
      }
    },
  );

  it.each(Object.entries(CONVOLUTIONS))('so are the gradients of one of %s', (_, shape) => {
    const x = randomValues(lengthOf(inputShape(shape)), 1);
    const filterShape = [...shape.kernel, shape.inputChannels, shape.outputChannels];
    const filter = randomValues(lengthOf(filterShape), 2);
    const dy = randomValues(lengthOf(outputShape(shape)), 3);
    const [dx, df] = [new Float64Array(x.length), new Float64Array(filter.length)];
    forEachProduct(shape, (a, b, y) => {
      dx[a]! += filter[b]! * dy[y]!;
      df[b]! += x[a]! * dy[y]!;
    });
    const [blockedX, blockedDy] = [block(x, inputShape(shape), size), block(dy, outputShape(shape), size)];
    const swapped = allocate(filter.length);
    const { inputChannels: ci, outputChannels: co } = shape;
    filter.forEach((value, index) => {
      const [tap, c, o] = [Math.floor(index / (ci * co)), Math.floor(index / co) % ci, index % co];
      swapped[(tap * co + o) * ci + c] = value;
    });
    const options = { isFlipped: true, hasBias: false, withRelu: false };
    const foundDx = emulate(vectors, (code) => createConvolution(code, invertShape(shape), size, options), [
      blockedDy,
      swapped,
    ]);
    const foundDf = emulate(vectors, (code) => createFilterGradient(code, shape, size), [blockedX, blockedDy]);
    expect(relativeDifference(unblock(foundDx, inputShape(shape), size), dx)).toBeLessThan(TOLERANCE);
    expect(relativeDifference(foundDf, df)).toBeLessThan(2 * TOLERANCE);
  });

  it('a convolution of any shape and its gradients stay inside their memory and are those of its sums', () => {
    const shapes = fc.record({
      batch: fc.integer({ min: 1, max: 2 }),
      height: fc.integer({ min: 2, max: 9 }),
      width: fc.integer({ min: 2, max: 9 }),
      channels: fc.tuple(fc.constantFrom(16, 32), fc.constantFrom(16, 48)),
      kernel: fc.tuple(fc.integer({ min: 2, max: 8 }), fc.integer({ min: 2, max: 8 })),
      padding: fc.integer({ min: 0, max: 3 }),
    });
    fc.assert(
      fc.property(shapes, ({ batch, height, width, channels, kernel, padding }) => {
        const shape = convolutionShape(batch, [height, width], channels, kernel, padding);
        fc.pre(shape.outputSize.every((length) => length > 0) && canUseWinograd(shape, size));
        const { x, filter, dy, y, df } = drawConvolution(shape);
        const options = { isFlipped: false, hasBias: false, withRelu: false };
        const blocked = block(x, inputShape(shape), size);
        const foundY = emulate(vectors, (code) => createConvolution(code, shape, size, options), [blocked, filter]);
        expect(relativeDifference(unblock(foundY, outputShape(shape), size), y)).toBeLessThan(TOLERANCE);
        const gradients = [blocked, block(dy, outputShape(shape), size)];
        const foundDf = emulate(vectors, (code) => createFilterGradient(code, shape, size), gradients);
        expect(relativeDifference(foundDf, df)).toBeLessThan(3 * TOLERANCE);
      }),
      { numRuns: 6, seed: 7 },
    );
  });

  it('a batch in parts is computed alike in any number of lanes', () => {
    // Eight images of 166 kB of tiles and products: four parts.
    const shape = convolutionShape(8, [24, 24], [16, 16], [3, 3], 1);
    const { x, filter, dy, y, df } = drawConvolution(shape);
    const options = { isFlipped: false, hasBias: false, withRelu: false };
    const blocked = block(x, inputShape(shape), size);
    const compute = (lanes: number) => [
      ...emulateAll(vectors, (code) => createConvolution(code, shape, size, options), [blocked, filter], lanes),
      ...emulateAll(
        vectors,
        (code) => createFilterGradient(code, shape, size),
        [blocked, block(dy, outputShape(shape), size)],
        lanes,
      ),
    ];
    const [foundY, foundDf] = compute(1);
    expect(relativeDifference(unblock(foundY!, outputShape(shape), size), y)).toBeLessThan(TOLERANCE);
    expect(relativeDifference(foundDf!, df)).toBeLessThan(3 * TOLERANCE);
    expect(compute(3)).toEqual([foundY, foundDf]);
  });

  it.each([
    [3, 3, 1, 16],
    [5, 4, 3, 48],
  ])('so is the gradient of filters of %i × %i for %i channels', (k, l, channels, outputs) => {
    // 18 images: more than there are parts of the batch.
    const shape = convolutionShape(18, [9, 7], [channels, outputs], [k, l], 0);
    const x = randomValues(lengthOf(inputShape(shape)), 1);
    const dy = randomValues(lengthOf(outputShape(shape)), 2);
    const expected = new Float64Array(k * l * channels * outputs);
    forEachProduct(shape, (a, b, y) => {
      expected[b]! += x[a]! * dy[y]!;
    });
    const inputs = [x, block(dy, outputShape(shape), size)];
    const result = emulate(vectors, (code) => createFewChannelGradient(code, shape, size), inputs);
    expect(relativeDifference(result, expected)).toBeLessThan(TOLERANCE);
  });

  it.each([
    [3, 3, [1, 1], [1, 1], 2],
    [5, 5, [1, 1], [1, 1], 3],
    [3, 5, [2, 2], [1, 1], 18],
    [3, 3, [1, 2], [2, 1], 1],
  ] as const)(
    'so is the gradient of a filter of %i × %i for each channel, strides %j, dilations %j',
    (k, l, strides, dilations, batch) => {
      const channels = 32;
      const inputSize = [13, 11] as const;
      const fit = (axis: 0 | 1) =>
        Math.floor((inputSize[axis] - 1 - dilations[axis] * ([k, l][axis]! - 1)) / strides[axis]) + 1;
      const shape: ConvolutionShape = {
        batch,
        inputSize,
        outputSize: [fit(0), fit(1)],
        inputChannels: channels,
        outputChannels: channels,
        kernel: [k, l],
        strides,
        dilations,
        padding: [0, 0, 0, 0],
      };
      const [x, dy] = [randomValues(lengthOf(inputShape(shape)), 1), randomValues(lengthOf(outputShape(shape)), 2)];
      const expected = new Float64Array(k * l * channels);
      forEachElement(outputShape(shape), (index, n, c, row, column) => {
        for (let tap = 0; tap < k * l; tap++) {
          const y = row * strides[0] + Math.floor(tap / l) * dilations[0];
          const z = column * strides[1] + (tap % l) * dilations[1];
          expected[tap * channels + c]! += dy[index]! * x[((n * channels + c) * inputSize[0] + y) * inputSize[1] + z]!;
        }
      });
      const inputs = [block(x, inputShape(shape), size), block(dy, outputShape(shape), size)];
      const result = emulate(vectors, (code) => createDepthwiseGradient(code, shape, size), inputs);
      expect(relativeDifference(result, expected)).toBeLessThan(TOLERANCE);
    },
  );

  describe('sums over all pairs of rows', () => {
    // Columns that fill no vector, more than are summed at a time; units in more than one strip, and in a last part of them.
    const shape = { groups: [2], rows: 2, columns: 89, units: 528 };
    const { groups, rows, columns, units } = shape;
    const count = lengthOf(groups);
    const [x, y] = [randomValues(count * rows * units, 1), randomValues(count * columns * units, 2)];
    const factors = randomValues(count * rows * columns, 3);
    const forEachPair = (visit: (pair: number, row: number, column: number) => void) => {
      for (let row = 0; row < count * rows; row++) {
        for (let j = 0; j < columns; j++) visit(row * columns + j, row, Math.floor(row / rows) * columns + j);
      }
    };

    it('weigh the sizes of differences', () => {
      const padded = padColumns(vectors, columns);
      expect(padded % vectors.floats).toBe(0);
      const transposed = allocate(count * units * padded);
      y.forEach((value, index) => {
        const [column, unit] = [Math.floor(index / units), index % units];
        const group = Math.floor(column / columns);
        transposed[(group * units + unit) * padded + (column % columns)] = value;
      });
      const weights = randomValues(units, 4);
      const program = (code: CodeBlock) => createPairDistances(code, { ...shape, columns: padded });
      const result = emulate(vectors, program, [x, transposed, weights]);
      const found = new Float64Array(count * rows * columns);
      const expected = new Float64Array(found.length);
      forEachPair((pair, row, column) => {
        found[pair] = result[row * padded + (column % columns)]!;
        for (let unit = 0; unit < units; unit++)
          expected[pair]! += weights[unit]! * Math.abs(x[row * units + unit]! - y[column * units + unit]!);
      });
      expect(relativeDifference(found, expected)).toBeLessThan(TOLERANCE);
    });

    it.each([
      ['step', false, (d: number) => (d > 0 ? 1 : 0)],
      ['step', true, (d: number) => (d < 0 ? 1 : 0)],
      ['size', false, Math.abs],
      ['size', true, Math.abs],
    ] as const)('weigh the %s of differences, reversed: %s', (what, isReversed, of) => {
      const equal = y.slice();
      equal.set(x.subarray(0, units)); // the first row is the first column
      const result = emulate(vectors, (code) => createPairSums(code, shape, what, isReversed), [x, equal, factors]);
      const expected = new Float64Array(count * rows * units);
      forEachPair((pair, row, column) => {
        for (let unit = 0; unit < units; unit++)
          expected[row * units + unit]! += factors[pair]! * of(x[row * units + unit]! - equal[column * units + unit]!);
      });
      expect(relativeDifference(result, expected)).toBeLessThan(TOLERANCE);
    });

    it('keep what is not a number', () => {
      const broken = { x: x.slice(), y: y.slice() };
      broken.x[1] = Number.NaN; // the first row's second unit
      broken.y[2] = Number.NaN; // the third unit of the first group's first column
      broken.x[3] = Number.POSITIVE_INFINITY;
      const result = emulate(vectors, (code) => createPairSums(code, shape, 'step', false), [
        broken.x,
        broken.y,
        factors,
      ]);
      const wrong = [...result.keys()].filter((index) => Number.isNaN(result[index]!));
      expect(wrong).toEqual([1, ...Array.from({ length: rows }, (_, row) => row * units + 2)]);
    });
  });

  it('formulas are computed element by element, where a tensor lies as well', () => {
    // More elements than one task has, and the last vectors of the second task are its only ones.
    const shape = [2, 16384 / 2 + 24];
    const elements = lengthOf(shape);
    const [a, b] = [randomValues(elements, 1), randomValues(elements, 2)];
    const formula = {
      tensors: 2,
      scalars: 1,
      steps: [
        { operation: 'multiply', left: 0, right: 2 },
        { operation: 'subtract', left: 1, right: 3 },
        { operation: 'add', left: 4, right: 0 },
        { operation: 'multiply', left: 5, right: 5 },
        { operation: 'squareRoot', left: 6, right: 6 },
        { operation: 'divide', left: 0, right: 7 },
      ],
    } as const;
    const found = emulate(vectors, (code) => createElementwise(code, formula, shape), [a, b, [0.3]]);
    const rate = Math.fround(0.3);
    const expected = a.map((value, index) => {
      const sum = Math.fround(Math.fround(b[index]! - Math.fround(value * rate)) + value);
      return Math.fround(value / Math.fround(Math.sqrt(Math.fround(sum * sum))));
    });
    expect([...found]).toEqual([...expected]);
  });

  describe('passes over images', () => {
    const shape: Size = [2, 32, 7, 5];
    const [batch, channels, height, width] = shape;
    const images = { batch, channels, height, width, block: size };
    const [a, b] = [randomValues(lengthOf(shape), 1), randomValues(lengthOf(shape), 2)];
    const [scale, offset] = [randomValues(channels, 3), randomValues(channels, 4)];
    const parts = { scales: [true, false], hasOffset: true };
    const form = Float64Array.from(a);
    forEachElement(shape, (index, _n, c) => {
      form[index] = a[index]! * scale[c]! + b[index]! + offset[c]!;
    });
    const inputs = [block(a, shape, size), block(b, shape, size), scale, offset];

    it('let NaN through relu', () => {
      const broken = Float32Array.from(a);
      broken[3] = Number.NaN;
      const found = emulate(vectors, (code) => createLinearPass(code, images, parts, true), [
        block(broken, shape, size),
        ...inputs.slice(1),
      ]);
      const places = [...unblock(found, shape, size)].flatMap((value, index) => (Number.isNaN(value) ? [index] : []));
      expect(places).toEqual([3]);
    });

    it('compute linear forms and their relu', () => {
      const found = [false, true].map((withRelu) =>
        unblock(
          emulate(vectors, (code) => createLinearPass(code, images, parts, withRelu), inputs),
          shape,
          size,
        ),
      );
      expect(relativeDifference(found[0]!, form)).toBeLessThan(TOLERANCE);
      expect(
        relativeDifference(
          found[1]!,
          form.map((value) => Math.max(0, value)),
        ),
      ).toBeLessThan(TOLERANCE);
    });

    it.each([
      [2, 2],
      [3, 2],
    ] as const)('take maxima over windows of %i × %i, and give gradients to the first of them', (rows, columns) => {
      const tiles = { window: [rows, columns] as const, withRelu: true };
      const pooled: Size = [batch, channels, Math.floor(height / rows), Math.floor(width / columns)];
      const maxima = new Float64Array(lengthOf(pooled));
      const dy = randomValues(lengthOf(pooled), 5);
      const dx = new Float64Array(lengthOf(shape));
      forEachElement(pooled, (index, n, c, y, x) => {
        let best = -1;
        for (let row = 0; row < rows; row++)
          for (let column = 0; column < columns; column++) {
            const source = ((n * channels + c) * height + y * rows + row) * width + x * columns + column;
            if (best < 0 || form[source]! > form[best]!) best = source;
          }
        maxima[index] = Math.max(0, form[best]!);
        if (form[best]! > 0) dx[best] = dy[index]!;
      });
      const found = emulate(vectors, (code) => createMaxPool(code, images, parts, tiles), inputs);
      expect(relativeDifference(unblock(found, pooled, size), maxima)).toBeLessThan(TOLERANCE);
      const gradient = { tiles, pooled: parts };
      const alone = { scales: [false], hasOffset: false, gradient };
      const sources = [block(dy, pooled, size), ...inputs];
      const stored = emulate(vectors, (code) => createLinearPass(code, images, alone, false), sources);
      expect([...unblock(stored, shape, size)]).toEqual([...Float32Array.from(dx)]);

      // The same where it is used: in dx · scale + b, in sums, and in sums of its products with b.
      const expected = { form: new Float64Array(dx.length), sums: new Float64Array(batch * channels) };
      const products = new Float64Array(batch * channels);
      forEachElement(shape, (index, n, c) => {
        expected.form[index] = dx[index]! * scale[c]! + b[index]!;
        expected.sums[n * channels + c]! += dx[index]!;
        products[n * channels + c]! += dx[index]! * b[index]!;
      });
      const withOther = { scales: [true, false], hasOffset: false, gradient };
      const combined = emulate(vectors, (code) => createLinearPass(code, images, withOther, false), [
        ...sources,
        inputs[1]!,
        scale,
      ]);
      expect(relativeDifference(unblock(combined, shape, size), expected.form)).toBeLessThan(TOLERANCE);
      const sums = emulate(vectors, (code) => createActivationSums(code, images, alone), sources);
      expect(relativeDifference(sums, expected.sums)).toBeLessThan(TOLERANCE);
      const one = { scales: [false], hasOffset: false };
      const both = emulateAll(vectors, (code) => createProductSums(code, images, alone, one), [...sources, inputs[1]!]);
      expect(relativeDifference(both[0]!, products)).toBeLessThan(TOLERANCE);
      expect(relativeDifference(both[1]!, expected.sums)).toBeLessThan(TOLERANCE);
    });

    it('sum forms and products of forms over height and width', () => {
      const one = { scales: [false], hasOffset: false };
      const expected = [new Float64Array(batch * channels), new Float64Array(batch * channels)] as const;
      forEachElement(shape, (index, n, c) => {
        expected[0][n * channels + c]! += form[index]!;
        expected[1][n * channels + c]! += form[index]! * a[index]!;
      });
      const sums = emulate(vectors, (code) => createActivationSums(code, images, parts), inputs);
      const both = emulateAll(vectors, (code) => createProductSums(code, images, parts, one), [...inputs, inputs[0]!]);
      expect(relativeDifference(sums, expected[0])).toBeLessThan(TOLERANCE);
      expect(relativeDifference(both[0]!, expected[1])).toBeLessThan(TOLERANCE);
      expect(relativeDifference(both[1]!, expected[0])).toBeLessThan(TOLERANCE);
    });
  });
});

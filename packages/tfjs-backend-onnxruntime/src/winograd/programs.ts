/**
 * A convolution and its gradients by Winograd's tiles, as native programs: transform, multiply, transform back, in chunks
 * of pictures that stay in the processor's cache.
 *   result:              Aᵀ [(G g Gᵀ) ⊙ (Bᵀ d B)] A, summed over channels before the last transform
 *   gradient of d:       the result for dy and the flipped filter
 *   gradient of g:       Gᵀ [Σ (Bᵀ d B) ⊙ (A dy Aᵀ)] G, summed over tiles
 * Each number of a result is computed by one thread in a fixed order: the count of threads does not change it.
 */
import type { ConvolutionShape } from '../convolution-forms.js';
import type { VectorSet } from '../native/assembler.js';
import type { CodeBlock, Launcher, NativeProgram } from '../native/native-operators.js';
import { Parameters, TaskTable } from '../native/task-table.js';
import type { Pointer } from '../onnxruntime-api.js';
import { countKernelRows, writeGradientProduct, writeTileProduct } from './products.js';
import { PRODUCTS } from './tile-matrices.js';
import { planTiles, type TilePlan } from './tile-plan.js';
import {
  PANEL_VECTORS,
  writeFilterGradientTransform,
  writeFilterTransform,
  writeGradientTransform,
  writePictureTransform,
  writeResultTransform,
} from './transforms.js';

const FLOAT_BYTES = 4;
/** Tiles and products of one chunk of pictures. */
const CHUNK_BYTES = 4 * 2 ** 20;
/** Groups of tiles in a task: enough to use a panel of filters often, few enough to share tasks among threads. */
const GROUPS_PER_TASK = 16;

const roundUp = (value: number, unit: number) => Math.ceil(value / unit) * unit;

/** Returns whether the programs below can compute a convolution whose channels lie in blocks. */
export function canUseTiles(shape: ConvolutionShape, block: number): boolean {
  const { inputChannels, outputChannels, kernel, strides, dilations, padding } = shape;
  return (
    block > 0 &&
    inputChannels % block === 0 &&
    outputChannels % block === 0 &&
    [...strides, ...dilations].every((step) => step === 1) &&
    kernel.every((taps) => taps >= 2 && taps <= 10) &&
    padding.every((count, side) => count < kernel[side % 2]!)
  );
}

/** Returns how often fewer multiplications the tiles take than the convolution itself. */
export function countSavedProducts(shape: ConvolutionShape): number {
  const plan = planTiles(shape);
  const [k, l] = shape.kernel;
  const [p, q] = shape.outputSize;
  return (k * l * p * q) / (PRODUCTS * plan.pieces * plan.resultTiles);
}

/** Byte offsets of the vectors of channels of a picture in blocks. */
function vectorOffsets(vectors: VectorSet, channels: number, block: number, size: readonly [number, number]): number[] {
  const planeBytes = size[0] * size[1] * block * FLOAT_BYTES;
  const vectorsPerBlock = block / vectors.floats;
  return Array.from({ length: channels / vectors.floats }, (_, vector) => {
    const [plane, part] = [Math.floor(vector / vectorsPerBlock), vector % vectorsPerBlock];
    return plane * planeBytes + part * vectors.bytes;
  });
}

const pictureBytes = (channels: number, [height, width]: readonly [number, number]) =>
  channels * height * width * FLOAT_BYTES;

/** Returns the counts of pictures of chunks as equal as possible, of at most `most` pictures. */
function cutIntoChunks(batch: number, bytesPerPicture: number): { first: number; count: number }[] {
  const most = Math.max(1, Math.floor(CHUNK_BYTES / bytesPerPicture));
  const chunks = Math.ceil(batch / most);
  const size = Math.ceil(batch / chunks);
  return Array.from({ length: chunks }, (_, index) => ({
    first: index * size,
    count: Math.min(size, batch - index * size),
  })).filter(({ count }) => count > 0);
}

const range = (count: number) => Array.from({ length: count }, (_, index) => index);

/** Returns for each piece how many tiles beyond a result's tile it reads. */
function shiftsOf({ rows, columns }: TilePlan): number[] {
  return range(rows.pieces).flatMap((row) =>
    range(columns.pieces).map((column) => row * columns.pictureTiles + column),
  );
}

interface ConvolutionOptions {
  readonly isFlipped: boolean;
  readonly hasBias: boolean;
  readonly withRelu: boolean;
}

/**
 * Returns the program of a convolution. Inputs: blocked pictures, filters [K, L, C, O] (flipped ones for the gradient of
 * the pictures), a bias. Output: blocked results.
 */
export function createConvolution(
  code: CodeBlock,
  shape: ConvolutionShape,
  block: number,
  options: ConvolutionOptions,
): NativeProgram {
  const { vectors } = code;
  const kernelRows = countKernelRows(vectors);
  const panelBytes = PANEL_VECTORS * vectors.bytes;
  const { batch, inputSize, outputSize, inputChannels, outputChannels } = shape;
  const { isFlipped, hasBias, withRelu } = options;
  const plan = planTiles(shape);
  const shifts = shiftsOf(plan);
  const isOneRun = plan.pieces === 1;
  // Result tiles of a picture lie in the order of the picture's tiles; those that no result needs are computed as well.
  const rowsOfPicture = isOneRun ? plan.resultTiles : plan.rows.resultTiles * plan.columns.pictureTiles;
  const rowDistance = isOneRun ? rowsOfPicture : roundUp(rowsOfPicture, kernelRows);
  const bytesPerPicture = PRODUCTS * FLOAT_BYTES * (plan.pictureTiles * inputChannels + rowDistance * outputChannels);
  const chunks = cutIntoChunks(batch, bytesPerPicture);
  const most = chunks[0]!.count;
  const tilePlane =
    (roundUp(most * plan.pictureTiles, kernelRows) + shifts.at(-1)! + kernelRows) * inputChannels * FLOAT_BYTES;
  const productPlane = roundUp(most * rowDistance, kernelRows) * outputChannels * FLOAT_BYTES;
  const filterPlane =
    Math.ceil(outputChannels / (PANEL_VECTORS * vectors.floats)) * plan.pieces * inputChannels * panelBytes;
  const transformFilters = code.load(
    writeFilterTransform(vectors, plan, {
      inputs: inputChannels,
      outputs: outputChannels,
      planeBytes: filterPlane,
      isFlipped,
    }),
  );
  const transformPictures = code.load(writePictureTransform(vectors, plan, block, inputChannels, tilePlane));
  const multiply = code.load(writeTileProduct(vectors, { inputs: inputChannels, outputs: outputChannels, shifts }));
  const transformResults = code.load(
    writeResultTransform(vectors, plan, block, outputChannels, { planeBytes: productPlane, hasBias, withRelu }),
  );
  const filterTasks = new TaskTable(
    range(inputChannels).map((input) => [input * outputChannels * FLOAT_BYTES, input * panelBytes]),
  );
  const tablesOf = (count: number) => ({
    pictures: new TaskTable(
      range(count).flatMap((picture) =>
        vectorOffsets(vectors, inputChannels, block, inputSize).map((offset, vector) => [
          picture * pictureBytes(inputChannels, inputSize) + offset,
          picture * plan.pictureTiles * inputChannels * FLOAT_BYTES + vector * vectors.bytes,
        ]),
      ),
    ),
    products: new TaskTable(
      range(PRODUCTS).flatMap((product) =>
        range(isOneRun ? 1 : count).flatMap((picture) => {
          const groups = Math.ceil((isOneRun ? count * plan.resultTiles : rowsOfPicture) / kernelRows);
          return range(Math.ceil(groups / GROUPS_PER_TASK)).map((task) => {
            const row = task * GROUPS_PER_TASK * kernelRows;
            return [
              product * tilePlane + (picture * plan.pictureTiles + row) * inputChannels * FLOAT_BYTES,
              product * filterPlane,
              product * productPlane + (picture * rowDistance + row) * outputChannels * FLOAT_BYTES,
              Math.min(GROUPS_PER_TASK, groups - task * GROUPS_PER_TASK),
            ];
          });
        }),
      ),
    ),
    results: new TaskTable(
      range(count).flatMap((picture) =>
        vectorOffsets(vectors, outputChannels, block, outputSize).map((offset, vector) => [
          picture * rowDistance * outputChannels * FLOAT_BYTES + vector * vectors.bytes,
          picture * pictureBytes(outputChannels, outputSize) + offset,
          vector * vectors.bytes,
        ]),
      ),
    ),
  });
  const tables = new Map([...new Set(chunks.map(({ count }) => count))].map((count) => [count, tablesOf(count)]));
  const parameters = new Parameters();
  const [filterBytes, tileBytes, productBytes] = [filterPlane, tilePlane, productPlane].map((bytes) =>
    roundUp(bytes * PRODUCTS, 64),
  ) as [number, number, number];
  return {
    inputs: hasBias ? 3 : 2,
    outputShapes: [[batch, outputChannels, ...outputSize]],
    run(launcher: Launcher, [pictures, filter, bias]: readonly Pointer[], [results]: readonly Pointer[]) {
      const filters = launcher.scratch(filterBytes + tileBytes + productBytes);
      const tiles = filters + BigInt(filterBytes);
      const products = tiles + BigInt(tileBytes);
      launcher.launch(transformFilters, parameters.set(filterTasks, filter!, filters), filterTasks.length);
      for (const { first, count } of chunks) {
        const table = tables.get(count)!;
        const source = pictures! + BigInt(first * pictureBytes(inputChannels, inputSize));
        const target = results! + BigInt(first * pictureBytes(outputChannels, outputSize));
        launcher.launch(transformPictures, parameters.set(table.pictures, source, tiles), table.pictures.length);
        launcher.launch(multiply, parameters.set(table.products, tiles, filters, products), table.products.length);
        launcher.launch(
          transformResults,
          parameters.set(table.results, products, target, ...(hasBias ? [bias!] : [])),
          table.results.length,
        );
      }
    },
    release: () => code.release(),
  };
}

/**
 * Returns the program of the gradient of the filters. Inputs: blocked pictures, blocked gradients of the results. Output:
 * [K, L, C, O].
 */
export function createFilterGradient(code: CodeBlock, shape: ConvolutionShape, block: number): NativeProgram {
  const { vectors } = code;
  const tileBytesOfPanel = PANEL_VECTORS * vectors.bytes;
  const { batch, inputSize, outputSize, inputChannels, outputChannels, kernel } = shape;
  const plan = planTiles(shape);
  const shifts = shiftsOf(plan);
  const panels = Math.ceil(outputChannels / (PANEL_VECTORS * vectors.floats));
  const bytesPerPicture = PRODUCTS * plan.pictureTiles * (inputChannels * FLOAT_BYTES + panels * tileBytesOfPanel);
  const chunks = cutIntoChunks(batch, bytesPerPicture);
  const most = chunks[0]!.count;
  const tilePlane = (most * plan.pictureTiles + shifts.at(-1)!) * inputChannels * FLOAT_BYTES;
  const panelBytes = most * plan.pictureTiles * tileBytesOfPanel;
  const gradientPlane = panels * panelBytes;
  const matrixBytes = inputChannels * outputChannels * FLOAT_BYTES;
  const run =
    plan.pieces === 1
      ? null
      : {
          // Without the end of the last row, where pieces would read beyond the picture's tiles.
          tiles: plan.rows.resultTiles * plan.columns.pictureTiles - (plan.columns.pieces - 1),
          distance: plan.pictureTiles,
        };
  const transformPictures = code.load(writePictureTransform(vectors, plan, block, inputChannels, tilePlane));
  const transformGradients = code.load(writeGradientTransform(vectors, plan, block, gradientPlane));
  const [multiply, multiplyMore] = [false, true].map((isContinued) =>
    code.load(
      writeGradientProduct(vectors, { inputs: inputChannels, outputs: outputChannels, panelBytes, run, isContinued }),
    ),
  ) as [Pointer, Pointer];
  const transformSums = code.load(writeFilterGradientTransform(vectors, plan, inputChannels, outputChannels));
  const sumTasks = new TaskTable(
    range(inputChannels).map((input) => [input * outputChannels * FLOAT_BYTES, input * outputChannels * FLOAT_BYTES]),
  );
  const tablesOf = (count: number) => ({
    pictures: new TaskTable(
      range(count).flatMap((picture) =>
        vectorOffsets(vectors, inputChannels, block, inputSize).map((offset, vector) => [
          picture * pictureBytes(inputChannels, inputSize) + offset,
          picture * plan.pictureTiles * inputChannels * FLOAT_BYTES + vector * vectors.bytes,
        ]),
      ),
    ),
    gradients: new TaskTable(
      range(count).flatMap((picture) =>
        vectorOffsets(vectors, outputChannels, block, outputSize).map((offset, vector) => [
          picture * pictureBytes(outputChannels, outputSize) + offset,
          Math.floor(vector / PANEL_VECTORS) * panelBytes +
            picture * plan.pictureTiles * tileBytesOfPanel +
            (vector % PANEL_VECTORS) * vectors.bytes,
        ]),
      ),
    ),
    products: new TaskTable(
      range(PRODUCTS).flatMap((product) =>
        shifts.map((shift, piece) => [
          product * tilePlane + shift * inputChannels * FLOAT_BYTES,
          product * gradientPlane,
          (product * plan.pieces + piece) * matrixBytes,
          run ? count : count * plan.pictureTiles,
        ]),
      ),
    ),
  });
  const tables = new Map([...new Set(chunks.map(({ count }) => count))].map((count) => [count, tablesOf(count)]));
  const parameters = new Parameters();
  const [tileBytes, gradientBytes, sumBytes] = [tilePlane, gradientPlane, plan.pieces * matrixBytes].map((bytes) =>
    roundUp(bytes * PRODUCTS, 64),
  ) as [number, number, number];
  return {
    inputs: 2,
    outputShapes: [[...kernel, inputChannels, outputChannels]],
    run(launcher: Launcher, [pictures, gradients]: readonly Pointer[], [filterGradient]: readonly Pointer[]) {
      const tiles = launcher.scratch(tileBytes + gradientBytes + sumBytes);
      const gradientTiles = tiles + BigInt(tileBytes);
      const sums = gradientTiles + BigInt(gradientBytes);
      for (const { first, count } of chunks) {
        const table = tables.get(count)!;
        const source = pictures! + BigInt(first * pictureBytes(inputChannels, inputSize));
        const gradient = gradients! + BigInt(first * pictureBytes(outputChannels, outputSize));
        launcher.launch(transformPictures, parameters.set(table.pictures, source, tiles), table.pictures.length);
        launcher.launch(
          transformGradients,
          parameters.set(table.gradients, gradient, gradientTiles),
          table.gradients.length,
        );
        launcher.launch(
          first === 0 ? multiply : multiplyMore,
          parameters.set(table.products, tiles, gradientTiles, sums),
          table.products.length,
        );
      }
      launcher.launch(transformSums, parameters.set(sumTasks, sums, filterGradient!), sumTasks.length);
    },
    release: () => code.release(),
  };
}

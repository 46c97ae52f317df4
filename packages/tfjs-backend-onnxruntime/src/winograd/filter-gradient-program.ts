/**
 * The gradient of the filters by Winograd's tiles as a native program: Gᵀ [Σ (Bᵀ d B) ⊙ (A dy Aᵀ)] G, summed over tiles
 * before the last transform. Sums are taken in the order of the batch, whatever the count of threads is.
 */
import { type ConvolutionShape, countElements } from '../base/convolution-shape.js';
import type { CodeBlock, NativeProgram } from '../native/native-operators.js';
import { Parameters, TaskTable } from '../native/task-table.js';
import {
  countPanels,
  createImageTasks,
  cutIntoChunks,
  forEachLength,
  imageBytes,
  range,
  roundUp,
  shiftsOf,
  spreadPlane,
  vectorOffsets,
} from './chunks.js';
import { bytesOfPanel, FLOAT_BYTES, PANEL_VECTORS } from './layout.js';
import { writeGradientProduct } from './products.js';
import { PRODUCTS } from './tile-matrices.js';
import { planTiles, type TilePlan } from './tile-plan.js';
import { writeFilterGradientTransform, writeGradientTransform, writeInputTransform } from './transforms.js';

const CACHE_LINE_BYTES = 64;

/** Returns the program. Inputs: blocked images, blocked gradients of the results. Output: [K, L, C, O]. */
export function createFilterGradient(code: CodeBlock, shape: ConvolutionShape, block: number): NativeProgram {
  const { vectors } = code;
  const { batch, inputSize, outputSize, inputChannels, outputChannels, kernel } = shape;
  const plan = planTiles(shape);
  const shifts = shiftsOf(plan);
  const panels = countPanels(vectors, outputChannels);
  const rowBytes = inputChannels * FLOAT_BYTES + panels * bytesOfPanel(vectors);
  const chunks = cutIntoChunks(batch, PRODUCTS * plan.inputTiles * rowBytes);
  const tiles = chunks[0]!.count * plan.inputTiles;
  const tilePlane = spreadPlane((tiles + shifts.at(-1)!) * inputChannels * FLOAT_BYTES);
  const panelBytes = tiles * bytesOfPanel(vectors);
  const gradientPlane = spreadPlane(panels * panelBytes);
  const matrixBytes = inputChannels * outputChannels * FLOAT_BYTES;
  const product = { inputs: inputChannels, outputs: outputChannels, panelBytes, run: findRun(plan) };
  const [transformInputs, transformGradients, multiply, multiplyMore, transformSums] = code.load([
    writeInputTransform(vectors, plan, block, inputChannels, tilePlane),
    writeGradientTransform(vectors, plan, block, gradientPlane),
    writeGradientProduct(vectors, { ...product, isContinued: false }),
    writeGradientProduct(vectors, { ...product, isContinued: true }),
    writeFilterGradientTransform(vectors, plan, inputChannels, outputChannels),
  ]);
  const rowsOfFilters = range(inputChannels).map((input) => input * outputChannels * FLOAT_BYTES);
  const sumTasks = new TaskTable(rowsOfFilters.map((offset) => [offset, offset]));
  const tables = forEachLength(chunks, (count) => ({
    images: createImageTasks(vectors, plan, inputChannels, block, count),
    gradients: new TaskTable(
      range(count).flatMap((image) =>
        vectorOffsets(vectors, outputChannels, block, outputSize).map((offset, vector) => [
          image * imageBytes(outputChannels, outputSize) + offset,
          Math.floor(vector / PANEL_VECTORS) * panelBytes +
            image * plan.inputTiles * bytesOfPanel(vectors) +
            (vector % PANEL_VECTORS) * vectors.bytes,
        ]),
      ),
    ),
    products: new TaskTable(
      range(PRODUCTS).flatMap((index) =>
        shifts.map((shift, piece) => [
          index * tilePlane + shift * inputChannels * FLOAT_BYTES,
          index * gradientPlane,
          (index * plan.pieces + piece) * matrixBytes,
          product.run ? count : count * plan.inputTiles,
        ]),
      ),
    ),
  }));
  const sizes = countElements(shape);
  const parameters = new Parameters();
  const [tileBytes, gradientBytes, sumBytes] = [tilePlane, gradientPlane, plan.pieces * matrixBytes].map((bytes) =>
    roundUp(bytes * PRODUCTS, CACHE_LINE_BYTES),
  ) as [number, number, number];
  return {
    inputSizes: [sizes.input, sizes.output],
    outputShapes: [[...kernel, inputChannels, outputChannels]],
    run(launcher, [images, gradients], [filterGradient]) {
      const inputTiles = launcher.scratch(tileBytes + gradientBytes + sumBytes);
      const gradientTiles = inputTiles + BigInt(tileBytes);
      const sums = gradientTiles + BigInt(gradientBytes);
      for (const { first, count } of chunks) {
        const table = tables.get(count)!;
        const source = images! + BigInt(first * imageBytes(inputChannels, inputSize));
        const gradient = gradients! + BigInt(first * imageBytes(outputChannels, outputSize));
        launcher.launch(transformInputs!, parameters.set(table.images, source, inputTiles), table.images.length);
        launcher.launch(
          transformGradients!,
          parameters.set(table.gradients, gradient, gradientTiles),
          table.gradients.length,
        );
        launcher.launch(
          (first === 0 ? multiply : multiplyMore)!,
          parameters.set(table.products, inputTiles, gradientTiles, sums),
          table.products.length,
        );
      }
      launcher.launch(transformSums!, parameters.set(sumTasks, sums, filterGradient!), sumTasks.length);
    },
    release: () => code.release(),
  };
}

/**
 * Returns the tiles of an image that are summed in one go, and the tiles from image to image; null where all images
 * are one run. A run ends before pieces would read beyond the image's tiles.
 */
function findRun({ pieces, rows, columns, inputTiles }: TilePlan) {
  if (pieces === 1) return null;
  return { tiles: rows.resultTiles * columns.inputTiles - (columns.pieces - 1), distance: inputTiles };
}

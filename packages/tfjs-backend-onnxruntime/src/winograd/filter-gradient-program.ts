/**
 * The gradient of the filters by Winograd's tiles as a native program: Gᵀ [Σ (Bᵀ d B) ⊙ (A dy Aᵀ)] G, summed over tiles
 * before the last transform. Sums are taken in the order of the batch, whatever the count of threads is.
 */
import type { ConvolutionShape } from '../lowering/convolution-nodes.js';
import type { CodeBlock, NativeProgram } from '../native/native-operators.js';
import { Parameters, TaskTable } from '../native/task-table.js';
import {
  countPanels,
  createPictureTasks,
  cutIntoChunks,
  forEachLength,
  pictureBytes,
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
import { writeFilterGradientTransform, writeGradientTransform, writePictureTransform } from './transforms.js';

const CACHE_LINE_BYTES = 64;

/** Returns the program. Inputs: blocked pictures, blocked gradients of the results. Output: [K, L, C, O]. */
export function createFilterGradient(code: CodeBlock, shape: ConvolutionShape, block: number): NativeProgram {
  const { vectors } = code;
  const { batch, inputSize, outputSize, inputChannels, outputChannels, kernel } = shape;
  const plan = planTiles(shape);
  const shifts = shiftsOf(plan);
  const panels = countPanels(vectors, outputChannels);
  const rowBytes = inputChannels * FLOAT_BYTES + panels * bytesOfPanel(vectors);
  const chunks = cutIntoChunks(batch, PRODUCTS * plan.pictureTiles * rowBytes);
  const tiles = chunks[0]!.count * plan.pictureTiles;
  const tilePlane = spreadPlane((tiles + shifts.at(-1)!) * inputChannels * FLOAT_BYTES);
  const panelBytes = tiles * bytesOfPanel(vectors);
  const gradientPlane = spreadPlane(panels * panelBytes);
  const matrixBytes = inputChannels * outputChannels * FLOAT_BYTES;
  const product = { inputs: inputChannels, outputs: outputChannels, panelBytes, run: findRun(plan) };
  const [transformPictures, transformGradients, multiply, multiplyMore, transformSums] = code.load([
    writePictureTransform(vectors, plan, block, inputChannels, tilePlane),
    writeGradientTransform(vectors, plan, block, gradientPlane),
    writeGradientProduct(vectors, { ...product, isContinued: false }),
    writeGradientProduct(vectors, { ...product, isContinued: true }),
    writeFilterGradientTransform(vectors, plan, inputChannels, outputChannels),
  ]);
  const rowsOfFilters = range(inputChannels).map((input) => input * outputChannels * FLOAT_BYTES);
  const sumTasks = new TaskTable(rowsOfFilters.map((offset) => [offset, offset]));
  const tables = forEachLength(chunks, (count) => ({
    pictures: createPictureTasks(vectors, plan, inputChannels, block, count),
    gradients: new TaskTable(
      range(count).flatMap((picture) =>
        vectorOffsets(vectors, outputChannels, block, outputSize).map((offset, vector) => [
          picture * pictureBytes(outputChannels, outputSize) + offset,
          Math.floor(vector / PANEL_VECTORS) * panelBytes +
            picture * plan.pictureTiles * bytesOfPanel(vectors) +
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
          product.run ? count : count * plan.pictureTiles,
        ]),
      ),
    ),
  }));
  const parameters = new Parameters();
  const [tileBytes, gradientBytes, sumBytes] = [tilePlane, gradientPlane, plan.pieces * matrixBytes].map((bytes) =>
    roundUp(bytes * PRODUCTS, CACHE_LINE_BYTES),
  ) as [number, number, number];
  return {
    inputs: 2,
    outputShapes: [[...kernel, inputChannels, outputChannels]],
    run(launcher, [pictures, gradients], [filterGradient]) {
      const pictureTiles = launcher.scratch(tileBytes + gradientBytes + sumBytes);
      const gradientTiles = pictureTiles + BigInt(tileBytes);
      const sums = gradientTiles + BigInt(gradientBytes);
      for (const { first, count } of chunks) {
        const table = tables.get(count)!;
        const source = pictures! + BigInt(first * pictureBytes(inputChannels, inputSize));
        const gradient = gradients! + BigInt(first * pictureBytes(outputChannels, outputSize));
        launcher.launch(
          transformPictures!,
          parameters.set(table.pictures, source, pictureTiles),
          table.pictures.length,
        );
        launcher.launch(
          transformGradients!,
          parameters.set(table.gradients, gradient, gradientTiles),
          table.gradients.length,
        );
        launcher.launch(
          (first === 0 ? multiply : multiplyMore)!,
          parameters.set(table.products, pictureTiles, gradientTiles, sums),
          table.products.length,
        );
      }
      launcher.launch(transformSums!, parameters.set(sumTasks, sums, filterGradient!), sumTasks.length);
    },
    release: () => code.release(),
  };
}

/**
 * Returns the tiles of a picture that are summed in one go, and the tiles from picture to picture; null where all pictures
 * are one run. A run ends before pieces would read beyond the picture's tiles.
 */
function findRun({ pieces, rows, columns, pictureTiles }: TilePlan) {
  if (pieces === 1) return null;
  return { tiles: rows.resultTiles * columns.pictureTiles - (columns.pieces - 1), distance: pictureTiles };
}

/**
 * The gradient of the filters by Winograd's tiles as a native program: Gᵀ [Σ (Bᵀ d B) ⊙ (A dy Aᵀ)] G, summed over tiles
 * before the last transform. Groups of images are summed apart, each in the order of the batch, and then added: the count of
 * threads changes nothing.
 */
import { type ConvolutionShape, countElements } from '../base/convolution-shape.js';
import { writePartSums } from '../native/add-part-sums.js';
import type { CodeBlock, NativeProgram } from '../native/native-operators.js';
import { PartSchedule } from '../native/part-schedule.js';
import { Parameters, TaskTable } from '../native/task-table.js';
import {
  type Chunk,
  countPanels,
  createImageTasks,
  createTasksByLength,
  cutIntoChunks,
  forEachImage,
  imageBytes,
  range,
  roundUp,
  runOfImages,
  shiftsOf,
  spreadPlane,
  vectorOffsets,
} from './chunks.js';
import { bytesOfPanel, CACHE_LINE_BYTES, FLOAT_BYTES, PANEL_VECTORS } from './layout.js';
import { writeGradientProduct } from './products.js';
import { PRODUCTS } from './tile-matrices.js';
import { planTiles, type TilePlan } from './tile-plan.js';
import { writeFilterGradientTransform, writeGradientTransform, writeInputTransform } from './transforms.js';

/** Groups of chunks that are summed apart, whatever the count of threads is, and the memory that their sums may take. */
const MAX_GROUPS = 8;
const MAX_SUM_BYTES = 20 * 2 ** 20;

/** Returns the program. Inputs: blocked images, blocked gradients of the results. Output: [K, L, C, O]. */
export function createFilterGradient(code: CodeBlock, shape: ConvolutionShape, block: number): NativeProgram {
  const { vectors } = code;
  const { batch, outputSize, inputChannels, outputChannels, kernel } = shape;
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
  const sumBytes = roundUp(PRODUCTS * plan.pieces * matrixBytes, CACHE_LINE_BYTES);
  const groups = groupChunks(chunks, sumBytes);
  const product = { inputs: inputChannels, outputs: outputChannels, panelBytes, run: findRun(plan) };
  const [transformInputs, transformGradients, multiply, multiplyMore, addSums, transformSums] = code.load([
    writeInputTransform(vectors, plan, block, inputChannels, tilePlane),
    writeGradientTransform(vectors, plan, block, gradientPlane),
    writeGradientProduct(vectors, { ...product, isContinued: false }),
    writeGradientProduct(vectors, { ...product, isContinued: true }),
    writePartSums(vectors, {
      taps: inputChannels,
      channels: outputChannels,
      parts: groups.length,
      partBytes: sumBytes,
      vectorsPerTap: outputChannels / vectors.floats,
      count: outputChannels / vectors.floats,
    }),
    writeFilterGradientTransform(vectors, plan, inputChannels, outputChannels),
  ]);
  const imageTasks = createImageTasks(vectors, plan, inputChannels, block, chunks);
  const gradientTasks = new TaskTable(
    forEachImage(chunks, (image, inChunk) =>
      vectorOffsets(vectors, outputChannels, block, outputSize).map((offset, vector) => [
        image * imageBytes(outputChannels, outputSize) + offset,
        Math.floor(vector / PANEL_VECTORS) * panelBytes +
          inChunk * plan.inputTiles * bytesOfPanel(vectors) +
          (vector % PANEL_VECTORS) * vectors.bytes,
      ]),
    ),
  );
  const products = createTasksByLength(chunks, (count) =>
    range(PRODUCTS).flatMap((index) =>
      shifts.map((shift, piece) => [
        index * tilePlane + shift * inputChannels * FLOAT_BYTES,
        index * gradientPlane,
        (index * plan.pieces + piece) * matrixBytes,
        product.run ? count : count * plan.inputTiles,
      ]),
    ),
  );
  // Two stages of products for each group, whose sums lie apart: the first chunk's, and those that go on with the sum.
  const schedule = new PartSchedule(
    [
      { code: transformInputs!, tasks: imageTasks },
      { code: transformGradients!, tasks: gradientTasks },
      ...groups.flatMap(() => [
        { code: multiply!, tasks: products.tasks },
        { code: multiplyMore!, tasks: products.tasks },
      ]),
    ],
    groups.map((group, index) =>
      group.flatMap((chunk, place) => [
        runOfImages(0, chunk, inputChannels / vectors.floats),
        runOfImages(1, chunk, outputChannels / vectors.floats),
        products.runOf(2 + 2 * index + (place === 0 ? 0 : 1), chunk),
      ]),
    ),
  );
  const addTasks = new TaskTable(
    range(PRODUCTS * plan.pieces).map((matrix) => [matrix * matrixBytes, matrix * matrixBytes]),
  );
  const sumTasks = new TaskTable(
    range(inputChannels).map((input) => [input * outputChannels * FLOAT_BYTES, input * outputChannels * FLOAT_BYTES]),
  );
  const sizes = countElements(shape);
  const parameters = new Parameters();
  const [tileBytes, gradientBytes] = [tilePlane, gradientPlane].map((bytes) =>
    roundUp(bytes * PRODUCTS, CACHE_LINE_BYTES),
  ) as [number, number];
  const laneBytes = tileBytes + gradientBytes;
  return {
    inputSizes: [sizes.input, sizes.output],
    outputShapes: [[...kernel, inputChannels, outputChannels]],
    run(launcher, [images, gradients], [filterGradient]) {
      const sums = launcher.scratch(groups.length * sumBytes + launcher.countLanes(schedule) * laneBytes);
      launcher.launchParts(schedule, (lane) => {
        const inputTiles = sums + BigInt(groups.length * sumBytes + lane * laneBytes);
        const gradientTiles = inputTiles + BigInt(tileBytes);
        const ofGroups = groups.flatMap((_, group) => {
          const addresses = [inputTiles, gradientTiles, sums + BigInt(group * sumBytes)];
          return [addresses, addresses];
        });
        return [[images!, inputTiles], [gradients!, gradientTiles], ...ofGroups];
      });
      if (groups.length > 1) launcher.launch(addSums!, parameters.set(addTasks, sums, sums), addTasks.length);
      launcher.launch(transformSums!, parameters.set(sumTasks, sums, filterGradient!), sumTasks.length);
    },
    release: () => code.release(),
  };
}

/** Returns groups of chunks that follow each other, as equal as possible. */
function groupChunks(chunks: readonly Chunk[], sumBytes: number): Chunk[][] {
  const most = Math.max(1, Math.min(MAX_GROUPS, chunks.length, Math.floor(MAX_SUM_BYTES / sumBytes)));
  return range(most).map((group) =>
    chunks.slice(Math.round((group * chunks.length) / most), Math.round(((group + 1) * chunks.length) / most)),
  );
}

/**
 * Returns the tiles of an image that are summed in one go, and the tiles from image to image; null where all images
 * are one run. A run ends before pieces would read beyond the image's tiles.
 */
function findRun({ pieces, rows, columns, inputTiles }: TilePlan) {
  if (pieces === 1) return null;
  return { tiles: rows.resultTiles * columns.inputTiles - (columns.pieces - 1), distance: inputTiles };
}

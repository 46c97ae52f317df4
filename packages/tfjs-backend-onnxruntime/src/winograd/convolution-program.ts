/**
 * A convolution by Winograd's tiles as a native program: Aᵀ [(G g Gᵀ) ⊙ (Bᵀ d B)] A, summed over channels before the last
 * transform. With flipped filters and swapped channels it is the gradient of the images.
 * Each number of a result is computed by one thread in a fixed order: the count of threads does not change it.
 */
import { type ConvolutionShape, countElements } from '../base/convolution-shape.js';
import type { CodeBlock, NativeProgram } from '../native/native-operators.js';
import { PartSchedule } from '../native/part-schedule.js';
import { Parameters, TaskTable } from '../native/task-table.js';
import {
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
import { bytesOfPanel, CACHE_LINE_BYTES, FLOAT_BYTES } from './layout.js';
import { countKernelRows, writeTileProduct } from './products.js';
import { PRODUCTS } from './tile-matrices.js';
import { planTiles, type TilePlan } from './tile-plan.js';
import { writeFilterTransform, writeInputTransform, writeResultTransform } from './transforms.js';
import { bytesOfMarks, writeZeroFields } from './zero-fields.js';

/** Groups of tiles in a task: enough to use a panel of filters often, few enough to share tasks among threads. */
const GROUPS_PER_TASK = 16;

export interface ConvolutionOptions {
  readonly isFlipped: boolean;
  readonly hasBias: boolean;
  readonly withRelu: boolean;
}

/**
 * Returns the program. Inputs: blocked images, filters [K, L, C, O] (those to be flipped, for the gradient of the
 * images), a bias. Output: blocked results.
 */
export function createConvolution(
  code: CodeBlock,
  shape: ConvolutionShape,
  block: number,
  options: ConvolutionOptions,
): NativeProgram {
  const { vectors } = code;
  const { batch, inputSize, outputSize, inputChannels, outputChannels } = shape;
  const { isFlipped, hasBias, withRelu } = options;
  const plan = planTiles(shape);
  const shifts = shiftsOf(plan);
  const chunks = cutIntoChunks(batch, countBytes(shape, plan, countKernelRows(vectors)));
  const layout = layOut(code, shape, plan, shifts, chunks[0]!.count);
  const { tilePlane, filterPlane, productPlane } = layout;
  const channels = { inputs: inputChannels, outputs: outputChannels };
  const [transformFilters, transformInputs, multiply, transformResults, writeZeros] = code.load([
    writeFilterTransform(vectors, plan, { ...channels, planeBytes: filterPlane, isFlipped }),
    writeInputTransform(vectors, plan, block, inputChannels, tilePlane),
    writeTileProduct(vectors, { ...channels, shifts }),
    writeResultTransform(vectors, plan, block, outputChannels, { planeBytes: productPlane, hasBias, withRelu }),
    writeZeroFields(vectors, shape, { block, hasBias, withRelu }),
  ]);
  const filterTasks = new TaskTable(
    range(inputChannels).map((input) => [input * outputChannels * FLOAT_BYTES, input * bytesOfPanel(vectors)]),
  );
  const products = createTasksByLength(chunks, (count) => createProductTasks(layout, plan, channels, count));
  const marksOfImage = bytesOfMarks(vectors, shape);
  const resultTasks = new TaskTable(
    forEachImage(chunks, (image, inChunk) =>
      vectorOffsets(vectors, outputChannels, block, outputSize).map((offset, vector) => [
        inChunk * layout.rowDistance * outputChannels * FLOAT_BYTES + vector * vectors.bytes,
        image * imageBytes(outputChannels, outputSize) + offset,
        vector * vectors.bytes,
      ]),
    ),
  );
  const zeroTasks = new TaskTable(
    forEachImage(chunks, (image, inChunk) => [
      [
        image * imageBytes(inputChannels, inputSize),
        image * imageBytes(outputChannels, outputSize),
        inChunk * marksOfImage,
      ],
    ]),
  );
  const schedule = new PartSchedule(
    [
      { code: transformInputs!, tasks: createImageTasks(vectors, plan, inputChannels, block, chunks) },
      { code: multiply!, tasks: products.tasks },
      { code: transformResults!, tasks: resultTasks },
      { code: writeZeros!, tasks: zeroTasks },
    ],
    chunks.map((chunk) => [
      runOfImages(0, chunk, inputChannels / vectors.floats),
      products.runOf(1, chunk),
      runOfImages(2, chunk, outputChannels / vectors.floats),
      runOfImages(3, chunk, 1),
    ]),
  );
  const sizes = countElements(shape);
  const parameters = new Parameters();
  const [filterBytes, tileBytes, productBytes] = [filterPlane, tilePlane, productPlane].map(
    (bytes) => bytes * PRODUCTS,
  ) as [number, number, number];
  const markBytes = roundUp(chunks[0]!.count * marksOfImage, CACHE_LINE_BYTES);
  const laneBytes = Math.max(tileBytes + productBytes, markBytes);
  return {
    inputSizes: [sizes.input, sizes.filter, ...(hasBias ? [outputChannels] : [])],
    outputShapes: [[batch, outputChannels, ...outputSize]],
    run(launcher, [images, filter, ...bias], [results]) {
      const filters = launcher.scratch(filterBytes + launcher.countLanes(schedule) * laneBytes);
      launcher.launch(transformFilters!, parameters.set(filterTasks, filter!, filters), filterTasks.length);
      launcher.launchParts(schedule, (lane) => {
        const tiles = filters + BigInt(filterBytes + lane * laneBytes);
        const products = tiles + BigInt(tileBytes);
        return [
          [images!, tiles],
          [tiles, filters, products],
          [products, results!, ...bias],
          // The tiles are not needed any more: the marks take their place.
          [images!, results!, tiles, ...bias],
        ];
      });
    },
    release: () => code.release(),
  };
}

/** Sizes of what lies between the transforms: bytes from one of the 36 products to the next, and rows of results. */
interface Layout {
  readonly kernelRows: number;
  readonly tilePlane: number;
  readonly filterPlane: number;
  readonly productPlane: number;
  /** Rows of products that an image needs, and the rows from image to image. */
  readonly rowsOfImage: number;
  readonly rowDistance: number;
}

/**
 * Products lie in the order of the image's tiles. Where filters are cut into pieces, there are more of these than of the
 * results: those that no result needs are computed as well, and each image begins with a kernel of its own.
 */
function countRows(plan: TilePlan, kernelRows: number): Pick<Layout, 'rowsOfImage' | 'rowDistance'> {
  if (plan.pieces === 1) return { rowsOfImage: plan.resultTiles, rowDistance: plan.resultTiles };
  const rowsOfImage = plan.rows.resultTiles * plan.columns.inputTiles;
  return { rowsOfImage, rowDistance: roundUp(rowsOfImage, kernelRows) };
}

/** Returns the bytes of an image's tiles and products. */
function countBytes({ inputChannels, outputChannels }: ConvolutionShape, plan: TilePlan, kernelRows: number): number {
  const { rowDistance } = countRows(plan, kernelRows);
  return PRODUCTS * FLOAT_BYTES * (plan.inputTiles * inputChannels + rowDistance * outputChannels);
}

function layOut(
  { vectors }: CodeBlock,
  { inputChannels, outputChannels }: ConvolutionShape,
  plan: TilePlan,
  shifts: readonly number[],
  images: number,
): Layout {
  const kernelRows = countKernelRows(vectors);
  const { rowsOfImage, rowDistance } = countRows(plan, kernelRows);
  // The last kernel reads whole groups of rows, shifted by pieces.
  const tileRows = roundUp(images * plan.inputTiles, kernelRows) + shifts.at(-1)! + kernelRows;
  return {
    kernelRows,
    tilePlane: spreadPlane(tileRows * inputChannels * FLOAT_BYTES),
    filterPlane: spreadPlane(
      countPanels(vectors, outputChannels) * plan.pieces * inputChannels * bytesOfPanel(vectors),
    ),
    productPlane: spreadPlane(roundUp(images * rowDistance, kernelRows) * outputChannels * FLOAT_BYTES),
    rowsOfImage,
    rowDistance,
  };
}

/** Returns the tasks of the products: offsets in tiles, filters and products, and the groups of rows. */
function createProductTasks(
  { kernelRows, tilePlane, filterPlane, productPlane, rowsOfImage, rowDistance }: Layout,
  plan: TilePlan,
  { inputs, outputs }: { readonly inputs: number; readonly outputs: number },
  count: number,
): number[][] {
  // Filters of one piece need no tiles but their own: the rows of all images are one run.
  const runs = plan.pieces === 1 ? 1 : count;
  const groups = Math.ceil((plan.pieces === 1 ? count * rowsOfImage : rowsOfImage) / kernelRows);
  return range(PRODUCTS).flatMap((product) =>
    range(runs).flatMap((image) =>
      range(Math.ceil(groups / GROUPS_PER_TASK)).map((task) => {
        const row = task * GROUPS_PER_TASK * kernelRows;
        return [
          product * tilePlane + (image * plan.inputTiles + row) * inputs * FLOAT_BYTES,
          product * filterPlane,
          product * productPlane + (image * rowDistance + row) * outputs * FLOAT_BYTES,
          Math.min(GROUPS_PER_TASK, groups - task * GROUPS_PER_TASK),
        ];
      }),
    ),
  );
}

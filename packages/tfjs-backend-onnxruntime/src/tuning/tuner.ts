/**
 * Chooses among algorithms of convolutions by measurement: once for each shape of an image, then kept in files. Another
 * algorithm rounds otherwise, so what was chosen once holds for as long as the first file does.
 */

import type { ConvolutionShape } from '../base/convolution-shape.js';
import {
  ALGORITHM_NAMES,
  type AlgorithmChooser,
  type AlgorithmName,
  type ConvolutionRole,
} from '../lowering/algorithm-names.js';
import type { NativeOperators } from '../native/native-operators.js';
import type { Runtime } from '../runtime/runtime.js';
import { measureAlgorithms } from './measure-algorithms.js';
import { findChoice, keepChoice } from './tuning-files.js';

/**
 * Work for one image, in multiplications and additions, from which on a measurement pays: a batch of a hundred takes
 * some milliseconds. What is chosen does not depend on the batch: training and evaluation share their choices, and all are
 * made in a training's first step.
 */
const MIN_OPERATIONS = 2e6;
/** Work of one run of a measurement, as far as the count of images decides. */
const MEASURED_OPERATIONS = 3e8;
/** Work of one run above which a measurement would cost more than it can find: the rules decide. */
const MAX_MEASURED_OPERATIONS = 2e10;
/** Part of the time of the rules' algorithm that another one may take at most: noise must not decide. */
const CLEARLY_FASTER = 0.95;

/** Counts measurements and their time. */
export interface MeasurementCounters {
  measurements: number;
  measureMs: number;
}

export interface TunerOptions {
  readonly block: number;
  /** Returns the generated kernels; null where there are none. */
  native(): NativeOperators | null;
  /** Files that keep choices, one at least. */
  readonly files: readonly string[];
}

export class Tuner implements AlgorithmChooser {
  readonly #runtime: Runtime;
  readonly #counters: MeasurementCounters;
  readonly #options: TunerOptions;
  readonly #surroundings: string;
  readonly #known = new Map<string, AlgorithmName>();
  /** Whether choices can be kept; one that cannot would be another one next time. */
  #isKeeping = true;

  constructor(runtime: Runtime, counters: MeasurementCounters, options: TunerOptions) {
    this.#runtime = runtime;
    this.#counters = counters;
    this.#options = options;
    const { block } = options;
    const native = options.native();
    this.#surroundings = `threads ${runtime.threads}, block ${block}, ${native?.vectors.name ?? 'none'}, ${runtime.version}`;
  }

  choose(
    role: ConvolutionRole,
    shape: ConvolutionShape,
    candidates: readonly AlgorithmName[],
    byRules: AlgorithmName,
  ): AlgorithmName {
    const measured = chooseBatch(role, shape, this.#options.block);
    if (measured === null) return byRules;
    const key = `${role} ${describeShape(shape)}, ${this.#surroundings}`;
    let choice = this.#known.get(key);
    if (choice === undefined) {
      choice = this.#findOrMeasure(key, () => this.#measure(role, measured, candidates, byRules)) ?? byRules;
      this.#known.set(key, choice);
    }
    // A batch of a few images has fewer algorithms.
    return candidates.includes(choice) ? choice : byRules;
  }

  #findOrMeasure(key: string, measure: () => AlgorithmName): AlgorithmName | undefined {
    const { files } = this.#options;
    const known = findChoice(files, key, ALGORITHM_NAMES);
    if (known !== undefined || !this.#isKeeping) return known;
    const kept = keepChoice(files, key, measure(), ALGORITHM_NAMES);
    if (kept === undefined) this.#isKeeping = false;
    return kept;
  }

  #measure(
    role: ConvolutionRole,
    shape: ConvolutionShape,
    candidates: readonly AlgorithmName[],
    byRules: AlgorithmName,
  ): AlgorithmName {
    const start = performance.now();
    const times = measureAlgorithms(
      this.#runtime,
      { block: this.#options.block, native: this.#options.native() },
      role,
      shape,
      candidates,
    );
    this.#counters.measurements++;
    this.#counters.measureMs += performance.now() - start;
    const fastest = times.indexOf(Math.min(...times));
    const isClear = times[fastest]! < CLEARLY_FASTER * times[candidates.indexOf(byRules)]!;
    return isClear ? candidates[fastest]! : byRules;
  }
}

/** Returns the shape with as many activations as are measured; null where a measurement does not pay. */
function chooseBatch(role: ConvolutionRole, shape: ConvolutionShape, block: number): ConvolutionShape | null {
  const { outputSize, inputChannels, outputChannels, kernel } = shape;
  const operations = 2 * outputSize[0] * outputSize[1] * kernel[0] * kernel[1] * inputChannels * outputChannels;
  if (operations < MIN_OPERATIONS) return null;
  // Filters' gradients have the images in place of channels.
  const least = role === 'filterGradient' ? block : 1;
  const batch = Math.max(least, Math.floor(MEASURED_OPERATIONS / operations));
  return batch * operations > MAX_MEASURED_OPERATIONS ? null : { ...shape, batch };
}

/** Returns a text that is equal for equal shapes, whatever their batch. */
function describeShape(shape: ConvolutionShape): string {
  const { inputSize, outputSize, inputChannels, outputChannels, kernel, strides, dilations, padding } = shape;
  const pair = (numbers: readonly number[]) => numbers.join('x');
  return (
    `${pair(inputSize)}x${inputChannels} to ${pair(outputSize)}x${outputChannels} by ${pair(kernel)}, ` +
    `strides ${pair(strides)}, dilations ${pair(dilations)}, padding ${pair(padding)}`
  );
}

/**
 * Chooses among forms of convolutions by measurement: once for each shape of a picture, then kept in files. Another form rounds
 * otherwise, so what was chosen once holds for as long as the first file does.
 */
import type { ConvolutionShape } from '../lowering/convolution-nodes.js';
import { findChoice, keepChoice } from './tuning-files.js';
import type { FormChooser } from '../lowering/context.js';
import { type ConvolutionRole, FORM_NAMES, type FormName } from '../lowering/convolution-algorithms.js';
import { measureForms } from './measure-algorithms.js';
import type { Runtime } from '../runtime/runtime.js';

/**
 * Work for one picture, in multiplications and additions, from which on a measurement pays: a batch of a hundred takes
 * some milliseconds. What is chosen does not depend on the batch: training and evaluation share their choices, and all are
 * made in a training's first step.
 */
const MIN_OPERATIONS = 2e6;
/** Work of one run of a measurement, as far as the count of pictures decides. */
const MEASURED_OPERATIONS = 3e8;
/** Work of one run above which a measurement would cost more than it can find: the rules decide. */
const MAX_MEASURED_OPERATIONS = 2e10;
/** Part of the time of the rules' form that another one may take at most: noise must not decide. */
const CLEARLY_FASTER = 0.95;

/** Counts measurements and their time. */
export interface MeasurementCounters {
  measurements: number;
  measureMs: number;
}

export interface FormChoiceOptions {
  readonly block: number;
  /** Instructions of the generated kernels. */
  readonly nativeKernels: string;
  /** Files that keep choices, one at least. */
  readonly files: readonly string[];
}

export class MeasuredForms implements FormChooser {
  readonly #runtime: Runtime;
  readonly #counters: MeasurementCounters;
  readonly #options: FormChoiceOptions;
  readonly #surroundings: string;
  readonly #known = new Map<string, FormName>();
  /** Whether choices can be kept; one that cannot would be another one next time. */
  #isKeeping = true;

  constructor(runtime: Runtime, counters: MeasurementCounters, options: FormChoiceOptions) {
    this.#runtime = runtime;
    this.#counters = counters;
    this.#options = options;
    const { block, nativeKernels } = options;
    this.#surroundings = `threads ${runtime.threads}, block ${block}, ${nativeKernels}, ${runtime.version}`;
  }

  choose(role: ConvolutionRole, shape: ConvolutionShape, candidates: readonly FormName[], byRules: FormName): FormName {
    const measured = chooseBatch(role, shape, this.#options.block);
    if (measured === null) return byRules;
    const key = `${role} ${describeShape(shape)}, ${this.#surroundings}`;
    let choice = this.#known.get(key);
    if (choice === undefined) {
      choice = this.#findOrMeasure(key, () => this.#measure(role, measured, candidates, byRules)) ?? byRules;
      this.#known.set(key, choice);
    }
    // A batch of a few pictures has fewer forms.
    return candidates.includes(choice) ? choice : byRules;
  }

  #findOrMeasure(key: string, measure: () => FormName): FormName | undefined {
    const { files } = this.#options;
    const known = findChoice(files, key, FORM_NAMES);
    if (known !== undefined || !this.#isKeeping) return known;
    const kept = keepChoice(files, key, measure(), FORM_NAMES);
    if (kept === undefined) this.#isKeeping = false;
    return kept;
  }

  #measure(
    role: ConvolutionRole,
    shape: ConvolutionShape,
    candidates: readonly FormName[],
    byRules: FormName,
  ): FormName {
    const start = performance.now();
    const times = measureForms(this.#runtime, this.#options.block, role, shape, candidates);
    this.#counters.measurements++;
    this.#counters.measureMs += performance.now() - start;
    const fastest = times.indexOf(Math.min(...times));
    const isClear = times[fastest]! < CLEARLY_FASTER * times[candidates.indexOf(byRules)]!;
    return isClear ? candidates[fastest]! : byRules;
  }
}

/** Returns the shape with as many pictures as are measured; null where a measurement does not pay. */
function chooseBatch(role: ConvolutionRole, shape: ConvolutionShape, block: number): ConvolutionShape | null {
  const { outputSize, inputChannels, outputChannels, kernel } = shape;
  const operations = 2 * outputSize[0] * outputSize[1] * kernel[0] * kernel[1] * inputChannels * outputChannels;
  if (operations < MIN_OPERATIONS) return null;
  // Filters' gradients have the pictures in place of channels.
  const least = role === 'filters' ? block : 1;
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

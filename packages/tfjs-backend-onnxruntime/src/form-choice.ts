/**
 * Chooses among forms of convolutions by measurement: once for each shape, then kept in files. Another form rounds
 * otherwise, so what was chosen once holds for as long as the first file does.
 */
import type { ConvolutionShape } from './convolution-forms.js';
import { findChoice, keepChoice } from './form-files.js';
import type { FormChooser } from './lowering/context.js';
import type { ConvolutionRole, FormName } from './lowering/convolution-choice.js';
import { measureForms } from './measure-forms.js';
import type { Runtime } from './runtime.js';

/** Work of a convolution, in multiplications and additions, from which on a measurement pays: some milliseconds a step. */
const MIN_OPERATIONS = 1e8;
/** Work of one run of a measurement, where the count of pictures can be lowered to that. */
const MEASURED_OPERATIONS = 3e8;
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
    if (countOperations(shape) < MIN_OPERATIONS) return byRules;
    const measured = lowerBatch(role, shape, this.#options.block);
    const key = `${role} ${describeShape(measured)}, ${this.#surroundings}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const choice = this.#findOrMeasure(key, role, measured, candidates, byRules) ?? byRules;
    this.#known.set(key, choice);
    return choice;
  }

  #findOrMeasure(
    key: string,
    role: ConvolutionRole,
    shape: ConvolutionShape,
    candidates: readonly FormName[],
    byRules: FormName,
  ): FormName | undefined {
    const { files } = this.#options;
    const known = findChoice(files, key, candidates);
    if (known !== undefined || !this.#isKeeping) return known;
    const fastest = this.#measure(role, shape, candidates, byRules);
    const kept = keepChoice(files, key, fastest, candidates);
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

function countOperations({ batch, outputSize, inputChannels, outputChannels, kernel }: ConvolutionShape): number {
  return 2 * batch * outputSize[0] * outputSize[1] * kernel[0] * kernel[1] * inputChannels * outputChannels;
}

/** Returns the shape with fewer pictures: shapes that differ in their batch only share a choice. */
function lowerBatch(role: ConvolutionRole, shape: ConvolutionShape, block: number): ConvolutionShape {
  // Filters' gradients have the pictures in place of channels.
  const least = role === 'filters' ? block : 1;
  const affordable = Math.floor(MEASURED_OPERATIONS / countOperations({ ...shape, batch: 1 }));
  return { ...shape, batch: Math.min(shape.batch, Math.max(least, affordable)) };
}

function describeShape(shape: ConvolutionShape): string {
  const { batch, inputSize, outputSize, inputChannels, outputChannels, kernel, strides, dilations, padding } = shape;
  const pair = (numbers: readonly number[]) => numbers.join('x');
  return (
    `${batch} of ${pair(inputSize)}x${inputChannels} to ${pair(outputSize)}x${outputChannels} by ${pair(kernel)}, ` +
    `strides ${pair(strides)}, dilations ${pair(dilations)}, padding ${pair(padding)}`
  );
}

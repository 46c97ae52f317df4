// What the rest of the program knows of the engine that computes under TensorFlow.js. One file per engine beside this
// one; `registry.ts` lists them, `start-engine.ts` chooses among them. test/engine holds one contract suite for all of them.
import type { Tensor } from '@tensorflow/tfjs';
import type { Environment } from '../base/environment.js';
import { OneshotError } from '../base/problem.js';
import type { Resources } from '../config/experiment.js';
import type { Feed, TensorFlow } from '../layers/layer.js';

/** The engines that can be asked for by name. */
export type EngineName = Exclude<Resources['engine'], 'auto'>;

/** What a step computes, within one `tf.tidy`. */
export type StepBody<Step> = (step: Step, feed: Feed<Step>) => Tensor[];

/** The numbers of one step, as tensors. */
export function feedOf<Step>(tf: TensorFlow, step: Step): Feed<Step> {
  return (read, shape, dtype = 'float32') => tf.tensor(read(step) as Float32Array, [...shape], dtype);
}

/** `traceStep` of engines that do every step anew. */
export function computeEachStep({ tf, flush }: Pick<Engine, 'tf' | 'flush'>): Engine['traceStep'] {
  return (body) => (step) => {
    const results = tf.tidy(() => body(step, feedOf(tf, step)));
    flush();
    return results;
  };
}

/**
 * A started engine. The contract that every engine keeps:
 * - gradients of every layer, head and loss agree with the plain `cpu` engine within 1e-4 of the largest element,
 *   on WebGPU, whose functions are less exact, within 3e-4;
 * - equal inputs give equal bytes, run to run and process to process, at a fixed version and number of threads;
 * - no tensor is left behind by `flush` or by reading;
 * - what goes wrong is thrown by `flush` or by reading; reading is done with `await tensor.data()`, since some engines
 *   have no other way.
 *
 * TensorFlow.js knows one active engine per process: starting another one makes that the active one.
 */
export interface Engine {
  readonly name: EngineName;
  /** TensorFlow.js with this engine active. */
  readonly tf: TensorFlow;
  readonly description: EngineDescription;
  /** Computes everything that was asked for and not read yet. To be called once per step or micro-batch. */
  flush(): void;
  /**
   * Returns a function that does what `body` does and computes it at once; results belong to the caller. An engine may call
   * `body` for the first steps alone and repeat what it asked for: numbers that differ from step to step enter by `feed`, and
   * nothing but variables may be changed.
   */
  traceStep<Step>(body: StepBody<Step>): (step: Step) => Tensor[];
  /** Bytes of the largest tensor that it can compute with; undefined where only memory sets a limit. */
  readonly largestTensorBytes?: number;
  /** What is held now. */
  memory(): EngineMemory;
  /** How much was compiled and run so far; all 0 where the engine does neither. */
  statistics(): EngineStatistics;
  /** Releases threads and compiled graphs; tensors of this engine must not be used any more. */
  dispose(): void;
}

/** What results depend on, besides the program itself: goes into the provenance and is compared on resume. */
export interface EngineDescription {
  readonly name: EngineName;
  /** Version of the library that computes. */
  readonly version: string;
  readonly tensorflowJsVersion: string;
  readonly threads: number;
  /** Settings of the engine that change results, by name: the channel block of convolutions. */
  readonly settings: Readonly<Record<string, string | number>>;
}

export interface EngineMemory {
  /** Tensors alive in TensorFlow.js. */
  readonly tensors: number;
  /** Bytes of the tensors alive. */
  readonly tensorBytes: number;
  /** Resident memory of the process in bytes. */
  readonly processBytes: number;
}

export interface EngineStatistics {
  readonly compiles: number;
  readonly compileMs: number;
  readonly runs: number;
  readonly runMs: number;
  /** Traced steps that were repeated without asking their body. */
  readonly replays: number;
}

export interface EngineOptions {
  /** Threads of the engine; results are bit-identical at a fixed number. The engine's own choice when left out. */
  readonly threads?: number;
  /**
   * File that fixes which algorithms of convolutions were chosen by measurement: what it knows is not measured again, what is
   * chosen is added to it. Without it the choices of this machine hold.
   */
  readonly tuningFile?: string;
}

/** One engine, before it is started. */
export interface EngineType {
  /** Whether it is what a plain run computes with, and so has to work everywhere. */
  readonly isDefault?: boolean;
  /** What to do where it does not start. */
  readonly remedy: string;
  /**
   * Rejects with a MissingEngineError where it has to be installed first, and with an error that says why where it does
   * not start.
   */
  start(options: EngineOptions): Promise<Engine>;
  /** Of engines that are installed on request: whether it is there. */
  isInstalled?(env: Environment): boolean;
  /**
   * Whether it computes on an NVIDIA GPU where there is one: then `auto` tries it first, and each trial is given a GPU of
   * its own.
   */
  mayUseGpu?(env: Environment): boolean;
  /**
   * Environment variables, besides those of `env`, that its process must have from its start, to start or to be at its
   * full speed.
   */
  environment?(env: Environment): Record<string, string>;
}

/** Thrown when an engine that is installed on request is not there. */
export class MissingEngineError extends OneshotError {
  constructor(name: EngineName) {
    super('engine', 'it is not installed', { hint: `\`oneshot engine install ${name}\` installs it` });
  }
}

/** Throws an Error when a package that adds a backend is not of this program's version of TensorFlow.js. */
export function requireSameVersion(tf: TensorFlow, folder: string, version: string): void {
  const wanted = tf.version.tfjs as string;
  if (version !== wanted) throw new Error(`${folder} is version ${version}, and has to be ${wanted}`);
}

/** What TensorFlow.js holds now, for the engines' `memory`. */
export function measureMemory(tf: TensorFlow): EngineMemory {
  const { numTensors, numBytes } = tf.memory();
  return { tensors: numTensors, tensorBytes: numBytes, processBytes: process.memoryUsage.rss() };
}

/*
 * What is written on a run: metrics, parameters, tags, data sets, outputs. Any number of entries in one call; they are
 * checked and split by batch.ts.
 */

import { type BatchEntry, composeBatchBody, type LogBatch, prepareBatch, splitBatch } from './batch.js';
import { checkOptionalString, checkString } from './check-fields.js';
import type { CallOptions } from './client-options.js';
import { invalidArgument, isMlflowError, type MlflowError } from './errors.js';
import { type Adjustment, countCodePoints, type EntryKind, formatParam, limits, sanitizeKey } from './limits.js';
import { linkOutputs, type ModelOutput } from './link-outputs.js';
import { firstNonFiniteTag, type NonFinitePolicy } from './non-finite.js';
import { object, readRun } from './read-entities.js';
import type { Transport } from './transport.js';
import type { DatasetInput } from './types.js';

export interface LogBatchOptions extends CallOptions {
  /** Overrides the client's policy. */
  readonly nonFinite?: NonFinitePolicy;
  /**
   * What happens when the server refuses a value: `throw` (default) or `isolate`, which halves the request until the
   * refused entries stand alone, stores all others and returns the refused ones.
   */
  readonly onRefused?: 'throw' | 'isolate';
}

/** An entry that the server refused. */
export interface RefusedEntry {
  readonly kind: EntryKind;
  readonly key: string;
  readonly error: MlflowError;
}

export interface LogBatchResult {
  readonly requests: number;
  /** Entries that the server took. */
  readonly entries: number;
  /** What was changed to fit. */
  readonly adjustments: readonly Adjustment[];
  /** Empty unless `onRefused` is `isolate`. */
  readonly refused: readonly RefusedEntry[];
}

/** Where and when the points of `metrics` belong. */
export interface MetricPosition extends CallOptions {
  readonly step: number;
  /** Default: now. */
  readonly timestamp?: number;
  /** The logged model that the points measure. */
  readonly modelId?: string;
  /** The data set that they were measured on, an input of the run. */
  readonly dataset?: Pick<DatasetInput, 'name' | 'digest'>;
}

export class RunLog {
  readonly #transport: Transport;
  readonly #nonFinite: NonFinitePolicy;
  /** Runs that are known to have the tag of their first non-finite point. */
  readonly #taggedRuns = new Set<string>();

  constructor(transport: Transport, nonFinite: NonFinitePolicy) {
    this.#transport = transport;
    this.#nonFinite = nonFinite;
  }

  /**
   * Stores the batch, in as many requests as MLflow's limits need, one after the other. Sending the same batch again
   * changes nothing: points are not doubled. Throws INVALID_ARGUMENT before anything is sent when a field has the wrong
   * type; on a later error a part may be stored, and the whole batch can be sent again.
   */
  async batch(runId: string, batch: LogBatch, options: LogBatchOptions = {}): Promise<LogBatchResult> {
    checkString('runId', runId);
    const { entries, adjustments } = prepareBatch(batch, options.nonFinite ?? this.#nonFinite);
    const kept = await this.#keepFirstNonFiniteTag(runId, entries, batch, options);
    const refused: RefusedEntry[] = [];
    let requests = 0;
    for (const request of splitBatch(kept)) requests += await this.#sendEntries(runId, request, options, refused);
    if (kept.some(isFirstNonFiniteTag)) this.#taggedRuns.add(runId);
    return { requests, entries: kept.length - refused.length, adjustments, refused };
  }

  /** One point. */
  async metric(runId: string, key: string, value: number, position: MetricPosition): Promise<LogBatchResult> {
    return await this.metrics(runId, { [key]: value }, position);
  }

  /** Several metrics at one step. */
  async metrics(
    runId: string,
    values: Readonly<Record<string, number>>,
    position: MetricPosition,
  ): Promise<LogBatchResult> {
    // Callers in JavaScript forget it: then `step` is what is reported.
    const { step, timestamp = Date.now(), modelId, dataset, signal } = position ?? {};
    const measured = { modelId, datasetName: dataset?.name, datasetDigest: dataset?.digest };
    const metrics = Object.entries(values).map(([key, value]) => ({ key, value, step, timestamp, ...measured }));
    return await this.batch(runId, { metrics }, { signal });
  }

  /** Parameters; numbers and booleans in one canonical text form. The same value again is fine, another is PARAM_CHANGED. */
  async params(
    runId: string,
    values: Readonly<Record<string, string | number | boolean>>,
    options: LogBatchOptions = {},
  ): Promise<LogBatchResult> {
    const params = Object.fromEntries(Object.entries(values).map(([key, value]) => [key, formatParam(value)]));
    return await this.batch(runId, { params }, options);
  }

  /** Sets tags; the last value counts. */
  async tags(
    runId: string,
    values: Readonly<Record<string, string>>,
    options: LogBatchOptions = {},
  ): Promise<LogBatchResult> {
    return await this.batch(runId, { tags: values }, options);
  }

  /** Removes a tag. Throws NOT_FOUND when the run has none of this name. */
  async deleteTag(runId: string, key: string, options: CallOptions = {}): Promise<void> {
    checkString('runId', runId);
    checkString('key', key);
    await this.#transport.call('POST', '2.0/mlflow/runs/delete-tag', {
      json: { run_id: runId, key: sanitizeKey(key) },
      signal: options.signal,
    });
  }

  /** Links data sets as inputs of the run. Throws INVALID_ARGUMENT for names and digests that are too long. */
  async inputs(runId: string, datasets: readonly DatasetInput[], options: CallOptions = {}): Promise<void> {
    checkString('runId', runId);
    datasets.forEach(checkDataset);
    const json = {
      run_id: runId,
      datasets: datasets.map(({ name, digest, sourceType, source, schema, profile, context }) => ({
        tags: context === undefined ? [] : [{ key: 'mlflow.data.context', value: context }],
        dataset: { name, digest, source_type: sourceType, source, schema, profile },
      })),
    };
    await repeatOnCollision(() =>
      this.#transport.call('POST', '2.0/mlflow/runs/log-inputs', { json, signal: options.signal }),
    );
  }

  /** Links logged models as outputs of the run, each at a training step. A link that exists already is kept. */
  async outputs(runId: string, models: readonly ModelOutput[], options: CallOptions = {}): Promise<void> {
    await linkOutputs(this.#transport, runId, models, options);
  }

  /** The number of requests sent. Refused entries are appended to `refused`. */
  async #sendEntries(
    runId: string,
    entries: readonly BatchEntry[],
    options: LogBatchOptions,
    refused: RefusedEntry[],
  ): Promise<number> {
    try {
      const jsonText = composeBatchBody(runId, entries);
      await repeatOnCollision(() =>
        this.#transport.call('POST', '2.0/mlflow/runs/log-batch', { jsonText, signal: options.signal }),
      );
      return 1;
    } catch (error) {
      const isRefusal = isMlflowError(error, 'INVALID_VALUE', 'PARAM_CHANGED', 'TOO_LARGE');
      if (options.onRefused !== 'isolate' || !isRefusal) throw error;
      const [first] = entries;
      if (entries.length === 1 && first !== undefined) {
        refused.push({ kind: first.kind, key: first.key, error });
        return 1;
      }
      const middle = Math.ceil(entries.length / 2);
      const firstHalf = await this.#sendEntries(runId, entries.slice(0, middle), options, refused);
      const secondHalf = await this.#sendEntries(runId, entries.slice(middle), options, refused);
      return 1 + firstHalf + secondHalf;
    }
  }

  /** The entries without the tag of the first non-finite point when an earlier batch has set it already. */
  async #keepFirstNonFiniteTag(
    runId: string,
    entries: readonly BatchEntry[],
    batch: LogBatch,
    options: CallOptions,
  ): Promise<readonly BatchEntry[]> {
    if (batch.tags?.[firstNonFiniteTag] !== undefined || !entries.some(isFirstNonFiniteTag)) return entries;
    if (!this.#taggedRuns.has(runId)) {
      const answer = await this.#transport.call('GET', '2.0/mlflow/runs/get', {
        query: { run_id: runId },
        signal: options.signal,
      });
      if (readRun(object(answer.run)).tags[firstNonFiniteTag] === undefined) return entries;
      this.#taggedRuns.add(runId);
    }
    return entries.filter((entry) => !isFirstNonFiniteTag(entry));
  }
}

function isFirstNonFiniteTag(entry: BatchEntry): boolean {
  return entry.kind === 'tag' && entry.key === firstNonFiniteTag;
}

function checkDataset(dataset: DatasetInput, index: number): void {
  const path = `datasets[${index}]`;
  const { name, digest, sourceType, source, schema, profile, context } = dataset;
  for (const [field, value] of Object.entries({ name, digest, sourceType, source }))
    checkString(`${path}.${field}`, value);
  for (const [field, value] of Object.entries({ schema, profile, context })) {
    checkOptionalString(`${path}.${field}`, value);
  }
  checkLength(`${path}.name`, name, limits.datasetNameLength);
  checkLength(`${path}.digest`, digest, limits.datasetDigestLength);
}

function checkLength(path: string, value: string, maximum: number): void {
  const length = countCodePoints(value);
  if (length === 0 || length > maximum) throw invalidArgument(path, `${length} characters`, `1 to ${maximum}`);
}

/** Several processes may write the same rows at the same moment. */
const MAX_COLLISIONS = 8;

/**
 * Sends again what collided in the database with an equal request of another process: the second time the rows are found
 * and left as they are. Only for requests that change nothing when they are repeated.
 */
async function repeatOnCollision(send: () => Promise<unknown>): Promise<void> {
  for (let collisions = 1; ; collisions++) {
    try {
      await send();
      return;
    } catch (error) {
      if (!isMlflowError(error, 'ALREADY_EXISTS') || collisions === MAX_COLLISIONS) throw error;
      // Two that collided would do so again at the same pace.
      await new Promise((resolve) => setTimeout(resolve, 100 * Math.random() * collisions));
    }
  }
}

/*
 * Runs: made, found, ended, and read back with their metric histories. What is written on a run is in run-log.ts.
 */

import {
  checkInteger,
  checkOptionalString,
  checkString,
  checkStringList,
  checkStrings,
  checkTime,
  checkWord,
} from './check-fields.js';
import type { CallOptions } from './client-options.js';
import { invalidArgument, isMlflowError, type MlflowError } from './errors.js';
import { limits, replaceUnstorable, sanitizeKey, truncateText } from './limits.js';
import { collect, readPages } from './paging.js';
import { object, objects, optionalText, readMetric, readRun, toPairs } from './read-entities.js';
import { tagEquals } from './search-filter.js';
import type { Transport } from './transport.js';
import { type Metric, type Run, type RunStatus, runStatuses, type ViewType } from './types.js';

export interface CreateRun extends CallOptions {
  readonly experimentId: string;
  /** Default: a name of the server's making. */
  readonly runName?: string;
  /** Default: now. */
  readonly startTime?: number;
  /** Keys and values are made to fit as in a batch. */
  readonly tags?: Readonly<Record<string, string>>;
  /** The run that this one is shown under (tag `mlflow.parentRunId`). */
  readonly parentRunId?: string;
}

export interface FindOrCreateRun extends CreateRun {
  /** The tag whose value belongs to this run alone, e.g. a UUID made by the caller. */
  readonly identity: { readonly key: string; readonly value: string };
}

export interface FoundOrCreatedRun {
  readonly run: Run;
  readonly created: boolean;
  /** Runs with the same identity that were deleted in favour of `run`. */
  readonly deletedRunIds: readonly string[];
}

export interface UpdateRun extends CallOptions {
  readonly status?: RunStatus;
  readonly endTime?: number;
  readonly runName?: string;
}

export interface SearchRuns extends CallOptions {
  readonly experimentIds: readonly string[];
  /** MLflow's filter language; see `quoteName`, `quoteValue` and `tagEquals`. */
  readonly filter?: string;
  /** E.g. ``metrics.`validation/loss` ASC``. */
  readonly orderBy?: readonly string[];
  /** Default `ACTIVE_ONLY`. */
  readonly view?: ViewType;
  /** Runs per request, 1 to 50 000. Default 1000. */
  readonly pageSize?: number;
  /** Ends the sequence after so many runs. */
  readonly limit?: number;
}

export interface MetricHistory extends CallOptions {
  /** Points per request. Default 25 000. */
  readonly pageSize?: number;
}

/** What the server takes and gives for histories of many runs at once. */
const RUNS_PER_HISTORY = 100;
const MOST_SAMPLED_POINTS = 2500;

export class Runs {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /**
   * The new run. MLflow makes a second run when the request is repeated, so it is not repeated unless the first one
   * surely failed: an `isAmbiguous` error leaves open whether the run exists. `findOrCreate` has no such gap.
   */
  async create(run: CreateRun): Promise<Run> {
    checkString('experimentId', run.experimentId);
    checkOptionalString('runName', run.runName);
    checkOptionalString('parentRunId', run.parentRunId);
    checkStrings('tags', run.tags ?? {});
    const startTime = run.startTime ?? Date.now();
    checkTime('startTime', startTime);
    const tags = {
      ...fitTags(run.tags ?? {}),
      ...(run.parentRunId === undefined ? {} : { 'mlflow.parentRunId': run.parentRunId }),
    };
    const answer = await this.#transport.call('POST', '2.0/mlflow/runs/create', {
      json: { experiment_id: run.experimentId, run_name: run.runName, start_time: startTime, tags: toPairs(tags) },
      isIdempotent: false,
      signal: run.signal,
    });
    return readRun(object(answer.run));
  }

  /**
   * The one run with this identity, made if there is none. Where several exist, because two processes made one at once
   * or an answer was lost, the lowest run id wins and the others are deleted. A process that wrote on a deleted one
   * learns it by the error DELETED and asks again.
   */
  async findOrCreate(options: FindOrCreateRun): Promise<FoundOrCreatedRun> {
    const { identity, signal } = options;
    const found = await this.#resolveIdentity(options);
    if (found !== undefined) return { ...found, created: false };
    let failure: MlflowError | undefined;
    try {
      await this.create({ ...options, tags: { ...options.tags, [identity.key]: identity.value } });
    } catch (error) {
      if (!isMlflowError(error) || !error.isAmbiguous || signal?.aborted) throw error;
      failure = error;
    }
    const made = await this.#resolveIdentity(options);
    if (made !== undefined) return { ...made, created: true };
    throw (
      failure ??
      invalidArgument('identity', `no run under ${identity.key} after creating it`, 'a tag that can be searched')
    );
  }

  /** Throws NOT_FOUND. A deleted run is returned, with its lifecycle stage. */
  async get(runId: string, options: CallOptions = {}): Promise<Run> {
    checkString('runId', runId);
    const answer = await this.#transport.call('GET', '2.0/mlflow/runs/get', {
      query: { run_id: runId },
      signal: options.signal,
    });
    return readRun(object(answer.run));
  }

  /** Sets what is given. The server lets any status follow any other: guarding final ones is the caller's part. */
  async update(runId: string, changes: UpdateRun): Promise<void> {
    checkString('runId', runId);
    checkOptionalString('runName', changes.runName);
    if (changes.status !== undefined) checkWord('status', changes.status, runStatuses);
    if (changes.endTime !== undefined) checkTime('endTime', changes.endTime);
    await this.#transport.call('POST', '2.0/mlflow/runs/update', {
      json: { run_id: runId, status: changes.status, end_time: changes.endTime, run_name: changes.runName },
      signal: changes.signal,
    });
  }

  /** Ends the run. `endTime` defaults to now. */
  async terminate(
    runId: string,
    status: 'FINISHED' | 'FAILED' | 'KILLED' = 'FINISHED',
    options: CallOptions & { readonly endTime?: number } = {},
  ): Promise<void> {
    await this.update(runId, { status, endTime: options.endTime ?? Date.now(), signal: options.signal });
  }

  /** Marks the run as deleted; it can be restored. */
  async delete(runId: string, options: CallOptions = {}): Promise<void> {
    checkString('runId', runId);
    await this.#transport.call('POST', '2.0/mlflow/runs/delete', { json: { run_id: runId }, signal: options.signal });
  }

  /** Brings a deleted run back. */
  async restore(runId: string, options: CallOptions = {}): Promise<void> {
    checkString('runId', runId);
    await this.#transport.call('POST', '2.0/mlflow/runs/restore', { json: { run_id: runId }, signal: options.signal });
  }

  /** The runs that match, page by page. */
  search(options: SearchRuns): AsyncGenerator<Run, void, undefined> {
    const pageSize = options.pageSize ?? 1000;
    checkInteger('pageSize', pageSize, 1);
    checkStringList('experimentIds', options.experimentIds);
    return readPages(async (pageToken) => {
      const answer = await this.#transport.call('POST', '2.0/mlflow/runs/search', {
        json: {
          experiment_ids: options.experimentIds,
          filter: options.filter,
          order_by: options.orderBy,
          run_view_type: options.view ?? 'ACTIVE_ONLY',
          max_results: Math.min(pageSize, 50_000, options.limit ?? pageSize),
          page_token: pageToken,
        },
        signal: options.signal,
      });
      return { items: objects(answer.runs).map(readRun), nextPageToken: optionalText(answer.next_page_token) };
    }, options.limit);
  }

  /** The active runs whose tag has exactly this value, by ascending run id. */
  async findByTag(
    experimentIds: readonly string[],
    key: string,
    value: string,
    options: CallOptions = {},
  ): Promise<Run[]> {
    const runs = await collect(this.search({ experimentIds, filter: tagEquals(key, value), signal: options.signal }));
    // The database may compare without regard to case (MySQL), which would join two identities.
    return runs.filter((run) => run.tags[key] === value).sort((a, b) => (a.runId < b.runId ? -1 : 1));
  }

  /** Every point of one metric, in the server's order. */
  metricHistory(runId: string, key: string, options: MetricHistory = {}): AsyncGenerator<Metric, void, undefined> {
    checkString('runId', runId);
    checkString('key', key);
    return readPages(async (pageToken) => {
      const answer = await this.#transport.call('GET', '2.0/mlflow/metrics/get-history', {
        query: { run_id: runId, metric_key: key, max_results: options.pageSize ?? 25_000, page_token: pageToken },
        signal: options.signal,
      });
      return { items: objects(answer.metrics).map(readMetric), nextPageToken: optionalText(answer.next_page_token) };
    });
  }

  /**
   * At most `maxPoints` points of one metric for each of many runs, evenly chosen over the steps where a run has more: what
   * a chart needs. Asks for 100 runs at a time; runs without the metric have an empty list.
   */
  async metricHistories(
    runIds: readonly string[],
    key: string,
    options: CallOptions & { readonly maxPoints?: number } = {},
  ): Promise<ReadonlyMap<string, readonly Metric[]>> {
    const { maxPoints = MOST_SAMPLED_POINTS, signal } = options;
    checkStringList('runIds', runIds);
    checkString('key', key);
    checkInteger('maxPoints', maxPoints, 1);
    const histories = new Map<string, Metric[]>(runIds.map((runId) => [runId, []]));
    for (let start = 0; start < runIds.length; start += RUNS_PER_HISTORY) {
      const answer = await this.#transport.call('GET', '2.0/mlflow/metrics/get-history-bulk-interval', {
        query: {
          run_ids: runIds.slice(start, start + RUNS_PER_HISTORY),
          metric_key: key,
          max_results: Math.min(maxPoints, MOST_SAMPLED_POINTS),
        },
        signal,
      });
      for (const item of objects(answer.metrics)) histories.get(String(item.run_id))?.push(readMetric(item));
    }
    return histories;
  }

  async #resolveIdentity(options: FindOrCreateRun): Promise<{ run: Run; deletedRunIds: string[] } | undefined> {
    const { experimentId, identity, signal } = options;
    const [run, ...others] = await this.findByTag([experimentId], identity.key, identity.value, { signal });
    if (run === undefined) return undefined;
    for (const other of others) {
      try {
        await this.delete(other.runId, { signal });
      } catch (error) {
        // Another process that resolves the same identity was faster.
        if (!isMlflowError(error, 'DELETED', 'NOT_FOUND')) throw error;
      }
    }
    return { run, deletedRunIds: others.map((other) => other.runId) };
  }
}

function fitTags(tags: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(tags).map(([key, value]) => [
      sanitizeKey(key),
      truncateText(replaceUnstorable(value), limits.tagValueLength),
    ]),
  );
}

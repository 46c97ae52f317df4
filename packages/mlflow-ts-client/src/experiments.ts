/*
 * Experiments: found by name or made, whoever else is making them at the same moment.
 */

import { checkString, checkStrings } from './check-fields.js';
import type { CallOptions } from './client-options.js';
import { invalidArgument, isMlflowError, MlflowError } from './errors.js';
import { countCodePoints, limits, sanitizeKey } from './limits.js';
import { readPages } from './paging.js';
import { object, objects, optionalText, readExperiment, text, toPairs } from './read-entities.js';
import type { Transport } from './transport.js';
import type { Experiment, ViewType } from './types.js';

export interface CreateExperiment {
  /** Where artifacts lie; default: the server's choice. */
  readonly artifactLocation?: string;
  readonly tags?: Readonly<Record<string, string>>;
}

export interface GetOrCreateExperiment extends CreateExperiment, CallOptions {
  /** What to do when the name belongs to a deleted experiment. Default `fail`. */
  readonly onDeleted?: 'fail' | 'restore';
}

export interface SearchExperiments extends CallOptions {
  readonly filter?: string;
  readonly orderBy?: readonly string[];
  readonly view?: ViewType;
  readonly limit?: number;
}

export class Experiments {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /**
   * The experiment of this name, made if there is none. Safe when many processes ask at once. A deleted one keeps its
   * name: `onDeleted` says whether that is an error (DELETED) or restores it.
   */
  async getOrCreate(name: string, options: GetOrCreateExperiment = {}): Promise<Experiment> {
    const found = (await this.findByName(name, options)) ?? (await this.#createOrFind(name, options));
    if (found.lifecycleStage !== 'deleted') return found;
    if (options.onDeleted === 'restore') {
      await this.restore(found.experimentId, options);
      return { ...found, lifecycleStage: 'active' };
    }
    throw new MlflowError({
      code: 'DELETED',
      problem: `the experiment ${JSON.stringify(name)} (id ${found.experimentId}) is deleted and keeps its name`,
      advice:
        `Restore it (\`mlflow experiments restore -x ${found.experimentId}\`, or onDeleted: 'restore') or choose ` +
        'another name.',
    });
  }

  /** The id of the new experiment. Throws ALREADY_EXISTS when the name is taken, by a deleted one too. */
  async create(name: string, options: CreateExperiment & CallOptions = {}): Promise<string> {
    checkExperimentName(name);
    checkStrings('tags', options.tags ?? {});
    const answer = await this.#transport.call('POST', '2.0/mlflow/experiments/create', {
      json: { name, artifact_location: options.artifactLocation, tags: toPairs(options.tags ?? {}) },
      signal: options.signal,
    });
    return text(answer.experiment_id);
  }

  /** The experiment of this name, deleted or not; undefined when there is none. */
  async findByName(name: string, options: CallOptions = {}): Promise<Experiment | undefined> {
    checkExperimentName(name);
    try {
      const answer = await this.#transport.call('GET', '2.0/mlflow/experiments/get-by-name', {
        query: { experiment_name: name },
        signal: options.signal,
      });
      return readExperiment(object(answer.experiment));
    } catch (error) {
      if (isMlflowError(error, 'NOT_FOUND')) return undefined;
      throw error;
    }
  }

  /** Throws NOT_FOUND. */
  async get(experimentId: string, options: CallOptions = {}): Promise<Experiment> {
    checkString('experimentId', experimentId);
    const answer = await this.#transport.call('GET', '2.0/mlflow/experiments/get', {
      query: { experiment_id: experimentId },
      signal: options.signal,
    });
    return readExperiment(object(answer.experiment));
  }

  /** The experiments that match, page by page. */
  search(options: SearchExperiments = {}): AsyncGenerator<Experiment, void, undefined> {
    return readPages(async (pageToken) => {
      const answer = await this.#transport.call('POST', '2.0/mlflow/experiments/search', {
        json: {
          filter: options.filter,
          order_by: options.orderBy,
          view_type: options.view ?? 'ACTIVE_ONLY',
          max_results: 1000,
          page_token: pageToken,
        },
        signal: options.signal,
      });
      const items = objects(answer.experiments).map(readExperiment);
      return { items, nextPageToken: optionalText(answer.next_page_token) };
    }, options.limit);
  }

  /**
   * Sets a tag; the key is made to fit as `sanitizeKey` does. `mlflow.note.content` is the description, in Markdown.
   * Throws INVALID_ARGUMENT for a value over 20 000 characters.
   */
  async setTag(experimentId: string, key: string, value: string, options: CallOptions = {}): Promise<void> {
    checkString('experimentId', experimentId);
    checkString('key', key);
    checkString('value', value);
    const length = countCodePoints(value);
    if (length > limits.experimentTagValueLength) {
      throw invalidArgument(
        `experiment tag ${key}`,
        `${length} characters`,
        `at most ${limits.experimentTagValueLength}`,
      );
    }
    await this.#transport.call('POST', '2.0/mlflow/experiments/set-experiment-tag', {
      json: { experiment_id: experimentId, key: sanitizeKey(key), value },
      signal: options.signal,
    });
  }

  /** Throws ALREADY_EXISTS when the new name is taken. */
  async rename(experimentId: string, name: string, options: CallOptions = {}): Promise<void> {
    checkString('experimentId', experimentId);
    checkExperimentName(name);
    await this.#transport.call('POST', '2.0/mlflow/experiments/update', {
      json: { experiment_id: experimentId, new_name: name },
      signal: options.signal,
    });
  }

  /** Marks it as deleted, with its runs; it keeps its name and can be restored. */
  async delete(experimentId: string, options: CallOptions = {}): Promise<void> {
    checkString('experimentId', experimentId);
    await this.#transport.call('POST', '2.0/mlflow/experiments/delete', {
      json: { experiment_id: experimentId },
      signal: options.signal,
    });
  }

  /** Brings a deleted experiment back, with the runs that were deleted with it. */
  async restore(experimentId: string, options: CallOptions = {}): Promise<void> {
    checkString('experimentId', experimentId);
    await this.#transport.call('POST', '2.0/mlflow/experiments/restore', {
      json: { experiment_id: experimentId },
      signal: options.signal,
    });
  }

  /** Another process may have made it since it was looked for: then that one is it. */
  async #createOrFind(name: string, options: GetOrCreateExperiment): Promise<Experiment> {
    try {
      return await this.get(await this.create(name, options), options);
    } catch (error) {
      if (!isMlflowError(error, 'ALREADY_EXISTS')) throw error;
      const found = await this.findByName(name, options);
      if (found === undefined) throw error;
      return found;
    }
  }
}

function checkExperimentName(name: string): void {
  checkString('experiment name', name);
  const length = countCodePoints(name);
  if (length === 0 || length > limits.experimentNameLength) {
    throw invalidArgument('experiment name', `${length} characters`, `1 to ${limits.experimentNameLength}`);
  }
}

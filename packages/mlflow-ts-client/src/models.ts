/*
 * Logged models (MLflow 3): created as pending, filled with files, finalized, linked to a run by `log.outputs`.
 */

import type { Artifacts } from './artifacts.js';
import { prepareBatch } from './batch.js';
import { checkString, checkStringList, checkStrings, checkWord } from './check-fields.js';
import type { CallOptions } from './client-options.js';
import { invalidArgument } from './errors.js';
import { limits } from './limits.js';
import { linkOutputs } from './link-outputs.js';
import { readPages } from './paging.js';
import { object, objects, optionalText, readLoggedModel } from './read-entities.js';
import type { Transport } from './transport.js';
import { type LoggedModel, type ModelStatus, modelStatuses } from './types.js';

export interface CreateModel extends CallOptions {
  readonly experimentId: string;
  /** Without `/ : . % " '`; may repeat within an experiment. */
  readonly name: string;
  readonly modelType?: string;
  readonly sourceRunId?: string;
  readonly params?: Readonly<Record<string, string>>;
  readonly tags?: Readonly<Record<string, string>>;
}

export interface LogModel extends CreateModel {
  /** A folder whose files become the model's artifacts. */
  readonly folder: string;
  /** Training step at which the model is an output of its source run. Default 0. */
  readonly step?: number;
}

export class Models {
  readonly #transport: Transport;
  readonly #artifacts: Artifacts;

  constructor(transport: Transport, artifacts: Artifacts) {
    this.#transport = transport;
    this.#artifacts = artifacts;
  }

  /**
   * A ready model with the folder's files, linked to its source run if it has one: create, upload, finalize, outputs in
   * one. When the upload fails, the model is marked LOGGED_MODEL_UPLOAD_FAILED and the error thrown.
   */
  async log(model: LogModel): Promise<LoggedModel> {
    const { signal } = model;
    const created = await this.create(model);
    try {
      await this.#artifacts.uploadFolder(created, model.folder, '', { signal });
    } catch (error) {
      await this.finalize(created.modelId, 'LOGGED_MODEL_UPLOAD_FAILED').catch(() => undefined);
      throw error;
    }
    const ready = await this.finalize(created.modelId, 'LOGGED_MODEL_READY', { signal });
    if (model.sourceRunId !== undefined) {
      const output = { modelId: created.modelId, step: model.step ?? 0 };
      await linkOutputs(this.#transport, model.sourceRunId, [output], { signal });
    }
    return ready;
  }

  /** A pending model. Not repeated after an ambiguous failure, since each request makes a model. */
  async create(model: CreateModel): Promise<LoggedModel> {
    checkString('experimentId', model.experimentId);
    checkModelName(model.name);
    checkStrings('params', model.params ?? {});
    checkStrings('tags', model.tags ?? {});
    const [params = [], ...furtherParams] = chunk(preparePairs('params', model.params ?? {}), limits.paramsPerRequest);
    const answer = await this.#transport.call('POST', '2.0/mlflow/logged-models', {
      json: {
        experiment_id: model.experimentId,
        name: model.name,
        model_type: model.modelType,
        source_run_id: model.sourceRunId,
        params,
        tags: preparePairs('tags', model.tags ?? {}),
      },
      isIdempotent: false,
      signal: model.signal,
    });
    const created = readLoggedModel(object(answer.model));
    for (const pairs of furtherParams) await this.#postParams(created.modelId, pairs, model);
    return { ...created, params: { ...model.params } };
  }

  /** Sets the final status. The server ignores a wrong spelling with a 200, so it is checked here. */
  async finalize(modelId: string, status: ModelStatus, options: CallOptions = {}): Promise<LoggedModel> {
    checkWord('status', status, modelStatuses);
    const answer = await this.#transport.call('PATCH', modelEndpoint(modelId), {
      json: { model_id: modelId, status },
      signal: options.signal,
    });
    return readLoggedModel(object(answer.model));
  }

  /** Throws NOT_FOUND. */
  async get(modelId: string, options: CallOptions = {}): Promise<LoggedModel> {
    const answer = await this.#transport.call('GET', modelEndpoint(modelId), { signal: options.signal });
    return readLoggedModel(object(answer.model));
  }

  /** Adds parameters. Throws PARAM_CHANGED for one that has another value already. */
  async params(modelId: string, params: Readonly<Record<string, string>>, options: CallOptions = {}): Promise<void> {
    checkStrings('params', params);
    for (const pairs of chunk(preparePairs('params', params), limits.paramsPerRequest)) {
      await this.#postParams(modelId, pairs, options);
    }
  }

  /** Sets tags; the last value counts. */
  async tags(modelId: string, tags: Readonly<Record<string, string>>, options: CallOptions = {}): Promise<void> {
    checkStrings('tags', tags);
    await this.#transport.call('PATCH', `${modelEndpoint(modelId)}/tags`, {
      json: { model_id: modelId, tags: preparePairs('tags', tags) },
      signal: options.signal,
    });
  }

  /** Throws NOT_FOUND when the model has no tag of this name. */
  async deleteTag(modelId: string, key: string, options: CallOptions = {}): Promise<void> {
    checkString('key', key);
    const endpoint = `${modelEndpoint(modelId)}/tags/${encodeURIComponent(key)}`;
    await this.#transport.call('DELETE', endpoint, { signal: options.signal });
  }

  /** The models of the experiments that match, page by page. */
  search(
    options: CallOptions & { readonly experimentIds: readonly string[]; readonly filter?: string },
  ): AsyncGenerator<LoggedModel, void, undefined> {
    checkStringList('experimentIds', options.experimentIds);
    return readPages(async (pageToken) => {
      const answer = await this.#transport.call('POST', '2.0/mlflow/logged-models/search', {
        json: { experiment_ids: options.experimentIds, filter: options.filter, page_token: pageToken },
        signal: options.signal,
      });
      const items = objects(answer.models).map(readLoggedModel);
      return { items, nextPageToken: optionalText(answer.next_page_token) };
    });
  }

  /** Throws NOT_FOUND. */
  async delete(modelId: string, options: CallOptions = {}): Promise<void> {
    await this.#transport.call('DELETE', modelEndpoint(modelId), { signal: options.signal });
  }

  async #postParams(modelId: string, params: readonly Pair[], { signal }: CallOptions): Promise<void> {
    await this.#transport.call('POST', `${modelEndpoint(modelId)}/params`, {
      json: { model_id: modelId, params },
      signal,
    });
  }
}

interface Pair {
  readonly key: string;
  readonly value: string;
}

function modelEndpoint(modelId: string): string {
  checkString('modelId', modelId);
  return `2.0/mlflow/logged-models/${encodeURIComponent(modelId)}`;
}

function checkModelName(name: string): void {
  checkString('model name', name);
  if (name === '' || /[/:.%"']/.test(name)) {
    throw invalidArgument('model name', JSON.stringify(name), 'a name without / : . % and quotes');
  }
}

/** The pairs made to fit by the same rules as those of a run. */
function preparePairs(kind: 'params' | 'tags', values: Readonly<Record<string, string>>): Pair[] {
  return prepareBatch({ [kind]: values }, 'send').entries.map((entry) => JSON.parse(entry.json) as Pair);
}

function chunk<Item>(items: readonly Item[], size: number): Item[][] {
  const chunks: Item[][] = [];
  for (let start = 0; start < items.length; start += size) chunks.push(items.slice(start, start + size));
  return chunks;
}

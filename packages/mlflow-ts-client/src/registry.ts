/*
 * The model registry: registered models, their versions and aliases.
 */

import { checkOptionalString, checkString, checkStrings } from './check-fields.js';
import type { CallOptions } from './client-options.js';
import { isMlflowError } from './errors.js';
import { readPages } from './paging.js';
import { object, objects, optionalText, readModelVersion, readRegisteredModel, toPairs } from './read-entities.js';
import type { Transport } from './transport.js';
import type { ModelVersion, RegisteredModel } from './types.js';

export interface CreateModelVersion extends CallOptions {
  readonly name: string;
  /** `models:/<model id>` for a logged model, or `<run's artifact URI>/<path>`. */
  readonly source: string;
  readonly runId?: string;
  readonly modelId?: string;
  readonly description?: string;
  readonly tags?: Readonly<Record<string, string>>;
}

export class Registry {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** The registered model of this name, made if there is none. */
  async getOrCreate(
    name: string,
    options: CallOptions & { readonly description?: string; readonly tags?: Readonly<Record<string, string>> } = {},
  ): Promise<RegisteredModel> {
    checkString('name', name);
    checkOptionalString('description', options.description);
    checkStrings('tags', options.tags ?? {});
    try {
      const answer = await this.#transport.call('POST', '2.0/mlflow/registered-models/create', {
        json: { name, description: options.description, tags: toPairs(options.tags ?? {}) },
        signal: options.signal,
      });
      return readRegisteredModel(object(answer.registered_model));
    } catch (error) {
      if (!isMlflowError(error, 'ALREADY_EXISTS')) throw error;
      return await this.get(name, options);
    }
  }

  /** Throws NOT_FOUND. */
  async get(name: string, options: CallOptions = {}): Promise<RegisteredModel> {
    checkString('name', name);
    const answer = await this.#transport.call('GET', '2.0/mlflow/registered-models/get', {
      query: { name },
      signal: options.signal,
    });
    return readRegisteredModel(object(answer.registered_model));
  }

  /** The next version of a registered model. Each request makes a version, so an ambiguous failure is not repeated. */
  async createVersion(version: CreateModelVersion): Promise<ModelVersion> {
    const { name, source, runId, modelId, description, tags = {}, signal } = version;
    checkString('name', name);
    checkString('source', source);
    for (const [field, value] of Object.entries({ runId, modelId, description })) checkOptionalString(field, value);
    checkStrings('tags', tags);
    const answer = await this.#transport.call('POST', '2.0/mlflow/model-versions/create', {
      json: { name, source, run_id: runId, model_id: modelId, description, tags: toPairs(tags) },
      isIdempotent: false,
      signal,
    });
    return readModelVersion(object(answer.model_version));
  }

  /** Throws NOT_FOUND. */
  async getVersion(name: string, version: string, options: CallOptions = {}): Promise<ModelVersion> {
    checkString('name', name);
    checkString('version', version);
    const answer = await this.#transport.call('GET', '2.0/mlflow/model-versions/get', {
      query: { name, version },
      signal: options.signal,
    });
    return readModelVersion(object(answer.model_version));
  }

  /** All versions that match a filter such as `name = 'twin-network'`, page by page. */
  searchVersions(filter: string, options: CallOptions = {}): AsyncGenerator<ModelVersion, void, undefined> {
    return readPages(async (pageToken) => {
      const answer = await this.#transport.call('GET', '2.0/mlflow/model-versions/search', {
        query: { filter, max_results: 1000, page_token: pageToken },
        signal: options.signal,
      });
      const items = objects(answer.model_versions).map(readModelVersion);
      return { items, nextPageToken: optionalText(answer.next_page_token) };
    });
  }

  /** Points an alias such as `champion` at a version, wherever it pointed before. */
  async setAlias(name: string, alias: string, version: string, options: CallOptions = {}): Promise<void> {
    for (const [field, value] of Object.entries({ name, alias, version })) checkString(field, value);
    await this.#transport.call('POST', '2.0/mlflow/registered-models/alias', {
      json: { name, alias, version },
      signal: options.signal,
    });
  }

  /** The version that an alias points at. Throws NOT_FOUND (or INVALID_VALUE, by the server's version). */
  async getVersionByAlias(name: string, alias: string, options: CallOptions = {}): Promise<ModelVersion> {
    checkString('name', name);
    checkString('alias', alias);
    const answer = await this.#transport.call('GET', '2.0/mlflow/registered-models/alias', {
      query: { name, alias },
      signal: options.signal,
    });
    return readModelVersion(object(answer.model_version));
  }

  async deleteAlias(name: string, alias: string, options: CallOptions = {}): Promise<void> {
    checkString('name', name);
    checkString('alias', alias);
    await this.#transport.call('DELETE', '2.0/mlflow/registered-models/alias', {
      json: { name, alias },
      signal: options.signal,
    });
  }
}

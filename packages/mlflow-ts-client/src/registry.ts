/*
 * The model registry: registered models, their versions and aliases.
 */

import { checkOptionalString, checkString, checkStrings } from './check-fields.js';
import type { CallOptions } from './client-options.js';
import { isMlflowError } from './errors.js';
import { readPages } from './paging.js';
import {
  object,
  objects,
  optionalText,
  readModelVersion,
  readRegisteredModel,
  text,
  toPairs,
} from './read-entities.js';
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

  /** The registered models that match, e.g. ``name LIKE 'twin%'`` or ``tags.`team` = 'vision'``, page by page. */
  search(
    options: CallOptions & { readonly filter?: string; readonly orderBy?: readonly string[] } = {},
  ): AsyncGenerator<RegisteredModel, void, undefined> {
    const { filter, orderBy, signal } = options;
    return readPages(async (pageToken) => {
      const answer = await this.#transport.call('GET', '2.0/mlflow/registered-models/search', {
        query: { filter, order_by: orderBy, max_results: 1000, page_token: pageToken },
        signal,
      });
      const items = objects(answer.registered_models).map(readRegisteredModel);
      return { items, nextPageToken: optionalText(answer.next_page_token) };
    });
  }

  /** Replaces the description. Throws NOT_FOUND. */
  async update(name: string, changes: CallOptions & { readonly description: string }): Promise<RegisteredModel> {
    checkString('name', name);
    checkString('description', changes.description);
    const answer = await this.#transport.call('PATCH', '2.0/mlflow/registered-models/update', {
      json: { name, description: changes.description },
      signal: changes.signal,
    });
    return readRegisteredModel(object(answer.registered_model));
  }

  /** Throws NOT_FOUND, ALREADY_EXISTS. */
  async rename(name: string, newName: string, options: CallOptions = {}): Promise<RegisteredModel> {
    checkString('name', name);
    checkString('newName', newName);
    const answer = await this.#transport.call('POST', '2.0/mlflow/registered-models/rename', {
      json: { name, new_name: newName },
      isIdempotent: false,
      signal: options.signal,
    });
    return readRegisteredModel(object(answer.registered_model));
  }

  /** Deletes the registered model with all its versions; there is no way back. Throws NOT_FOUND. */
  async delete(name: string, options: CallOptions = {}): Promise<void> {
    checkString('name', name);
    await this.#transport.call('DELETE', '2.0/mlflow/registered-models/delete', {
      json: { name },
      signal: options.signal,
    });
  }

  /** Sets tags; the last value counts. */
  async setTags(name: string, tags: Readonly<Record<string, string>>, options: CallOptions = {}): Promise<void> {
    checkString('name', name);
    checkStrings('tags', tags);
    for (const [key, value] of Object.entries(tags)) {
      const json = { name, key, value };
      await this.#transport.call('POST', '2.0/mlflow/registered-models/set-tag', { json, signal: options.signal });
    }
  }

  async deleteTag(name: string, key: string, options: CallOptions = {}): Promise<void> {
    checkString('name', name);
    checkString('key', key);
    const json = { name, key };
    await this.#transport.call('DELETE', '2.0/mlflow/registered-models/delete-tag', { json, signal: options.signal });
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

  /** Replaces the description of a version. Throws NOT_FOUND. */
  async updateVersion(
    name: string,
    version: string,
    changes: CallOptions & { readonly description: string },
  ): Promise<ModelVersion> {
    checkVersion(name, version);
    checkString('description', changes.description);
    const answer = await this.#transport.call('PATCH', '2.0/mlflow/model-versions/update', {
      json: { name, version, description: changes.description },
      signal: changes.signal,
    });
    return readModelVersion(object(answer.model_version));
  }

  /** Throws NOT_FOUND. */
  async deleteVersion(name: string, version: string, options: CallOptions = {}): Promise<void> {
    checkVersion(name, version);
    const json = { name, version };
    await this.#transport.call('DELETE', '2.0/mlflow/model-versions/delete', { json, signal: options.signal });
  }

  /** Sets tags of a version; the last value counts. */
  async setVersionTags(
    name: string,
    version: string,
    tags: Readonly<Record<string, string>>,
    options: CallOptions = {},
  ): Promise<void> {
    checkVersion(name, version);
    checkStrings('tags', tags);
    for (const [key, value] of Object.entries(tags)) {
      const json = { name, version, key, value };
      await this.#transport.call('POST', '2.0/mlflow/model-versions/set-tag', { json, signal: options.signal });
    }
  }

  async deleteVersionTag(name: string, version: string, key: string, options: CallOptions = {}): Promise<void> {
    checkVersion(name, version);
    checkString('key', key);
    const json = { name, version, key };
    await this.#transport.call('DELETE', '2.0/mlflow/model-versions/delete-tag', { json, signal: options.signal });
  }

  /** Where the files of a version lie: an artifact URI. Throws NOT_FOUND. */
  async getDownloadUri(name: string, version: string, options: CallOptions = {}): Promise<string> {
    checkVersion(name, version);
    const answer = await this.#transport.call('GET', '2.0/mlflow/model-versions/get-download-uri', {
      query: { name, version },
      signal: options.signal,
    });
    return text(answer.artifact_uri);
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

function checkVersion(name: string, version: string): void {
  checkString('name', name);
  checkString('version', version);
}

/*
 * What is at the other end: alive, which version, what it can do.
 */

import type { CallOptions } from './client-options.js';
import { isMlflowError } from './errors.js';
import { optionalText } from './read-entities.js';
import type { JsonObject, Transport } from './transport.js';

export interface ServerFeatures {
  /** E.g. `3.17.2`. */
  readonly version: string;
  /** E.g. `SqlStore`; undefined on servers before 3.5 or so, which do not tell. */
  readonly storeType?: string;
  readonly workspaces: boolean;
  readonly multipartUploads: boolean;
  /** Logged models, runs' outputs and model ids on metrics: MLflow 3. */
  readonly loggedModels: boolean;
}

export class Server {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** True when /health answers. False for anything else, without retries; never throws but ABORTED. */
  async isHealthy(options: CallOptions & { readonly timeoutMs?: number } = {}): Promise<boolean> {
    try {
      const body = await this.#transport.send(
        { ...this.#request('/health', options), isRepeatable: false, timeoutMs: options.timeoutMs ?? 5000 },
        (response) => response.text(),
      );
      return body.trim() === 'OK';
    } catch (error) {
      if (isMlflowError(error, 'ABORTED')) throw error;
      return false;
    }
  }

  /** MLflow's version as text. */
  async version(options: CallOptions = {}): Promise<string> {
    const body = await this.#transport.send(this.#request('/version', options), (response) => response.text());
    return body.trim();
  }

  /** What this server can do, by its version and, from about 3.5 on, its own word. */
  async features(options: CallOptions = {}): Promise<ServerFeatures> {
    const version = await this.version(options);
    const info = await this.#transport
      .call('GET', '3.0/mlflow/server-info', { signal: options.signal })
      .catch((error: unknown): JsonObject => {
        if (isMlflowError(error, 'NOT_FOUND', 'NOT_MLFLOW', 'NOT_SUPPORTED')) return {};
        throw error;
      });
    return {
      version,
      storeType: optionalText(info.store_type),
      workspaces: info.workspaces_enabled === true,
      multipartUploads: info.multipart_uploads_enabled === true,
      loggedModels: Number.parseInt(version, 10) >= 3,
    };
  }

  #request(path: string, { signal }: CallOptions) {
    return {
      method: 'GET' as const,
      url: `${this.#transport.baseUrl}${path}`,
      subject: this.#transport.describe('GET', path),
      signal,
    };
  }
}

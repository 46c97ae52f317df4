/*
 * Large files in parts, straight to the object store behind a server's proxy: the server hands out an address for each part.
 * Proxies and the server itself give up on one request of some gigabytes; a part that fails is sent again alone.
 * Source: mlflow/store/artifact/http_artifact_repo.py (`_try_multipart_upload`).
 */

import { open } from 'node:fs/promises';
import type { CallOptions, MultipartSettings } from './client-options.js';
import { isMlflowError, MlflowError } from './errors.js';
import { objects, optionalText, text } from './read-entities.js';
import type { JsonObject, Transport } from './transport.js';

/** Object stores take no more. */
const MOST_PARTS = 10_000;

export interface MultipartFile {
  readonly file: string;
  readonly bytes: number;
  /** The address of the artifact behind the proxy. */
  readonly url: string;
  readonly subject: string;
}

/** Uploads the file in parts; false where the server or its store cannot do that, and nothing was stored. */
export async function uploadInParts(
  transport: Transport,
  target: MultipartFile,
  { partBytes }: MultipartSettings,
  options: CallOptions,
): Promise<boolean> {
  const size = Math.max(partBytes, Math.ceil(target.bytes / MOST_PARTS));
  const count = Math.max(1, Math.ceil(target.bytes / size));
  const upload = new MultipartUpload(transport, target, options);
  const parts = await upload.create(count);
  if (parts === undefined) return false;
  try {
    await upload.sendParts(parts, size);
    await upload.complete();
    return true;
  } catch (error) {
    await upload.abort();
    throw error;
  }
}

interface Part {
  readonly url: string;
  readonly number: number;
  readonly headers: Readonly<Record<string, string>>;
}

class MultipartUpload {
  readonly #transport: Transport;
  readonly #target: MultipartFile;
  readonly #options: CallOptions;
  readonly #done: { part_number: number; etag: string; url: string }[] = [];
  #uploadId: string | undefined;

  constructor(transport: Transport, target: MultipartFile, options: CallOptions) {
    this.#transport = transport;
    this.#target = target;
    this.#options = options;
  }

  /** The address of each part; undefined where the server or its store knows no such uploads. */
  async create(count: number): Promise<Part[] | undefined> {
    try {
      const answer = await this.#ask('create', { num_parts: count });
      this.#uploadId = optionalText(answer.upload_id);
      return objects(answer.credentials).map(({ url, part_number, headers }) => ({
        url: text(url),
        number: Number(part_number),
        headers: Object.fromEntries(
          Object.entries((headers as JsonObject) ?? {}).map(([key, value]) => [key, text(value)]),
        ),
      }));
    } catch (error) {
      // A local disk answers 501.
      if (isMlflowError(error, 'NOT_SUPPORTED', 'NOT_FOUND', 'NOT_MLFLOW')) return undefined;
      throw error;
    }
  }

  async sendParts(parts: readonly Part[], size: number): Promise<void> {
    const file = await open(this.#target.file).catch((cause: NodeJS.ErrnoException) => {
      throw new MlflowError({ code: 'FILE', problem: `cannot read ${this.#target.file}: ${cause.code}`, cause });
    });
    try {
      for (const part of parts) {
        const bytes = Buffer.alloc(Math.min(size, this.#target.bytes - (part.number - 1) * size));
        await file.read(bytes, 0, bytes.length, (part.number - 1) * size);
        await this.#sendPart(part, bytes);
      }
    } finally {
      await file.close();
    }
  }

  async #sendPart({ url, number, headers }: Part, bytes: Buffer): Promise<void> {
    const etag = await this.#transport.send(
      {
        method: 'PUT',
        url,
        // The address itself is a key to the store.
        subject: `${this.#target.subject}, part ${number}`,
        headers,
        body: () => bytes as NonNullable<RequestInit['body']>,
        timeoutMs: this.#transport.artifactTimeoutMs,
        signal: this.#options.signal,
      },
      async (response) => {
        await response.arrayBuffer();
        return response.headers.get('etag') ?? '';
      },
    );
    this.#done.push({ part_number: number, etag, url });
  }

  async complete(): Promise<void> {
    await this.#ask('complete', { upload_id: this.#uploadId, parts: this.#done });
  }

  /** The parts that were stored are given up; what failed before is told, not this. */
  async abort(): Promise<void> {
    await this.#ask('abort', { upload_id: this.#uploadId }).catch(() => undefined);
  }

  async #ask(step: 'create' | 'complete' | 'abort', body: JsonObject): Promise<JsonObject> {
    const [server = '', path = ''] = this.#target.url.split('/mlflow-artifacts/artifacts/');
    const segments = path.split('/');
    const name = decodeURIComponent(segments.at(-1) ?? '');
    const folder = segments.slice(0, -1).join('/');
    return await this.#transport.send(
      {
        method: 'POST',
        url: `${server}/mlflow-artifacts/mpu/${step}/${folder}`,
        subject: `${this.#target.subject}, ${step} of its parts`,
        headers: { 'content-type': 'application/json' },
        body: () => JSON.stringify({ path: name, ...body }),
        // Begun twice, it would leave parts of the first.
        isIdempotent: step !== 'create',
        signal: this.#options.signal,
      },
      async (response) => (await response.json().catch(() => ({}))) as JsonObject,
    );
  }
}

/*
 * What MLflow shows of a run beside curves: pictures, tables, documents. They are artifacts under names and tags of their own.
 */

import type { ArtifactContent } from './artifact-store.js';
import type { Artifacts } from './artifacts.js';
import { checkInteger, checkString, checkTime } from './check-fields.js';
import type { CallOptions } from './client-options.js';
import { invalidArgument } from './errors.js';
import { composeImagePaths } from './image-paths.js';
import { object, readRun } from './read-entities.js';
import type { RunLog } from './run-log.js';
import type { Transport } from './transport.js';

/** Columns and rows, as pandas writes them with orientation `split`. */
export interface Table {
  readonly columns: readonly string[];
  readonly data: readonly (readonly unknown[])[];
}

export interface LogImage extends CallOptions {
  readonly key: string;
  readonly step: number;
  /** A PNG file or its bytes. */
  readonly image: ArtifactContent;
  /** A smaller PNG for the grid. Default: the image itself. */
  readonly thumbnail?: ArtifactContent;
  /** Default: now. */
  readonly timestamp?: number;
  /** A UUID; a picture with the same one, key, step and timestamp is replaced. Default: a new one. */
  readonly uuid?: string;
}

const LOGGED_IMAGES = 'mlflow.loggedImages';
const LOGGED_ARTIFACTS = 'mlflow.loggedArtifacts';

export class Media {
  readonly #transport: Transport;
  readonly #artifacts: Artifacts;
  readonly #log: RunLog;

  constructor(transport: Transport, artifacts: Artifacts, log: RunLog) {
    this.#transport = transport;
    this.#artifacts = artifacts;
    this.#log = log;
  }

  /** Shows a picture under `key` at `step`, in the grid of the run and beside those of other runs. */
  async logImage(runId: string, options: LogImage): Promise<void> {
    const { key, step, image, thumbnail = image, timestamp = Date.now(), uuid = crypto.randomUUID(), signal } = options;
    checkString('runId', runId);
    checkString('key', key);
    checkInteger('step', step);
    checkTime('timestamp', timestamp);
    if ('stream' in image && thumbnail === image)
      throw invalidArgument('image', 'a stream', 'bytes or a file: it is sent twice');
    const paths = composeImagePaths({ key, step, timestamp, uuid });
    await this.#artifacts.upload(runId, paths.image, image, { signal });
    await this.#artifacts.upload(runId, paths.thumbnail, thumbnail, { signal });
    await this.#log.tags(runId, { [LOGGED_IMAGES]: 'true' }, { signal });
  }

  /** Shows a table, which MLflow puts beside those of the same path in other runs. One that is there is replaced. */
  async logTable(runId: string, path: string, { columns, data }: Table, options: CallOptions = {}): Promise<void> {
    checkString('runId', runId);
    if (!path.endsWith('.json')) throw invalidArgument('path', JSON.stringify(path), 'a path that ends in .json');
    data.forEach((row, index) => {
      if (row.length !== columns.length)
        throw invalidArgument(`data[${index}]`, `${row.length} cells`, `${columns.length}, one for each column`);
    });
    await this.#artifacts.upload(runId, path, { bytes: `${JSON.stringify({ columns, data })}\n` }, options);
    await this.markTable(runId, path, options);
  }

  /** Tells MLflow that the artifact at `path`, which is there, is a table. */
  async markTable(runId: string, path: string, { signal }: CallOptions = {}): Promise<void> {
    const answer = await this.#transport.call('GET', '2.0/mlflow/runs/get', { query: { run_id: runId }, signal });
    const known = parseTables(readRun(object(answer.run)).tags[LOGGED_ARTIFACTS]);
    if (known.some((entry) => entry.path === path)) return;
    const value = JSON.stringify([...known, { path, type: 'table' }]);
    await this.#log.tags(runId, { [LOGGED_ARTIFACTS]: value }, { signal });
  }

  /** Stores a value as JSON. */
  async logDict(runId: string, path: string, value: unknown, options: CallOptions = {}): Promise<void> {
    if (/\.ya?ml$/i.test(path)) throw invalidArgument('path', JSON.stringify(path), 'a path of JSON');
    await this.#artifacts.uploadJson(runId, path, value, options);
  }

  /** Stores a text. */
  async logText(runId: string, path: string, content: string, options: CallOptions = {}): Promise<void> {
    await this.#artifacts.upload(runId, path, { bytes: content }, options);
  }
}

function parseTables(tag: string | undefined): { path: string; type: string }[] {
  try {
    const parsed: unknown = JSON.parse(tag ?? '[]');
    return Array.isArray(parsed) ? parsed : [];
  } catch {
    return [];
  }
}

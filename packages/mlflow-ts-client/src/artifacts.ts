/*
 * Artifacts of runs and logged models: upload, download, list. Where they lie comes from the entity's artifact URI.
 */

import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { checkArtifactPath, resolveArtifactRoot } from './artifact-path.js';
import { type ArtifactContent, type ArtifactStore, openArtifactStore } from './artifact-store.js';
import type { CallOptions, MultipartSettings } from './client-options.js';
import { MlflowError } from './errors.js';
import { object, objects, optionalText, readArtifactFile, readLoggedModel, readRun } from './read-entities.js';
import type { Transport } from './transport.js';
import type { ArtifactFile } from './types.js';

/** Whose artifacts: a run or logged model, or the id of one (looked up once). */
export type ArtifactOwner =
  | string
  | { readonly artifactUri: string; readonly runId?: string; readonly modelId?: string };

export class Artifacts {
  readonly #transport: Transport;
  readonly #multipart: MultipartSettings;
  readonly #uris = new Map<string, string>();

  constructor(transport: Transport, multipart: MultipartSettings) {
    this.#transport = transport;
    this.#multipart = multipart;
  }

  /**
   * Uploads bytes, text, a stream or a file as `path`; what was there is replaced. Where artifacts do not go through the
   * server but to a disk, the server is asked whether it sees the file: throws NOT_SUPPORTED, and removes it, when that disk
   * is not the server's (a tunnel, a container).
   */
  async upload(owner: ArtifactOwner, path: string, content: ArtifactContent, options: CallOptions = {}): Promise<void> {
    checkArtifactPath(path);
    const store = await this.#open(owner, options);
    await store.write(path, content, options);
    if (store.isSharedDisk) await this.#requireVisible(owner, store, path, options);
  }

  /** Uploads a file; `path` defaults to its name. */
  async uploadFile(
    owner: ArtifactOwner,
    localPath: string,
    path: string = basename(localPath),
    options: CallOptions = {},
  ): Promise<void> {
    await this.upload(owner, path, { file: localPath }, options);
  }

  /** Uploads all files below a folder under `path` ('' is the root). Returns their artifact paths, in order. */
  async uploadFolder(
    owner: ArtifactOwner,
    localFolder: string,
    path = '',
    options: CallOptions = {},
  ): Promise<string[]> {
    const uploaded: string[] = [];
    const entries = await readdir(localFolder, { withFileTypes: true });
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const localPath = join(localFolder, entry.name);
      const entryPath = path === '' ? entry.name : `${path}/${entry.name}`;
      if (entry.isDirectory()) uploaded.push(...(await this.uploadFolder(owner, localPath, entryPath, options)));
      else if (entry.isFile()) {
        await this.uploadFile(owner, localPath, entryPath, options);
        uploaded.push(entryPath);
      }
    }
    return uploaded;
  }

  /** Uploads a value as JSON. */
  async uploadJson(owner: ArtifactOwner, path: string, value: unknown, options: CallOptions = {}): Promise<void> {
    await this.upload(owner, path, { bytes: `${JSON.stringify(value, null, 2)}\n` }, options);
  }

  /** The content in memory. Throws NOT_FOUND. */
  async download(owner: ArtifactOwner, path: string, options: CallOptions = {}): Promise<Uint8Array> {
    checkArtifactPath(path);
    const store = await this.#open(owner, options);
    return await store.readBytes(path, options);
  }

  /** Writes the content to a local file, whole or not at all. Throws NOT_FOUND. */
  async downloadFile(owner: ArtifactOwner, path: string, localPath: string, options: CallOptions = {}): Promise<void> {
    checkArtifactPath(path);
    const store = await this.#open(owner, options);
    await store.readToFile(path, localPath, options);
  }

  /** Writes all files below a folder ('' is the root) to a local folder, each whole or not at all. Returns their artifact paths. */
  async downloadFolder(
    owner: ArtifactOwner,
    path: string,
    localFolder: string,
    options: CallOptions = {},
  ): Promise<string[]> {
    const downloaded: string[] = [];
    for await (const file of this.walk(owner, path, options)) {
      // A server's answer names no place outside the folder.
      checkArtifactPath(file.path);
      const below = path === '' ? file.path : file.path.slice(path.length + 1);
      await this.downloadFile(owner, file.path, join(localFolder, below), options);
      downloaded.push(file.path);
    }
    return downloaded;
  }

  /** One level of a folder ('' is the root), by path; empty when there is no such folder. */
  async list(owner: ArtifactOwner, path = '', options: CallOptions = {}): Promise<ArtifactFile[]> {
    if (path !== '') checkArtifactPath(path);
    const store = await this.#open(owner, options);
    return await store.list(path, options);
  }

  /** All files below a folder, depth first, without the folders. */
  async *walk(
    owner: ArtifactOwner,
    path = '',
    options: CallOptions = {},
  ): AsyncGenerator<ArtifactFile, void, undefined> {
    for (const file of await this.list(owner, path, options)) {
      if (file.isDirectory) yield* this.walk(owner, file.path, options);
      else yield file;
    }
  }

  /** Deletes a file, or a folder with what is in it. */
  async delete(owner: ArtifactOwner, path: string, options: CallOptions = {}): Promise<void> {
    checkArtifactPath(path);
    const store = await this.#open(owner, options);
    await store.delete(path, options);
  }

  /** Asked of the server for each file: its disk may be unmounted between two. */
  async #requireVisible(owner: ArtifactOwner, store: ArtifactStore, path: string, options: CallOptions): Promise<void> {
    const listed = await this.#listByServer(owner, path, options);
    if (listed === undefined || listed.some((file) => file.path === path && !file.isDirectory)) return;
    await store.undoWrite(path);
    const uri = typeof owner === 'string' ? this.#uris.get(owner) : owner.artifactUri;
    throw new MlflowError({
      code: 'NOT_SUPPORTED',
      problem: `artifacts at ${uri} lie on the server's own disk, which is not this machine's (a tunnel, a container)`,
      advice: 'Start the server with --serve-artifacts and --artifacts-destination, so that artifacts go through it.',
    });
  }

  /** What the server itself lists in the folder of `path`; undefined where it is not known whose artifacts they are. */
  async #listByServer(
    owner: ArtifactOwner,
    path: string,
    { signal }: CallOptions,
  ): Promise<ArtifactFile[] | undefined> {
    const id = typeof owner === 'string' ? owner : (owner.runId ?? owner.modelId);
    if (id === undefined) return undefined;
    const folder = path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : undefined;
    const listing = id.startsWith('m-')
      ? ([
          `2.0/mlflow/logged-models/${encodeURIComponent(id)}/artifacts/directories`,
          'artifact_directory_path',
        ] as const)
      : (['2.0/mlflow/artifacts/list', 'path'] as const);
    const [endpoint, parameter] = listing;
    const files: ArtifactFile[] = [];
    let pageToken: string | undefined;
    do {
      const query = { run_id: id.startsWith('m-') ? undefined : id, [parameter]: folder, page_token: pageToken };
      const answer = await this.#transport.call('GET', endpoint, { query, signal });
      files.push(...objects(answer.files).map(readArtifactFile));
      pageToken = optionalText(answer.next_page_token);
    } while (pageToken !== undefined);
    return files;
  }

  async #open(owner: ArtifactOwner, options: CallOptions): Promise<ArtifactStore> {
    const uri = typeof owner === 'string' ? await this.#findUri(owner, options) : owner.artifactUri;
    return openArtifactStore(resolveArtifactRoot(uri, this.#transport.baseUrl), this.#transport, this.#multipart);
  }

  async #findUri(id: string, { signal }: CallOptions): Promise<string> {
    const known = this.#uris.get(id);
    if (known !== undefined) return known;
    const { artifactUri } = id.startsWith('m-')
      ? readLoggedModel(
          object(
            (await this.#transport.call('GET', `2.0/mlflow/logged-models/${encodeURIComponent(id)}`, { signal })).model,
          ),
        )
      : readRun(
          object((await this.#transport.call('GET', '2.0/mlflow/runs/get', { query: { run_id: id }, signal })).run),
        );
    this.#uris.set(id, artifactUri);
    return artifactUri;
  }
}

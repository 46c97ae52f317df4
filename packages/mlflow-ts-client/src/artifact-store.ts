/*
 * The two places that artifacts can lie in, behind one interface: a tracking server's proxy, and a local disk.
 */

import { constants, createReadStream, createWriteStream, openAsBlob } from 'node:fs';
import { copyFile, mkdir, readdir, readFile, rename, rm, rmdir, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream as NodeReadableStream } from 'node:stream/web';
import { type ArtifactRoot, joinUrl } from './artifact-path.js';
import type { CallOptions, MultipartSettings } from './client-options.js';
import { MlflowError } from './errors.js';
import { uploadInParts } from './multipart-upload.js';
import { objects, readArtifactFile } from './read-entities.js';
import type { JsonObject, Transport } from './transport.js';
import type { ArtifactFile } from './types.js';

/** What is uploaded. A stream exists only once, so its upload is not repeated when it fails. */
export type ArtifactContent =
  | { readonly file: string }
  | { readonly bytes: Uint8Array | string }
  | { readonly stream: ReadableStream<Uint8Array> | AsyncIterable<Uint8Array> };

/** Files under one artifact root. Paths are checked by the caller. */
export interface ArtifactStore {
  /** Whether it is a disk that this machine has to share with the server. */
  readonly isSharedDisk: boolean;
  write(path: string, content: ArtifactContent, options: CallOptions): Promise<void>;
  /** Throws NOT_FOUND. */
  readBytes(path: string, options: CallOptions): Promise<Uint8Array>;
  /** Writes to a local file, whole or not at all. Throws NOT_FOUND. */
  readToFile(path: string, localPath: string, options: CallOptions): Promise<void>;
  /** One level of a folder, by name; empty when there is no such folder. `path` '' is the root. */
  list(path: string, options: CallOptions): Promise<ArtifactFile[]>;
  delete(path: string, options: CallOptions): Promise<void>;
  /** Takes back what `write` has just put on a shared disk, with the folders that it made. */
  undoWrite(path: string): Promise<void>;
}

export function openArtifactStore(
  root: ArtifactRoot,
  transport: Transport,
  multipart: MultipartSettings,
): ArtifactStore {
  return root.kind === 'proxied' ? new ProxiedStore(root.url, transport, multipart) : new LocalStore(root.folder);
}

class ProxiedStore implements ArtifactStore {
  readonly isSharedDisk = false;
  readonly #url: string;
  readonly #transport: Transport;
  readonly #multipart: MultipartSettings;

  constructor(url: string, transport: Transport, multipart: MultipartSettings) {
    this.#url = url;
    this.#transport = transport;
    this.#multipart = multipart;
  }

  async write(path: string, content: ArtifactContent, { signal }: CallOptions): Promise<void> {
    if ('file' in content && (await this.#writeInParts(path, content.file, signal))) return;
    await this.#transport.send(
      {
        ...this.#request('PUT', path, signal),
        headers: { 'content-type': 'application/octet-stream' },
        body: () => toBody(content),
        isRepeatable: !('stream' in content),
      },
      async (response) => {
        await response.arrayBuffer();
      },
    );
  }

  /** False for a file that goes as a whole. */
  async #writeInParts(path: string, file: string, signal: AbortSignal | undefined): Promise<boolean> {
    const bytes = (await stat(file).catch(() => undefined))?.size ?? 0;
    if (bytes < this.#multipart.minimumBytes) return false;
    const target = { file, bytes, url: joinUrl(this.#url, path), subject: this.#request('PUT', path, signal).subject };
    return await uploadInParts(this.#transport, target, this.#multipart, { signal });
  }

  async readBytes(path: string, { signal }: CallOptions): Promise<Uint8Array> {
    const read = async (response: Response) => new Uint8Array(await response.arrayBuffer());
    return await this.#transport.send(this.#request('GET', path, signal), read);
  }

  async readToFile(path: string, localPath: string, { signal }: CallOptions): Promise<void> {
    await this.#transport.send(this.#request('GET', path, signal), async (response) => {
      await writeWhole(localPath, async (temporaryPath) => {
        const source =
          response.body === null ? Readable.from([]) : Readable.fromWeb(response.body as NodeReadableStream);
        await pipeline(source, createWriteStream(temporaryPath));
      });
    });
  }

  async list(path: string, { signal }: CallOptions): Promise<ArtifactFile[]> {
    // The proxy's listing takes the folder as a query; the root of all artifacts is the part of the URL before it.
    const [listUrl = '', folder = ''] = this.#url.split(/(?<=\/mlflow-artifacts\/artifacts)\/?/);
    const full = [...folder.split('/').map(decodeURIComponent), ...path.split('/')]
      .filter((part) => part !== '')
      .join('/');
    const answer = await this.#transport.send(
      {
        method: 'GET',
        url: `${listUrl}?path=${encodeURIComponent(full)}`,
        subject: this.#transport.describe('GET', `artifacts under ${JSON.stringify(path)}`),
        signal,
      },
      async (response) => (await response.json()) as JsonObject,
    );
    const prefix = path === '' ? '' : `${path}/`;
    return objects(answer.files)
      .map(readArtifactFile)
      .map((file) => ({ ...file, path: `${prefix}${file.path}` }))
      .sort(byPath);
  }

  async delete(path: string, { signal }: CallOptions): Promise<void> {
    await this.#transport.send(this.#request('DELETE', path, signal), async (response) => {
      await response.arrayBuffer();
    });
  }

  async undoWrite(): Promise<void> {}

  #request(method: 'GET' | 'PUT' | 'DELETE', path: string, signal: AbortSignal | undefined) {
    return {
      method,
      url: joinUrl(this.#url, path),
      subject: this.#transport.describe(method, `artifact ${JSON.stringify(path)}`),
      timeoutMs: this.#transport.artifactTimeoutMs,
      signal,
    };
  }
}

/** Nothing can be stored there from here: as for a store of another kind, and not the fault of any one file. */
function unwritableStore(folder: string, cause: unknown): MlflowError {
  const { code = 'unknown error' } = cause as NodeJS.ErrnoException;
  return new MlflowError({
    code: 'NOT_SUPPORTED',
    problem: `artifacts at ${folder} lie on the server's disk, which cannot be written from here (${code})`,
    advice: 'Start the server with --serve-artifacts and --artifacts-destination, so that artifacts go through it.',
    cause,
  });
}

class LocalStore implements ArtifactStore {
  readonly isSharedDisk = true;
  /** The first of the folders that had to be made for a file. */
  #madeFolder: string | undefined;
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  async write(path: string, content: ArtifactContent, { signal }: CallOptions): Promise<void> {
    if ('file' in content) {
      // Said of the file itself, before the store is touched.
      await stat(content.file).catch((cause) => {
        throw fileError(`cannot read ${content.file}`, cause);
      });
    }
    const target = join(this.#folder, path);
    try {
      this.#madeFolder ??= await mkdir(dirname(target), { recursive: true });
    } catch (cause) {
      throw unwritableStore(this.#folder, cause);
    }
    await writeWhole(target, async (temporaryPath) => {
      if ('file' in content) await copyFile(content.file, temporaryPath, constants.COPYFILE_FICLONE);
      else if ('bytes' in content) await writeFile(temporaryPath, content.bytes, { signal });
      else await pipeline(content.stream as AsyncIterable<Uint8Array>, createWriteStream(temporaryPath), { signal });
    });
  }

  async readBytes(path: string, { signal }: CallOptions): Promise<Uint8Array> {
    return await localFile(path, () => readFile(join(this.#folder, path), { signal }));
  }

  async readToFile(path: string, localPath: string, { signal }: CallOptions): Promise<void> {
    await localFile(path, () => stat(join(this.#folder, path)));
    await writeWhole(localPath, (temporaryPath) =>
      pipeline(createReadStream(join(this.#folder, path)), createWriteStream(temporaryPath), { signal }),
    );
  }

  async list(path: string): Promise<ArtifactFile[]> {
    const folder = join(this.#folder, path);
    const entries = await readdir(folder, { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return [];
      throw fileError(`cannot list ${folder}`, error);
    });
    const files = entries.map(async (entry): Promise<ArtifactFile> => {
      const filePath = path === '' ? entry.name : `${path}/${entry.name}`;
      if (entry.isDirectory()) return { path: filePath, isDirectory: true };
      return { path: filePath, isDirectory: false, size: (await stat(join(folder, entry.name))).size };
    });
    return (await Promise.all(files)).sort(byPath);
  }

  async delete(path: string): Promise<void> {
    await localFile(path, () => rm(join(this.#folder, path), { recursive: true }));
  }

  async undoWrite(path: string): Promise<void> {
    await rm(join(this.#folder, path), { force: true });
    const made = this.#madeFolder;
    if (made === undefined) return;
    for (let folder = dirname(join(this.#folder, path)); folder.startsWith(made); folder = dirname(folder))
      await rmdir(folder).catch(() => undefined);
  }
}

async function toBody(content: ArtifactContent): Promise<NonNullable<RequestInit['body']>> {
  if ('bytes' in content) return content.bytes as NonNullable<RequestInit['body']>;
  if ('file' in content) {
    try {
      if (!(await stat(content.file)).isFile()) throw Object.assign(new Error('not a file'), { code: 'EISDIR' });
      // A Blob carries its size, so that the request has a Content-Length; a stream would go out in chunks.
      return await openAsBlob(content.file);
    } catch (cause) {
      throw fileError(`cannot read ${content.file}`, cause);
    }
  }
  const { stream } = content;
  return stream instanceof ReadableStream
    ? stream
    : (Readable.toWeb(Readable.from(stream)) as ReadableStream<Uint8Array>);
}

/** Fills a file beside the target, then moves it there: nobody ever sees a half-written one. */
async function writeWhole(path: string, fill: (temporaryPath: string) => Promise<void>): Promise<void> {
  const temporaryPath = `${path}.${process.pid}.part`;
  try {
    await mkdir(dirname(path), { recursive: true });
    await fill(temporaryPath);
    await rename(temporaryPath, path);
  } catch (error) {
    await rm(temporaryPath, { force: true });
    const { syscall, name } = error as NodeJS.ErrnoException;
    if (name === 'AbortError')
      throw new MlflowError({ code: 'ABORTED', problem: `writing ${path}: aborted by the caller` });
    // A failed read of the network has no syscall of a file; it is left to the transport to name it.
    if (['open', 'write', 'mkdir', 'rename', 'copyfile', 'close', 'fsync'].includes(syscall ?? '')) {
      throw fileError(`cannot write ${path}`, error);
    }
    throw error;
  }
}

async function localFile<Result>(path: string, action: () => Promise<Result>): Promise<Result> {
  try {
    return await action();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw fileError(`artifact ${JSON.stringify(path)}`, error);
    throw new MlflowError({ code: 'NOT_FOUND', problem: `there is no artifact ${JSON.stringify(path)}`, cause: error });
  }
}

function fileError(what: string, cause: unknown): MlflowError {
  const { code = 'unknown error' } = cause as NodeJS.ErrnoException;
  return new MlflowError({ code: 'FILE', problem: `${what}: ${code}`, cause });
}

function byPath(a: ArtifactFile, b: ArtifactFile): number {
  return a.path < b.path ? -1 : 1;
}

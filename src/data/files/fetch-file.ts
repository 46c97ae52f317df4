// One published file from the net or from a folder to where it belongs: what was received stays in the folder `.partial`
// and is gone on with after a cut or another start; only a file that is the published one takes its place.
import { chmodSync, copyFileSync, renameSync, rmdirSync, rmSync, statSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { syncFolder } from '../../base/atomic-file.js';
import { makeFolder } from '../../base/make-folder.js';
import { OneshotError } from '../../base/problem.js';
import { acquireProcessLock } from '../../base/process-lock.js';
import type { PublishedFile } from './published-file.js';
import { checkPublishedFile } from './published-files.js';

export interface FetchOptions {
  /** The data folder. */
  readonly folder: string;
  /** A folder, or an address that the file's name is put behind, in place of the published address. */
  readonly from?: string | undefined;
  /** Told what has been received; `total` is undefined where the server does not say. */
  readonly onProgress?: (received: number, total: number | undefined) => void;
  /** Told of attempts that failed and will be made again. */
  readonly report?: (message: string) => void;
  /** Longest time without a byte. */
  readonly stallMs?: number;
  /** Wait before the first new attempt; doubled each time. */
  readonly retryMs?: number;
}

/** Attempts without a new byte before giving up. */
const MAX_ATTEMPTS = 3;
const DEFAULT_STALL_MS = 30_000;
const DEFAULT_RETRY_MS = 1000;
/** A file may be packed otherwise than the published one, but is no larger than that or than this. */
const MAX_BYTES = 256 * 2 ** 20;

/**
 * Puts the file into the folder. Rejects with a OneshotError('data') when it cannot be had, or is not the published one:
 * the folder holds what it held before.
 */
export async function fetchFile(file: PublishedFile, options: FetchOptions): Promise<void> {
  const { folder } = options;
  const partial = join(folder, '.partial');
  makeFolder(partial);
  const lock = acquireProcessLock(join(partial, `${file.name}.lock`));
  if (!('release' in lock)) {
    throw new OneshotError('locked', `process ${lock.pid} on ${lock.host} is fetching ${file.name} already`, {
      hint: 'wait for it, or stop it first',
    });
  }
  try {
    const from = locateFile(file, options.from);
    if ('url' in from) await download(file, from.url, partial, options);
    else copyFrom(from.path, join(partial, file.name));
    await acceptFile(file, partial, 'url' in from ? from.url : from.path);
    renameSync(join(partial, file.name), join(folder, file.name));
    syncFolder(folder);
  } finally {
    lock.release();
    removeIfEmpty(partial);
  }
}

function removeIfEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // Something is kept in it, for this file or for another.
  }
}

function locateFile(file: PublishedFile, from: string | undefined): { url: string } | { path: string } {
  if (from === undefined) return { url: file.url };
  if (/^https?:\/\//i.test(from)) return { url: `${from.replace(/\/+$/, '')}/${file.name}` };
  return { path: join(from, file.name) };
}

function copyFrom(source: string, target: string): void {
  try {
    copyFileSync(source, target);
    chmodSync(target, 0o644); // the source may be read-only
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new OneshotError('data', `${source} ${code === 'ENOENT' ? 'is missing' : `cannot be copied (${message})`}`, {
      hint: 'name a folder that holds the published files, or leave --from out to download them',
      cause: error,
    });
  }
}

// A file that is not the right one would be gone on with next time, so it goes.
async function acceptFile(file: PublishedFile, partial: string, source: string): Promise<void> {
  try {
    await checkPublishedFile(file, partial);
  } catch (error) {
    rmSync(join(partial, file.name), { force: true });
    throw new OneshotError('data', `what came from ${source} is not the published ${file.name}`, {
      hint: 'try again; if it comes out the same, something between here and the server changes it',
      cause: error,
    });
  }
}

async function download(file: PublishedFile, url: string, partial: string, options: FetchOptions): Promise<void> {
  const path = join(partial, file.name);
  let wait = options.retryMs ?? DEFAULT_RETRY_MS;
  for (let attempt = 1; ; attempt++) {
    const before = sizeOf(path);
    try {
      await receive(url, path, { ...options, maxBytes: Math.max(MAX_BYTES, file.bytes) });
      return;
    } catch (error) {
      if (error instanceof OneshotError) throw error;
      if (sizeOf(path) > before) attempt = 0;
      if (attempt >= MAX_ATTEMPTS) throw unreachable(file, url, path, options.folder, error);
      options.report?.(`${file.name}: ${reasonOf(error)}; trying again`);
      await sleep(wait);
      wait = Math.min(2 * wait, 30_000);
    }
  }
}

/**
 * Receives what is missing of a file. Rejects with an OneshotError where another attempt is no use, with any other error
 * where it is.
 */
async function receive(url: string, path: string, options: FetchOptions & { maxBytes: number }): Promise<void> {
  const have = sizeOf(path);
  const patience = new Patience(options.stallMs ?? DEFAULT_STALL_MS);
  try {
    const response = await fetch(url, {
      // Packed on the way, bytes could not be counted.
      headers: { 'accept-encoding': 'identity', ...(have > 0 ? { range: `bytes=${have}-` } : {}) },
      signal: patience.signal,
    });
    const start = await startOf(response, have, url, path);
    if (start === undefined) return;
    const length = response.headers.get('content-length');
    const total = length === null ? undefined : start + Number(length);
    if (total !== undefined && total > options.maxBytes) throw tooLarge(url, total);
    const target = await open(path, start === 0 ? 'w' : 'a');
    try {
      const { maxBytes, onProgress } = options;
      await writeBody(response, target, { start, total, maxBytes, url, patience, onProgress });
      await target.sync();
    } finally {
      await target.close();
    }
  } finally {
    patience.end();
  }
}

/** Where the server's answer starts in the file, or undefined when there is nothing left to receive. */
async function startOf(response: Response, have: number, url: string, path: string): Promise<number | undefined> {
  const { status } = response;
  const range = response.headers.get('content-range') ?? '';
  if (status === 200) return 0;
  if (status === 206 && range.startsWith(`bytes ${have}-`)) return have;
  await response.body?.cancel();
  if (status === 416 && range === `bytes */${have}`) return undefined;
  if (status === 206 || status === 416) {
    rmSync(path, { force: true });
    throw new Error('the server cannot go on where it stopped');
  }
  if (status >= 500 || status === 408 || status === 429) throw new Error(`the server answers ${status}`);
  throw new OneshotError('data', `${url} answers ${status} ${response.statusText}`.trimEnd(), {
    hint: 'name another address or a folder with --from',
  });
}

interface Reception {
  readonly start: number;
  readonly total: number | undefined;
  readonly maxBytes: number;
  readonly url: string;
  readonly patience: Patience;
  readonly onProgress: FetchOptions['onProgress'];
}

async function writeBody(response: Response, target: FileHandle, reception: Reception): Promise<void> {
  const { start, total, maxBytes, url, patience, onProgress } = reception;
  let received = start;
  for await (const chunk of response.body ?? []) {
    patience.renew();
    received += chunk.length;
    if (received > (total ?? maxBytes)) throw tooLarge(url, received);
    await target.write(chunk);
    onProgress?.(received, total);
  }
  if (total !== undefined && received < total) throw new Error(`cut after ${received} of ${total} bytes`);
}

/** Gives a signal when nothing has come for too long. */
class Patience {
  readonly #stop = new AbortController();
  readonly #limitMs: number;
  #timer: NodeJS.Timeout;

  constructor(limitMs: number) {
    this.#limitMs = limitMs;
    this.#timer = this.#start();
  }

  get signal(): AbortSignal {
    return this.#stop.signal;
  }

  renew(): void {
    this.end();
    this.#timer = this.#start();
  }

  end(): void {
    clearTimeout(this.#timer);
  }

  #start(): NodeJS.Timeout {
    return setTimeout(() => this.#stop.abort(new Error(`nothing came for ${this.#limitMs} ms`)), this.#limitMs);
  }
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

function tooLarge(url: string, bytes: number): OneshotError {
  return new OneshotError('data', `${url} sends ${bytes} bytes or more, which is not what was asked for`, {
    hint: 'name another address or a folder with --from',
  });
}

function unreachable(file: PublishedFile, url: string, path: string, folder: string, error: unknown): OneshotError {
  const kept = sizeOf(path);
  const rest = kept > 0 ? `; ${kept} bytes of it are kept` : '';
  return new OneshotError('data', `${file.name} cannot be had from ${new URL(url).host} (${reasonOf(error)})${rest}`, {
    hint:
      `Run the command again to go on. Without a connection: bring ${file.name} from ${file.url} by other means and ` +
      'place it in ' +
      `${folder}, or name a folder or a mirror with --from.`,
    cause: error,
  });
}

/** Fetch says `fetch failed`, and why only in the cause. */
function reasonOf(error: unknown): string {
  const { message, cause } = error as Error & { cause?: { code?: string; message?: string } };
  return cause?.code ?? cause?.message ?? message;
}

// The journal of a run: an append-only file of one JSON event per line, the truth that MLflow and the reports are made
// from. It never talks to the network. What is in it is never appended again: after a resume, the same training is
// replayed and the journal checks that it gives the same points.
import { closeSync, constants, fsyncSync, ftruncateSync, openSync, readSync, statSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { requireInside } from '../base/bounded-file.js';
import { OneshotError } from '../base/problem.js';
import { checkEvent, decodeEvent, encodeEvent, type JournalEvent, type JournalFact } from './journal-event.js';

/** An event with its place in the file: `start` is its first byte, `end` the first byte after its line. */
export interface JournalEntry {
  readonly event: JournalEvent;
  readonly start: number;
  readonly end: number;
}

export interface JournalOptions {
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

export interface AppendOptions {
  /**
   * For a metric whose (key, step) is in the journal already: `assert` (default) throws when the value differs; `keep`
   * keeps the first value, for what is measured and cannot repeat itself (seconds, memory).
   */
  readonly replay?: 'assert' | 'keep';
}

/**
 * The journal at `path`, made if it is missing. A last line that was torn by a crash is cut off.
 * Throws OneshotError: `corrupt` for an unreadable line before the last, `disk` when the file cannot be opened.
 */
export function openJournal(path: string, options: JournalOptions): Journal {
  return new Journal(path, options.now);
}

/** A journal open for writing. One process at a time: the trial's lock sees to that. */
export class Journal {
  readonly path: string;
  readonly #now: () => number;
  readonly #file: number;
  readonly #index = new JournalIndex();
  /** Bytes of the file that hold complete events. Writes go here, so that a failed one is overwritten by the next. */
  #size = 0;
  #pending: string[] = [];
  #pendingLength = 0;

  constructor(path: string, now: () => number) {
    this.path = path;
    this.#now = now;
    // Without a truncating or appending flag: writes go to given positions.
    this.#file = onDisk(path, () => openSync(path, constants.O_RDWR | constants.O_CREAT, 0o666));
    for (const { event, end } of readJournal(path)) {
      this.#index.add(event);
      this.#size = end;
    }
    onDisk(path, () => ftruncateSync(this.#file, this.#size));
  }

  /**
   * Appends an event, stamped with the time, and returns true; returns false when the journal holds it already (the same
   * point, parameter, tag value, picture, data set, run or status). Buffered: see `write` and `flush`.
   * Throws OneshotError('drift') when a point or parameter is there with another value.
   */
  append(fact: JournalFact, options: AppendOptions = {}): boolean {
    const event = { time: Math.round(this.#now()), ...fact } as JournalEvent;
    try {
      checkEvent(event as unknown as Readonly<Record<string, unknown>>);
    } catch (cause) {
      throw new OneshotError('internal', `an event cannot be put in the journal: ${(cause as Error).message}`, {
        cause,
      });
    }
    const news = this.#index.selectNews(event, options.replay ?? 'assert');
    if (news === undefined) return false;
    this.#index.add(news);
    const line = encodeEvent(news);
    this.#pending.push(line);
    this.#pendingLength += line.length;
    if (this.#pendingLength > 65_536) this.write();
    return true;
  }

  /** Hands what was appended to the operating system: readers see it, and it survives the end of this process. */
  write(): void {
    if (this.#pending.length === 0) return;
    const bytes = Buffer.from(this.#pending.join(''), 'utf8');
    onDisk(this.path, () => {
      for (let written = 0; written < bytes.length; ) {
        written += writeSync(this.#file, bytes, written, bytes.length - written, this.#size + written);
      }
    });
    this.#size += bytes.length;
    this.#pending = [];
    this.#pendingLength = 0;
  }

  /** `write`, then waits until the disk has it: it survives a power cut. */
  flush(): void {
    this.write();
    onDisk(this.path, () => fsyncSync(this.#file));
  }

  close(): void {
    this.flush();
    closeSync(this.#file);
  }

  /** The value of the point at (key, step), if there is one. */
  value(key: string, step: number): number | undefined {
    return this.#index.points.get(key)?.get(step);
  }

  /** The value of a parameter, if there is one. */
  param(key: string): string | undefined {
    return this.#index.params.get(key);
  }

  /** The highest step of a metric, if it has points: where a counter goes on after a resume. */
  lastStep(key: string): number | undefined {
    return this.#index.latest.get(key)?.step;
  }

  /** The point of the highest step of each metric. */
  latestMetrics(): Readonly<Record<string, number>> {
    return Object.fromEntries([...this.#index.latest].map(([key, { value }]) => [key, value]));
  }
}

/** What a journal holds, as far as it decides whether an event is new. */
class JournalIndex {
  readonly points = new Map<string, Map<number, number>>();
  readonly latest = new Map<string, { step: number; value: number }>();
  readonly params = new Map<string, string>();
  readonly #tags = new Map<string, string>();
  /** Pictures, data sets and the run, by what makes each the same. */
  readonly #single = new Set<string>();
  #uid: string | undefined;
  #status: string | undefined;

  add(event: JournalEvent): void {
    switch (event.type) {
      case 'metric': {
        const points = this.points.get(event.key) ?? new Map<number, number>();
        this.points.set(event.key, points.set(event.step, event.value));
        const latest = this.latest.get(event.key);
        if (latest === undefined || event.step >= latest.step) this.latest.set(event.key, event);
        return;
      }
      case 'params':
        for (const [key, value] of Object.entries(event.values)) this.params.set(key, value);
        return;
      case 'tags':
        for (const [key, value] of Object.entries(event.values)) this.#tags.set(key, value);
        return;
      case 'run':
        this.#uid = event.uid;
        return;
      case 'status':
        this.#status = event.status;
        return;
      case 'image':
      case 'dataset':
        this.#single.add(identify(event));
        return;
      default:
        return;
    }
  }

  /** The part of the event that the journal does not hold yet; undefined when it holds all of it. */
  selectNews(event: JournalEvent, replay: 'assert' | 'keep'): JournalEvent | undefined {
    switch (event.type) {
      case 'metric': {
        const known = this.points.get(event.key)?.get(event.step);
        if (known === undefined) return event;
        if (replay === 'assert' && !isSameNumber(known, event.value)) {
          throw drift(`${event.key} at step ${event.step}`, String(known), String(event.value));
        }
        return undefined;
      }
      case 'params': {
        const values = Object.entries(event.values).filter(([key, value]) => {
          const known = this.params.get(key);
          if (known !== undefined && known !== value) throw drift(`the parameter ${key}`, known, value);
          return known === undefined;
        });
        return values.length === 0 ? undefined : { ...event, values: Object.fromEntries(values) };
      }
      case 'tags': {
        const values = Object.entries(event.values).filter(([key, value]) => this.#tags.get(key) !== value);
        return values.length === 0 ? undefined : { ...event, values: Object.fromEntries(values) };
      }
      case 'run':
        if (this.#uid !== undefined && this.#uid !== event.uid) throw drift('the run', this.#uid, event.uid);
        return this.#uid === undefined ? event : undefined;
      case 'status':
        return this.#status === event.status ? undefined : event;
      case 'image':
      case 'dataset':
        return this.#single.has(identify(event)) ? undefined : event;
      default:
        return event;
    }
  }
}

/**
 * The events of the journal at `path` from byte `fromByte` (the `end` of an entry) on, complete lines only: a line that
 * is still being written is left for the next call. Throws OneshotError('corrupt') with line start and reason for an
 * unreadable line that others follow, `disk` when the file cannot be read.
 */
export function* readJournal(path: string, fromByte = 0): Generator<JournalEntry, void, undefined> {
  let unreadable: { start: number; cause: unknown } | undefined;
  for (const { bytes, start, end } of readLines(path, fromByte)) {
    // Only a crash in the middle of a write makes an unreadable line, and then it is the last one.
    if (unreadable !== undefined) throw corrupt(path, unreadable);
    let event: JournalEvent;
    try {
      event = decodeEvent(bytes.toString('utf8'));
    } catch (cause) {
      unreadable = { start, cause };
      continue;
    }
    yield { event, start, end };
  }
}

/** The first event of the journal at `path`; undefined where there is none yet. Throws as `readJournal` does. */
export function readFirstEvent(path: string): JournalEvent | undefined {
  // Leaving the loop closes the file, which a generator that is not asked again would keep open.
  for (const { event } of readJournal(path)) return event;
  return undefined;
}

/** Bytes of a line at most: events are small, and a file without line ends is no journal. */
const MAX_LINE_BYTES = 64 * 1024 * 1024;

/** The lines that end in a line feed, without it, with their byte offsets. Reads 256 kB at a time. */
function* readLines(path: string, fromByte: number): Generator<{ bytes: Buffer; start: number; end: number }> {
  requireInside(path, dirname(path));
  const file = onDisk(path, () => openSync(path, 'r'));
  try {
    const chunk = Buffer.allocUnsafe(262_144);
    let rest = Buffer.alloc(0);
    let restStart = fromByte;
    for (;;) {
      const length = onDisk(path, () => readSync(file, chunk, 0, chunk.length, restStart + rest.length));
      if (length === 0) return;
      const bytes = Buffer.concat([rest, chunk.subarray(0, length)]);
      let lineStart = 0;
      for (let lineEnd = bytes.indexOf(10, rest.length); lineEnd !== -1; lineEnd = bytes.indexOf(10, lineStart)) {
        yield { bytes: bytes.subarray(lineStart, lineEnd), start: restStart + lineStart, end: restStart + lineEnd + 1 };
        lineStart = lineEnd + 1;
      }
      rest = bytes.subarray(lineStart);
      if (rest.length > MAX_LINE_BYTES)
        throw corrupt(path, { start: restStart + lineStart, cause: `it has more than ${MAX_LINE_BYTES} bytes` });
      restStart += lineStart;
    }
  } finally {
    closeSync(file);
  }
}

/** Bytes of the journal at `path`; 0 when there is none. */
export function journalSize(path: string): number {
  return onDisk(path, () => statSync(path, { throwIfNoEntry: false })?.size ?? 0);
}

/**
 * Waits until the disk has what was written to the journal so far, by whatever process: what a reader passes on must not
 * vanish from the journal in a power cut.
 */
export function syncJournal(path: string): void {
  const file = onDisk(path, () => openSync(path, 'r'));
  try {
    onDisk(path, () => fsyncSync(file));
  } catch (error) {
    // Some file systems that are mounted read-only have nothing to wait for, and say so by an error.
    const code = ((error as Error).cause as NodeJS.ErrnoException | undefined)?.code;
    if (code !== 'EROFS' && code !== 'EINVAL') throw error;
  } finally {
    closeSync(file);
  }
}

function identify(event: JournalEvent & { type: 'image' | 'dataset' }): string {
  const parts = event.type === 'image' ? [event.key, event.step] : [event.name, event.digest, event.context];
  return JSON.stringify([event.type, ...parts]);
}

/** -0 and 0 are the same in JSON; NaN is the same as NaN. */
function isSameNumber(a: number, b: number): boolean {
  return a === b || (Number.isNaN(a) && Number.isNaN(b));
}

function drift(what: string, known: string, found: string): OneshotError {
  return new OneshotError('drift', `${what}: the journal holds ${known}, the replay gives ${found}`, {
    hint: 'the run is being resumed under other conditions than it was started with; start it anew instead',
  });
}

function corrupt(path: string, { start, cause }: { start: number; cause: unknown }): OneshotError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new OneshotError('corrupt', `${path}: the line at byte ${start} cannot be read: ${reason}`, { cause });
}

function onDisk<Result>(path: string, action: () => Result): Result {
  try {
    return action();
  } catch (error) {
    throw diskError(path, error);
  }
}

function diskError(path: string, cause: unknown): OneshotError {
  return new OneshotError('disk', `${path}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
}

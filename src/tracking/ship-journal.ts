// The projection of a journal on an MLflow run. Idempotent: whatever is killed at whatever moment, shipping again gives
// the same run, since points carry their original times, the run is found by its uid, and the cursor is only written
// after the server has what it stands for; without a cursor the server is asked what it has. Order: entries in journal
// order, then the status, then files.
import { basename, join } from 'node:path';
import {
  type Adjustment,
  isMlflowError,
  type LogBatch,
  type MlflowClient,
  type Run,
  sanitizeArtifactPath,
} from 'mlflow-ts-client';
import { OneshotError } from '../base/problem.js';
import { type JournalEntry, journalSize, readFirstEvent, readJournal, syncJournal } from './journal.js';
import { composeBatch, countBatch, countEntries, describeAdjustment, halveBatch } from './journal-batch.js';
import { findParentRunId, type RunEvent, resolveRun, settleTwins } from './resolve-run.js';
import { ServerPoints } from './server-points.js';
import { readShipCursor, type ShipCursor, shipCursorPath, writeShipCursor } from './ship-cursor.js';
import { type FileEvent, identifyFile, isFileEvent, shipFile } from './ship-file.js';
import type { ExportOnnx } from './ship-model.js';
import { addCounts, nothingSent, type ShipCounts, type ShipProblem, type ShipReport } from './ship-report.js';

/** The file name of a run folder's journal. */
export const journalName = 'journal.jsonl';

export interface ShipOptions {
  /** One client for all journals that ship side by side: it caps the requests in flight. */
  readonly client: MlflowClient;
  /** The run folder: `journal.jsonl`, the files that it names, and `mlflow.json`. */
  readonly folder: string;
  /**
   * Makes the ONNX file of a trained model: then MLflow can load it. Without it the model is its weights and its
   * experiment file.
   */
  readonly exportOnnx?: ExportOnnx;
  readonly signal?: AbortSignal;
  readonly onProblem?: (problem: ShipProblem) => void;
  /** Called after each batch with the bytes of the journal that are shipped and all of them. */
  readonly onProgress?: (shippedBytes: number, journalBytes: number) => void;
}

/**
 * Ships what the server does not have yet, to the journal's present end. Throws MlflowError when the server cannot be
 * reached, OneshotError for an unreadable journal; calling it again goes on where it ended.
 */
export async function shipJournal(options: ShipOptions): Promise<ShipReport> {
  return await new JournalShipper(options).ship();
}

/** Ships one journal, in as many passes as its owner likes. */
export class JournalShipper {
  readonly #options: ShipOptions;
  readonly #path: string;
  #runEvent: RunEvent | undefined;
  #cursor: ShipCursor | undefined;
  #run: Run | undefined;
  /** What the run had when its journal was begun anew, until the journal's end is reached. */
  #serverPoints: ServerPoints | undefined;
  #sentStatus: string | undefined;
  #sent: ShipCounts = nothingSent;
  /** The server's artifact store is out of reach; files wait for a better one. */
  #cannotStoreFiles = false;
  #parentSearchedAt = Number.NEGATIVE_INFINITY;
  readonly #told = new Set<string>();

  constructor(options: ShipOptions) {
    this.#options = options;
    this.#path = join(options.folder, journalName);
  }

  /** Everything to the journal's present end, until it is on the run that the server shows for this uid. */
  async ship(): Promise<ShipReport> {
    this.#parentSearchedAt = Number.NEGATIVE_INFINITY;
    for (;;) {
      const report = await this.shipPass();
      if (this.#run === undefined) return report;
      // Another shipper, or a network that sent a request twice, may have made this run the loser of a race since; then
      // all of it goes to the winner.
      const { runId } = this.#run;
      await this.#resolve({ settlesTwins: true });
      if (this.#run.runId !== runId) continue;
      // Or it may have set an older status after this one set the last.
      await this.#shipStatus();
      return report;
    }
  }

  /** One pass over what is new in the journal. */
  async shipPass(): Promise<ShipReport> {
    try {
      return await this.#pass();
    } catch (error) {
      if (!isMlflowError(error, 'DELETED', 'NOT_FOUND') || this.#run === undefined) throw error;
      const { runId } = this.#run;
      await this.#resolve();
      if (this.#run.runId === runId) throw error;
      return await this.#pass();
    }
  }

  async #pass(): Promise<ShipReport> {
    const end = journalSize(this.#path);
    if (end > (this.#cursor?.entryOffset ?? 0)) syncJournal(this.#path);
    this.#runEvent ??= readRunEvent(this.#path, end);
    if (this.#runEvent === undefined) return this.#report(end);
    if (this.#run === undefined) await this.#resolve();
    if (this.#currentCursor().entryOffset > end) this.#restart(this.#currentRun());
    await this.#linkParent();
    await this.#shipEntries(end);
    await this.#shipStatus();
    await this.#shipFiles();
    return this.#report(end);
  }

  /** Finds the run; starts from the journal's beginning when it is not the one that the cursor stands for. */
  async #resolve(options: { settlesTwins: boolean } = { settlesTwins: false }): Promise<void> {
    const { client, folder, signal } = this.#options;
    const event = this.#runEvent;
    if (event === undefined) return;
    const stored = this.#cursor ?? readShipCursor(folder, client.baseUrl);
    const cursor = stored?.uid === event.uid ? stored : undefined;
    let run = await resolveRun(client, event, cursor?.runId, signal);
    if (options.settlesTwins) run = await settleTwins(client, run, event.uid, signal);
    this.#sentStatus = run.status;
    this.#run = run;
    if (cursor?.runId === run.runId) this.#cursor = cursor;
    else this.#restart(run);
  }

  #restart(run: Run): void {
    const { uid, parentUid } = this.#currentEvent();
    this.#run = run;
    this.#serverPoints = new ServerPoints(this.#options.client, run);
    this.#saveCursor({
      uid,
      experimentId: run.experimentId,
      runId: run.runId,
      entryOffset: 0,
      fileOffset: 0,
      tables: [],
      hasParentTag: parentUid === undefined,
    });
  }

  async #linkParent(): Promise<void> {
    const cursor = this.#currentCursor();
    const { parentUid } = this.#currentEvent();
    if (cursor.hasParentTag || parentUid === undefined) return;
    // The parent may be shipped later; looked for now and then, not at every pass.
    if (performance.now() - this.#parentSearchedAt < 10_000) return;
    this.#parentSearchedAt = performance.now();
    const { client, signal } = this.#options;
    const parentRunId = await findParentRunId(client, cursor.experimentId, parentUid, signal);
    if (parentRunId === undefined) return;
    await client.log.tags(cursor.runId, { 'mlflow.parentRunId': parentRunId }, { signal });
    this.#saveCursor({ ...cursor, hasParentTag: true });
  }

  async #shipEntries(end: number): Promise<void> {
    let batch: JournalEntry[] = [];
    let size = 0;
    for (const entry of readJournal(this.#path, this.#currentCursor().entryOffset)) {
      if (entry.end > end) break;
      batch.push(entry);
      size += countEntries(entry);
      if (size < entriesPerBatch) continue;
      await this.#shipBatch(batch, end);
      batch = [];
      size = 0;
    }
    if (batch.length > 0) await this.#shipBatch(batch, end);
    this.#serverPoints = undefined;
  }

  async #shipBatch(entries: readonly JournalEntry[], journalBytes: number): Promise<void> {
    const { client, signal, onProgress } = this.#options;
    const cursor = this.#currentCursor();
    const batch = composeBatch(entries);
    await this.#sendBatch(cursor.runId, (await this.#serverPoints?.selectMissing(batch, signal)) ?? batch);
    const datasets = entries.flatMap(({ event }) => (event.type === 'dataset' ? [event] : []));
    if (datasets.length > 0) {
      await client.log.inputs(cursor.runId, datasets, { signal });
      this.#sent = addCounts(this.#sent, { datasets: datasets.length });
    }
    const statuses = entries.flatMap(({ event }) => (event.type === 'status' ? [event] : []));
    const entryOffset = entries.at(-1)?.end ?? cursor.entryOffset;
    const status = statuses.at(-1);
    this.#saveCursor({
      ...cursor,
      entryOffset,
      status: status === undefined ? cursor.status : { status: status.status, time: status.time },
    });
    onProgress?.(entryOffset, journalBytes);
  }

  /** Sends a batch; entries that the client or the server refuse are told and left out, so that they hold nothing up. */
  async #sendBatch(runId: string, batch: LogBatch): Promise<void> {
    const { client, signal } = this.#options;
    if (countBatch(batch) === 0) return;
    try {
      const result = await client.log.batch(runId, batch, { onRefused: 'isolate', signal });
      for (const adjustment of result.adjustments) {
        this.#tellAdjustment(adjustment);
        await this.#keepFullValue(runId, batch, adjustment);
      }
      for (const { kind, key, error } of result.refused) {
        this.#tell({ code: 'refused', message: `${kind} ${key}: ${error.message}`, cause: error });
      }
      this.#sent = addCounts(this.#sent, {
        points: batch.metrics?.length,
        params: Object.keys(batch.params ?? {}).length,
        tags: Object.keys(batch.tags ?? {}).length,
        refused: result.refused.length,
      });
    } catch (error) {
      if (!isMlflowError(error, 'INVALID_ARGUMENT')) throw error;
      if (countBatch(batch) > 1) {
        for (const half of halveBatch(batch)) await this.#sendBatch(runId, half);
        return;
      }
      this.#tell({ code: 'refused', message: error.message, cause: error });
      this.#sent = addCounts(this.#sent, { refused: 1 });
    }
  }

  /** A value that MLflow cuts is kept whole as an artifact, where the server stores artifacts. */
  async #keepFullValue(runId: string, batch: LogBatch, { kind, field, key }: Adjustment): Promise<void> {
    if (kind !== 'truncated' || this.#cannotStoreFiles) return;
    const { client, signal } = this.#options;
    const value = (field === 'param' ? batch.params : batch.tags)?.[key] ?? '';
    try {
      await client.artifacts.upload(runId, composeFullValuePath(field, key), { bytes: value }, { signal });
      this.#sent = addCounts(this.#sent, { files: 1 });
    } catch (error) {
      if (!isMlflowError(error, 'FILE', 'INVALID_ARGUMENT', 'NOT_SUPPORTED', 'TOO_LARGE')) throw error;
      this.#tell({ code: 'file', message: error.message, cause: error });
    }
  }

  async #shipStatus(): Promise<void> {
    const { client, signal } = this.#options;
    const { runId, status } = this.#currentCursor();
    if (status === undefined || status.status === this.#sentStatus) return;
    const endTime = status.status === 'RUNNING' ? undefined : status.time;
    await client.runs.update(runId, { status: status.status, endTime, signal });
    this.#sentStatus = status.status;
  }

  async #shipFiles(): Promise<void> {
    const { entryOffset, fileOffset } = this.#currentCursor();
    if (fileOffset >= entryOffset || this.#cannotStoreFiles) return;
    const waiting: { event: FileEvent; end: number }[] = [];
    for (const { event, end } of readJournal(this.#path, fileOffset)) {
      if (end > entryOffset) break;
      if (isFileEvent(event)) waiting.push({ event, end });
    }
    const latest = new Map(waiting.map(({ event, end }) => [identifyFile(event), end]));
    for (const { event, end } of waiting) {
      if (latest.get(identifyFile(event)) === end) await this.#shipFile(event);
      if (this.#cannotStoreFiles) return;
      const tables = event.type === 'table' ? [event.artifactPath] : [];
      const cursor = this.#currentCursor();
      this.#saveCursor({ ...cursor, fileOffset: end, tables: [...new Set([...cursor.tables, ...tables])] });
    }
    this.#saveCursor({ ...this.#currentCursor(), fileOffset: entryOffset });
  }

  async #shipFile(event: FileEvent): Promise<void> {
    const { client, folder, exportOnnx, signal } = this.#options;
    const cursor = this.#currentCursor();
    try {
      const { uid, experimentId, runId } = cursor;
      const tell = (message: string) => this.#tell({ code: 'file', message });
      const target = { uid, experimentId, runId, folder, journal: journalName, exportOnnx, tell };
      await shipFile(client, target, event, signal);
    } catch (error) {
      const isAboutFile =
        error instanceof OneshotError || isMlflowError(error, 'FILE', 'INVALID_ARGUMENT', 'NOT_SUPPORTED', 'TOO_LARGE');
      if (!isAboutFile) throw error;
      this.#tell({ code: 'file', message: (error as Error).message, cause: error });
      this.#cannotStoreFiles = isMlflowError(error, 'NOT_SUPPORTED');
      return;
    }
    this.#sent = addCounts(this.#sent, { files: 1 });
    if (event.type === 'image') await this.#setTagOnce('mlflow.loggedImages', 'true');
    if (event.type === 'table') {
      const tables = [...new Set([...cursor.tables, event.artifactPath])];
      await this.#setTagOnce('mlflow.loggedArtifacts', JSON.stringify(tables.map((path) => ({ path, type: 'table' }))));
    }
  }

  async #setTagOnce(key: string, value: string): Promise<void> {
    const { client, signal } = this.#options;
    const { runId } = this.#currentCursor();
    const mark = `tag ${runId} ${key} ${value}`;
    if (this.#told.has(mark)) return;
    await client.log.tags(runId, { [key]: value }, { signal });
    this.#told.add(mark);
  }

  /** Goes on without where the folder cannot be written: the cursor is an aid. */
  #saveCursor(cursor: ShipCursor): void {
    const { folder, client } = this.#options;
    this.#cursor = cursor;
    try {
      writeShipCursor(folder, client.baseUrl, cursor);
    } catch (error) {
      if (this.#told.has('cursor')) return;
      this.#told.add('cursor');
      const reason = (error as NodeJS.ErrnoException).code ?? String(error);
      const message =
        `${basename(shipCursorPath(folder))} cannot be written (${reason}): what was sent is not remembered there, ` +
        'the next `oneshot sync` asks the server';
      this.#tell({ code: 'not-remembered', message, cause: error });
    }
  }

  #tellAdjustment(adjustment: Adjustment): void {
    // A diverged run has many non-finite points; the first of each key says it.
    const { kind, field, key } = adjustment;
    const mark = `${kind} ${field} ${key}`;
    if (this.#told.has(mark)) return;
    this.#told.add(mark);
    this.#tell({ code: 'adjusted', message: describeAdjustment(adjustment) });
  }

  #tell(problem: ShipProblem): void {
    this.#options.onProblem?.(problem);
  }

  #report(end: number): ShipReport {
    const cursor = this.#cursor;
    const isComplete = cursor !== undefined && cursor.entryOffset >= end && cursor.fileOffset >= end;
    return {
      folder: this.#options.folder,
      experimentId: cursor?.experimentId,
      runId: cursor?.runId,
      sent: this.#sent,
      isComplete,
    };
  }

  #currentCursor(): ShipCursor {
    if (this.#cursor === undefined) throw new OneshotError('internal', 'the journal has no cursor yet');
    return this.#cursor;
  }

  #currentRun(): Run {
    if (this.#run === undefined) throw new OneshotError('internal', 'the journal has no MLflow run yet');
    return this.#run;
  }

  #currentEvent(): RunEvent {
    if (this.#runEvent === undefined) throw new OneshotError('internal', 'the journal names no run yet');
    return this.#runEvent;
  }
}

/** Where the whole of a cut value is found: `full-values/params/model.notes.txt`. */
function composeFullValuePath(field: Adjustment['field'], key: string): string {
  return sanitizeArtifactPath(`full-values/${field}s/${key}.txt`);
}

/** One request's worth of entries, so that a cursor is written for each request. */
const entriesPerBatch = 1000;

/** The journal's first event; undefined while there is none. Throws OneshotError('corrupt') when it is not a run. */
function readRunEvent(path: string, end: number): RunEvent | undefined {
  if (end === 0) return undefined;
  const first = readFirstEvent(path);
  if (first === undefined || first.type === 'run') return first;
  throw new OneshotError('corrupt', `${path} begins with an event ${first.type} instead of run`);
}

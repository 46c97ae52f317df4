// Live shipping: a supervisor follows the journals of its trials while they write. Nothing here ever reaches training:
// a dead server is reported once and tried again, with longer and longer waits.
import { OneshotError } from '../base/problem.js';
import { RunDeletedError } from './resolve-run.js';
import { JournalShipper, type ShipOptions } from './ship-journal.js';
import { nothingSent, type ShipProblem, type ShipReport } from './ship-report.js';

export interface FollowOptions extends Omit<ShipOptions, 'signal'> {
  /** Pause between two looks at the journal. Default 1000 ms. */
  readonly pollMs?: number;
  /** Called after each pass that succeeds. */
  readonly onPass?: (report: ShipReport) => void;
  /** Longest pause after failures. Default 60 000 ms. */
  readonly maxPauseMs?: number;
}

export interface JournalFollower {
  /** The last report; its `runId` is there once the server has a run for the journal. */
  readonly report: ShipReport;
  /** Whether the last pass failed: the server is out of reach, or refuses everything. */
  readonly isFailing: boolean;
  /**
   * Ships the journal to its end, now that nothing more will be written, and ends. Resolves after `limitMs` at most, with
   * `isComplete` false if the server did not get everything. Never rejects.
   */
  drain(limitMs: number): Promise<ShipReport>;
  /** Ends at once. Never rejects. */
  stop(): Promise<void>;
}

/** Starts following the journal of a run folder, which may not exist yet. Never throws. */
export function followJournal(options: FollowOptions): JournalFollower {
  const controller = new AbortController();
  const follower = new Follower(options, controller.signal);
  const done = follower.run();
  return {
    get report() {
      return follower.report;
    },
    get isFailing() {
      return follower.isFailing;
    },
    drain: async (limitMs) => {
      const timer = setTimeout(() => controller.abort(), limitMs);
      follower.finishSoon();
      await done;
      clearTimeout(timer);
      return follower.report;
    },
    stop: async () => {
      controller.abort();
      await done;
    },
  };
}

class Follower {
  report: ShipReport;
  readonly #options: FollowOptions;
  readonly #signal: AbortSignal;
  readonly #shipper: JournalShipper;
  #isDraining = false;
  #wake: () => void = () => {};
  #failures = 0;

  get isFailing(): boolean {
    return this.#failures > 0;
  }

  constructor(options: FollowOptions, signal: AbortSignal) {
    this.#options = options;
    this.#signal = signal;
    this.#shipper = new JournalShipper({ ...options, signal });
    this.report = { folder: options.folder, sent: nothingSent, isComplete: false };
  }

  /** The next pass is the last, if it succeeds; it begins at once. */
  finishSoon(): void {
    this.#isDraining = true;
    this.#wake();
  }

  async run(): Promise<void> {
    while (!this.#signal.aborted) {
      const isLast = this.#isDraining;
      try {
        this.report = isLast ? await this.#shipper.ship() : await this.#shipper.shipPass();
        this.#failures = 0;
        this.#options.onPass?.(this.report);
        if (isLast) return;
      } catch (error) {
        if (this.#signal.aborted) return;
        this.#tellFailure(error);
        if (error instanceof RunDeletedError || (error instanceof OneshotError && error.code === 'corrupt')) return;
        this.#failures += 1;
      }
      await this.#pause();
    }
  }

  /** The first failure of an outage is told, the following ones are not. */
  #tellFailure(error: unknown): void {
    if (this.#failures > 0) return;
    const message = error instanceof Error ? error.message : String(error);
    const code: ShipProblem['code'] = error instanceof RunDeletedError ? 'run-deleted' : 'failed';
    this.#options.onProblem?.({ code, message, cause: error });
  }

  async #pause(): Promise<void> {
    const { pollMs = 1000, maxPauseMs = 60_000 } = this.#options;
    const delayMs = Math.min(pollMs * 2 ** this.#failures, maxPauseMs);
    await new Promise<void>((resolve) => {
      const end = () => {
        clearTimeout(timer);
        this.#signal.removeEventListener('abort', end);
        this.#wake = () => {};
        resolve();
      };
      const timer = setTimeout(end, delayMs);
      this.#wake = end;
      this.#signal.addEventListener('abort', end, { once: true });
    });
  }
}

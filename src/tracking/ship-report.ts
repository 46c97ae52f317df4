// What became of shipping a journal: counted, and told while it happens.

/** Something that a user should know. Shipping goes on but for `failed` and `run-deleted`. */
export interface ShipProblem {
  readonly code: /** The server refused an entry; all others were sent. */
    | 'refused'
    /** A key or value had to be changed to fit; told once for each. */
    | 'adjusted'
    /** A file is missing in the run folder or cannot be sent. */
    | 'file'
    /** The run folder cannot be written; everything is sent all the same. */
    | 'not-remembered'
    /** The run was deleted in MLflow: nothing more is sent. */
    | 'run-deleted'
    /** Server or network fail: tried again later. */
    | 'failed';
  readonly message: string;
  readonly cause?: unknown;
}

export interface ShipReport {
  readonly folder: string;
  /** Absent while the server has no run for the journal. */
  readonly experimentId?: string;
  readonly runId?: string;
  /** Entries sent this time. */
  readonly sent: ShipCounts;
  /** True when the server has everything that the journal holds. */
  readonly isComplete: boolean;
}

export interface ShipCounts {
  readonly points: number;
  readonly params: number;
  readonly tags: number;
  readonly datasets: number;
  readonly files: number;
  readonly refused: number;
}

export const nothingSent: ShipCounts = { points: 0, params: 0, tags: 0, datasets: 0, files: 0, refused: 0 };

/** The sums of both. */
export function addCounts(a: ShipCounts, b: Partial<ShipCounts>): ShipCounts {
  return {
    points: a.points + (b.points ?? 0),
    params: a.params + (b.params ?? 0),
    tags: a.tags + (b.tags ?? 0),
    datasets: a.datasets + (b.datasets ?? 0),
    files: a.files + (b.files ?? 0),
    refused: a.refused + (b.refused ?? 0),
  };
}

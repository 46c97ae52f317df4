// What `oneshot doctor` finds out about one thing.

/** `missing`: not there, and not needed for training on this machine. */
export type FindingState = 'works' | 'broken' | 'missing';

export interface Finding {
  readonly area: 'engine' | 'data' | 'tracking' | 'cluster' | 'programs' | 'machine';
  readonly name: string;
  readonly state: FindingState;
  /** What there is, or why it does not work. */
  readonly detail: string;
  /** What to do about it. */
  readonly remedy?: string;
  /** Whether a plain `oneshot run` needs it. */
  readonly isEssential: boolean;
}

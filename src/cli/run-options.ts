// The options of `oneshot run`.
import type { EngineName } from '../engine/engine.js';

export interface RunOptions {
  readonly set: string[];
  readonly runs: string;
  readonly parallel?: number;
  readonly engine?: 'auto' | EngineName;
  readonly threads?: number;
  readonly retries?: number;
  readonly failFast?: boolean;
  readonly allowDrift?: boolean;
  readonly launcher: 'local' | 'slurm';
  /** Of the launcher `slurm`: follow the jobs. */
  readonly wait?: boolean;
  readonly json?: boolean;
}

// What classify, embed, export and demo begin and end with: trained networks on an engine, and a line that says how far
// they have come.
import type { PictureForm } from '../data/pictures/see-picture.js';
import type { EngineName } from '../engine/engine.js';
import { type StartedCommittee, startCommittee } from '../trained/start-committee.js';
import { openProgressLine, type ProgressLine } from './progress-line.js';

export interface NetworkOptions {
  readonly ink?: PictureForm['ink'];
  readonly engine?: 'auto' | EngineName;
  readonly threads?: number;
}

/**
 * What `use` makes of the started networks at `paths`; afterwards they are freed and the line is away, whatever happens.
 * Throws what starting them and `use` throw.
 */
export async function withNetworks<T>(
  paths: readonly string[],
  { ink, engine = 'auto', threads }: NetworkOptions,
  use: (started: StartedCommittee, progress: ProgressLine) => Promise<T>,
): Promise<T> {
  const progress = openProgressLine();
  let started: StartedCommittee | undefined;
  try {
    started = await startCommittee(paths, {
      engine,
      threads,
      ink,
      env: process.env,
      report: progress.show,
      note: progress.note,
    });
    return await use(started, progress);
  } finally {
    progress.close();
    started?.dispose();
  }
}

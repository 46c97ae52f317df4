// Many journals, side by side: what `oneshot sync` does.
import { readJournal } from './journal.js';
import { journalName, type ShipOptions, shipJournal } from './ship-journal.js';
import type { ShipReport } from './ship-report.js';

export interface ShipManyOptions extends Omit<ShipOptions, 'folder' | 'onProblem' | 'onProgress'> {
  readonly folders: readonly string[];
  /** Journals at once. Default 4; the client caps the requests of all of them. */
  readonly parallel?: number;
  readonly optionsFor?: (folder: string) => Pick<ShipOptions, 'onProblem' | 'onProgress'>;
}

/** What became of one journal: its report, or what stopped it. */
export type ShipOutcome =
  | { readonly folder: string; readonly report: ShipReport }
  | { readonly folder: string; readonly error: unknown };

/** The outcomes, in the order of `folders`. Sweeps go before their trials, which are shown under them. Never rejects. */
export async function shipJournals(options: ShipManyOptions): Promise<ShipOutcome[]> {
  const { folders, parallel = 4, optionsFor, ...shared } = options;
  const outcomes = new Map<string, ShipOutcome>();
  const ship = async (folder: string) => {
    try {
      outcomes.set(folder, { folder, report: await shipJournal({ ...shared, ...optionsFor?.(folder), folder }) });
    } catch (error) {
      outcomes.set(folder, { folder, error });
    }
  };
  const isParent = new Map(folders.map((folder) => [folder, !hasParent(folder)]));
  for (const wave of [true, false]) {
    const waiting = folders.filter((folder) => isParent.get(folder) === wave);
    const worker = async () => {
      for (let folder = waiting.shift(); folder !== undefined; folder = waiting.shift()) await ship(folder);
    };
    await Promise.all(Array.from({ length: parallel }, worker));
  }
  return folders.flatMap((folder) => outcomes.get(folder) ?? []);
}

/** False too for a journal that cannot be read: shipping it says why. */
function hasParent(folder: string): boolean {
  try {
    const first = readJournal(`${folder}/${journalName}`).next().value;
    return first?.event.type === 'run' && first.event.parentUid !== undefined;
  } catch {
    return false;
  }
}

// Many journals, side by side: what `oneshot sync` does.
import { isMlflowError, type MlflowErrorCode } from 'mlflow-ts-client';
import { readFirstEvent } from './journal.js';
import { journalName, type ShipOptions, shipJournal } from './ship-journal.js';
import type { ShipReport } from './ship-report.js';

export interface ShipManyOptions extends Omit<ShipOptions, 'folder' | 'onProblem' | 'onProgress'> {
  readonly folders: readonly string[];
  /** Journals at once. Default 4; the client caps the requests of all of them. */
  readonly parallel?: number;
  readonly optionsFor?: (folder: string) => Pick<ShipOptions, 'onProblem' | 'onProgress'>;
  /** Told when a journal is done with, before the others are. */
  readonly onOutcome?: (outcome: ShipOutcome) => void;
}

/** What became of one journal: its report, or what stopped it. */
export type ShipOutcome =
  | { readonly folder: string; readonly report: ShipReport }
  | { readonly folder: string; readonly error: unknown };

/**
 * The outcomes, in the order of `folders`; a journal that was not begun has none, because the signal was aborted or the
 * server lets nobody in. Sweeps go before their trials, which are shown under them. Never rejects.
 */
export async function shipJournals(options: ShipManyOptions): Promise<ShipOutcome[]> {
  const { folders, parallel = 4, optionsFor, onOutcome, ...shared } = options;
  const outcomes = new Map<string, ShipOutcome>();
  let isServerLost = false;
  const keep = (outcome: ShipOutcome) => {
    outcomes.set(outcome.folder, outcome);
    onOutcome?.(outcome);
  };
  const ship = async (folder: string) => {
    try {
      keep({ folder, report: await shipJournal({ ...shared, ...optionsFor?.(folder), folder }) });
    } catch (error) {
      if (isMlflowError(error, ...serverWide)) isServerLost = true;
      keep({ folder, error });
    }
  };
  const isParent = new Map(folders.map((folder) => [folder, !hasParent(folder)]));
  for (const wave of [true, false]) {
    const waiting = folders.filter((folder) => isParent.get(folder) === wave);
    const worker = async () => {
      while (!isServerLost && !shared.signal?.aborted) {
        const folder = waiting.shift();
        if (folder === undefined) return;
        await ship(folder);
      }
    };
    await Promise.all(Array.from({ length: parallel }, worker));
  }
  return folders.flatMap((folder) => outcomes.get(folder) ?? []);
}

/** Failures that every other journal would meet as well. */
const serverWide: readonly MlflowErrorCode[] = [
  'UNREACHABLE',
  'TLS',
  'UNAUTHENTICATED',
  'HOST_NOT_ALLOWED',
  'NOT_MLFLOW',
];

/** False too for a journal that cannot be read: shipping it says why. */
function hasParent(folder: string): boolean {
  try {
    const first = readFirstEvent(`${folder}/${journalName}`);
    return first?.type === 'run' && first.parentUid !== undefined;
  } catch {
    return false;
  }
}

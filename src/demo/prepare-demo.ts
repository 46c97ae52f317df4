// From a started network to the files of its page.
import type { Environment } from '../base/environment.js';
import { OneshotError } from '../base/problem.js';
import type { LoadedData } from '../data/loaded-data.js';
import { composeExport, type WaysAndShots } from '../export/compose-export.js';
import { loadRunData } from '../trained/load-run-data.js';
import type { StartedCommittee } from '../trained/start-committee.js';
import type { SupportSet } from '../trained/support-set.js';
import { chooseStarters, type Starters, startersOfSupport } from './choose-starters.js';
import { composeDemo, type DemoFiles } from './compose-demo.js';
import { measurePen, USUAL_PEN } from './measure-pen.js';

/** What answers are calibrated for: what is known changes on the page, and the nearest of these is taken. */
const WAYS: readonly WaysAndShots[] = [
  { nWay: 2, kShot: 1 },
  { nWay: 5, kShot: 1 },
  { nWay: 20, kShot: 1 },
  { nWay: 5, kShot: 5 },
  { nWay: 20, kShot: 5 },
];

export interface DemoOptions {
  /** What is known at the start, instead of characters of the run's data. */
  readonly set?: SupportSet;
  /** Whether characters of the run's data are there to start from. */
  readonly withStarters: boolean;
  readonly env: Environment;
  readonly report: (message: string) => void;
}

export interface PreparedDemo {
  readonly files: DemoFiles;
  readonly starters: Starters | undefined;
}

/** The files of the page, and what they have to start from. */
export async function prepareDemo(started: StartedCommittee, options: DemoOptions): Promise<PreparedDemo> {
  const file = await composeExport(started, options.set, options, WAYS);
  const data = await loadOwn(started, options);
  const starters = file.support !== undefined ? startersOfSupport(file.support) : data && chooseStarters(data);
  const penWidth = data === undefined ? USUAL_PEN : measurePen(data.source, data.split.train.pictures);
  // What is known travels with the starters, whose pictures the page embeds by itself.
  const { network } = file;
  const shown = options.withStarters || file.support !== undefined ? starters : undefined;
  return { files: composeDemo({ file: { network, support: undefined }, starters: shown, penWidth }), starters: shown };
}

// An exported file knows of no data, and a run's may lie elsewhere by now: then there is nothing to start from.
async function loadOwn({ opened }: StartedCommittee, { env, report }: DemoOptions): Promise<LoadedData | undefined> {
  const { network } = opened[0]!;
  if (!('experiment' in network)) return undefined;
  try {
    return await loadRunData(network.experiment, { env, report });
  } catch (error) {
    if (!(error instanceof OneshotError && error.code === 'data')) throw error;
    return undefined;
  }
}

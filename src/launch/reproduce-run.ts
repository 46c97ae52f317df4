// Runs a finished run again, from what its own folder holds, into another folder, under the engine and threads of the
// first time as far as this machine has them.
import { join } from 'node:path';
import { OneshotError } from '../base/problem.js';
import { canonicalJson } from '../base/stable-hash.js';
import { startEngine } from '../engine/start-engine.js';
import type { Plan } from '../plan/plan-trials.js';
import type { Trial } from '../plan/trial.js';
import { chooseEngine, findDrift, type WantedEngine } from '../run-folder/conditions.js';
import { describeProvenance } from '../run-folder/provenance.js';
import type { FinishedRun } from '../run-folder/read-finished-run.js';
import { runFiles } from '../run-folder/run-folder.js';
import { findRun } from './prepare-run.js';

/** What running it again needs: a plan of this one trial, and the engine to ask for. */
export interface Reproduction {
  readonly plan: Plan;
  readonly engine: WantedEngine;
}

/** The reproduction of a run below `runsFolder`. Throws a OneshotError 'usage' when that folder holds this trial already. */
export function planReproduction(run: FinishedRun, runsFolder: string, wanted: WantedEngine): Reproduction {
  const { record, experiment, conditions } = run;
  const trial: Trial = {
    id: record.id,
    name: record.name,
    folder: `${record.name}-${record.id}`,
    seed: record.seed,
    assignments: record.assignments,
    experiment,
    fingerprints: record.fingerprints,
  };
  const { folder, progress } = findRun(join(runsFolder, experiment.name), trial);
  if (progress !== 'new')
    throw new OneshotError('usage', `${folder} holds this trial already`, {
      hint: 'name another folder with --out, or none for a temporary one',
    });
  const { name, threads } = chooseEngine(wanted, conditions);
  return {
    plan: { experiment, trials: [trial], fingerprint: record.fingerprints.training },
    engine: {
      engine: name,
      threads,
      autoThreads: wanted.autoThreads,
      tuningFrom: runFiles(run.folder).tuning,
    },
  };
}

/**
 * How this program and machine differ from those of the first run, as far as results depend on it, in words. Starts the
 * engine for a moment; throws a OneshotError 'engine' when it does not start.
 */
export async function findReproductionDrift(run: FinishedRun, { engine }: Reproduction): Promise<string[]> {
  return [...describeAttempts(run), ...describeSurroundings(run), ...(await describeEngineDrift(run, engine))];
}

// A run that was resumed under other conditions by --allow-drift cannot be repeated by any single engine.
function describeAttempts({ provenance }: FinishedRun): string[] {
  const engines = new Set(provenance.map(({ engine }) => canonicalJson(engine)));
  return engines.size > 1 ? ['its attempts ran under different engines or threads'] : [];
}

function describeSurroundings({ provenance }: FinishedRun): string[] {
  const before = provenance.at(-1);
  if (before === undefined) return ['it has no provenance.json: where it ran is not known'];
  const now = describeProvenance({ attempt: 1, startedAt: new Date(), engine: {} });
  return (
    [
      ['oneshot', before.oneshot, now.oneshot],
      ['Node.js', before.node, now.node],
      ['processor', before.machine?.processor, now.machine.processor],
    ] as const
  )
    .filter(([, first, again]) => first !== again)
    .map(([what, first, again]) => `${what} was ${first ?? 'not recorded'} and is ${again}`);
}

async function describeEngineDrift({ conditions }: FinishedRun, wanted: WantedEngine): Promise<string[]> {
  if (conditions === undefined) return [];
  const engine = await startEngine(wanted.engine, wanted.threads === 'auto' ? {} : { threads: wanted.threads });
  try {
    return findDrift(conditions, { ...conditions, engine: engine.description });
  } finally {
    engine.dispose();
  }
}

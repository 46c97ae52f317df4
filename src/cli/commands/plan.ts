import { join } from 'node:path';
import { loadPlan } from '../../check/load-plan.js';
import { findRun, type RunProgress } from '../../launch/prepare-run.js';
import type { Plan, Trial } from '../../plan/plan-trials.js';
import { estimateTrialCost, type TrialCost } from '../../run/trial-cost.js';
import { formatBytes, formatCount, formatInteger } from '../format-quantity.js';
import { createPlainTable } from '../plain-table.js';
import type { ExitCode } from '../report-error.js';
import { type Colors, colorsFor, printResult } from '../terminal.js';

interface PlannedTrial {
  readonly trial: Trial;
  readonly progress: RunProgress;
  readonly folder: string;
  readonly cost: TrialCost | undefined;
}

/** `oneshot plan`: the trials of a file, what is left to do of each, and what they cost. */
export async function planCommand(
  file: string,
  options: { set: string[]; runs: string; json?: boolean },
): Promise<ExitCode> {
  const plan = loadPlan(file, { sets: options.set });
  const { experiment } = plan;
  const trials = describeTrials(plan, join(options.runs, experiment.name));
  if (options.json) {
    printResult(JSON.stringify({ experiment: experiment.name, trials: trials.map(toJson) }, null, 2));
    return 0;
  }
  printPlan(plan, trials, colorsFor(process.stdout));
  return 0;
}

// Costs depend on shapes and sizes, so trials that differ in neither share one.
function describeTrials({ trials }: Plan, experimentFolder: string): PlannedTrial[] {
  const costs = new Map<string, TrialCost | undefined>();
  return trials.map((trial) => {
    const key = trial.fingerprints.config;
    if (!costs.has(key)) costs.set(key, estimateTrialCost(trial.experiment));
    return { trial, ...findRun(experimentFolder, trial), cost: costs.get(key) };
  });
}

function toJson({ trial, progress, folder, cost }: PlannedTrial): unknown {
  const { id, name, seed, assignments, fingerprints } = trial;
  return { id, name, folder, progress, seed, assignments, fingerprints, cost: cost ?? null };
}

function printPlan({ experiment }: Plan, trials: readonly PlannedTrial[], colors: Colors): void {
  const left = trials.filter(({ progress }) => progress !== 'finished');
  printResult(
    `${colors.bold(experiment.name)}: ${count(trials.length, 'trial')}, ${trials.length - left.length} finished`,
  );
  const table = createPlainTable(
    ['trial', 'state', 'parameters', 'FLOPs/step', 'steps', 'memory', 'disk'],
    colors,
    [2, 3, 4, 5, 6],
  );
  for (const { trial, progress, cost } of trials) {
    table.push([
      `${trial.name}-${trial.id}`,
      progress,
      ...(cost === undefined
        ? ['none', '', '', '', '']
        : [
            formatInteger(cost.parameters),
            formatCount(cost.flopsPerStep),
            formatInteger(cost.steps),
            formatBytes(cost.memoryBytes),
            formatBytes(cost.diskBytes),
          ]),
    ]);
  }
  printResult(table.toString());
  const sum = (value: (cost: TrialCost) => number) =>
    left.reduce((total, { cost }) => total + (cost === undefined ? 0 : value(cost)), 0);
  if (left.length === 0) return;
  const memory = Math.max(...left.map(({ cost }) => cost?.memoryBytes ?? 0));
  if (memory === 0) return;
  printResult(
    `left to do: ${count(left.length, 'trial')}, ${formatCount(sum(({ flopsPerStep, steps }) => flopsPerStep * steps))}FLOPs at most, ` +
      `${formatBytes(memory)} of memory for each at a time, ${formatBytes(sum(({ finalDiskBytes }) => finalDiskBytes))} of disk in the end`,
  );
}

const count = (number: number, noun: string) => `${formatInteger(number)} ${noun}${number === 1 ? '' : 's'}`;

import { join } from 'node:path';
import { formatBytes, formatDuration, formatInteger, formatPrefixed } from '../../base/format-quantity.js';
import { estimateTimeHere, type TimeEstimate } from '../../bench/estimate-time.js';
import { loadPlan } from '../../check/load-plan.js';
import { countFlopsLeft, describePlan, listPlannedTrials, type PlannedTrial } from '../../launch/describe-plan.js';
import type { HalvingSettings } from '../../plan/halving.js';
import type { Plan } from '../../plan/plan-trials.js';
import { listRungEpochs } from '../../plan/search/asha.js';
import type { SearchSweep } from '../../plan/search-sweep.js';
import type { TrialCost } from '../../run/trial-cost.js';
import { createPlainTable } from '../plain-table.js';
import type { ExitCode } from '../report-error.js';
import { type Colors, colorsFor, printJson, printResult } from '../terminal.js';

/** Trials that get a line each. */
const MOST_ROWS = 100;

/** `oneshot plan`: the trials of a file, what is left to do of each, and what they cost. */
export async function planCommand(
  file: string,
  options: { set: string[]; runs: string; json?: boolean },
): Promise<ExitCode> {
  const plan = loadPlan(file, { sets: options.set });
  const { experiment, search } = plan;
  const trials = listPlannedTrials(plan, join(options.runs, experiment.name));
  if (options.json) {
    const { trials: described, ...head } = describePlan(plan, trials);
    // Of a search only the first points are known.
    const time = search === undefined ? { time: estimatePlannedTime(plan, trials) ?? null } : {};
    printJson({ ...head, ...time, trials: described });
    return 0;
  }
  if (search === undefined) printPlan(plan, trials, colorsFor(process.stdout));
  else printSearch(plan, search, trials, colorsFor(process.stdout));
  if (plan.halving !== undefined) printResult(describeHalving(plan.halving));
  return 0;
}

function describeHalving(halving: HalvingSettings): string {
  const { metric, goal, reductionFactor } = halving;
  const rungs = listRungEpochs(halving).map(formatInteger).join(', ');
  return (
    `halving: points train to ${rungs} epochs, and after each one in ${reductionFactor} goes on, the ` +
    `${goal === 'maximize' ? 'highest' : 'lowest'} ${metric}`
  );
}

/** The time of all trials that are left, one after the other. */
function estimatePlannedTime({ experiment }: Plan, trials: readonly PlannedTrial[]): TimeEstimate | undefined {
  return estimateTimeHere(experiment.resources.engine, countFlopsLeft(trials));
}

function printPlan(plan: Plan, trials: readonly PlannedTrial[], colors: Colors): void {
  const { experiment } = plan;
  const left = trials.filter(({ progress }) => progress !== 'finished');
  printResult(
    `${colors.bold(experiment.name)}: ${count(trials.length, 'trial')}, ${trials.length - left.length} finished`,
  );
  printResult(renderTrials(trials, colors));
  if (trials.length > MOST_ROWS)
    printResult(colors.dim(`and ${formatInteger(trials.length - MOST_ROWS)} more: --json lists them all`));
  const sum = (value: (cost: TrialCost) => number) =>
    left.reduce((total, { cost }) => total + (cost === undefined ? 0 : value(cost)), 0);
  if (left.length === 0) return;
  const memory = Math.max(...left.map(({ cost }) => cost?.memoryBytes ?? 0));
  if (memory === 0) return;
  printResult(
    `left to do: ${count(left.length, 'trial')}, ${formatPrefixed(countFlopsLeft(left))}FLOPs at most, ` +
      `${formatBytes(memory)} of memory for each at a time, ` +
      `${formatBytes(sum(({ finalDiskBytes }) => finalDiskBytes))} of disk in the end`,
  );
  printResult(colors.dim(describeTime(experiment.resources.engine, estimatePlannedTime(plan, left), left.length)));
}

function describeTime(asked: string, estimate: TimeEstimate | undefined, trials: number): string {
  if (estimate === undefined) {
    const what = asked === 'auto' ? 'the engine that `auto` takes here' : `${asked} on this machine`;
    return `no estimate of the time: \`oneshot bench\` has not measured ${what}`;
  }
  const { engine, shortestSeconds, longestSeconds, measured } = estimate;
  const range = [...new Set([shortestSeconds, longestSeconds].map(formatDuration))].join(' to ');
  const order = trials === 1 ? '' : ', one trial after the other';
  return (
    `training takes ${range} on ${engine} with ${count(measured.threads, 'thread')}${order}, ` +
    `by what \`oneshot bench\` measured here on ${measured.date.slice(0, 10)}`
  );
}

function printSearch(
  { experiment }: Plan,
  { settings, maxPoints, goal, learns }: SearchSweep,
  trials: readonly PlannedTrial[],
  colors: Colors,
): void {
  const seeds = experiment.seeds.length;
  const hours = settings.maxHours === undefined ? '' : ` or ${settings.maxHours} h`;
  printResult(
    `${colors.bold(experiment.name)}: ${settings.method} search, ` +
      `${count(maxPoints, 'point')}${seeds === 1 ? '' : ` of ${seeds} seeds`} at most${hours}; ` +
      `${goal === 'maximize' ? 'highest' : 'lowest'} ${settings.metric}`,
  );
  printResult(renderTrials(trials, colors));
  const shown = trials.length / seeds;
  if (shown >= maxPoints) return;
  const rest = count(maxPoints - shown, 'further point');
  printResult(
    learns
      ? `${rest} at most are proposed from what the trials before them give: they are not known yet`
      : `${rest} are proposed in the same way, whatever the trials give; those that the space does not hold are left out`,
  );
}

function renderTrials(trials: readonly PlannedTrial[], colors: Colors): string {
  const table = createPlainTable(
    ['trial', 'state', 'parameters', 'FLOPs/step', 'steps', 'memory', 'disk'],
    colors,
    [2, 3, 4, 5, 6],
  );
  for (const { trial, progress, cost } of trials.slice(0, MOST_ROWS)) {
    table.push([
      `${trial.name}-${trial.id}`,
      progress,
      ...(cost === undefined
        ? ['none', '', '', '', '']
        : [
            formatInteger(cost.parameters),
            formatPrefixed(cost.flopsPerStep),
            formatInteger(cost.steps),
            formatBytes(cost.memoryBytes),
            formatBytes(cost.diskBytes),
          ]),
    ]);
  }
  return table.toString();
}

const count = (number: number, noun: string) => `${formatInteger(number)} ${noun}${number === 1 ? '' : 's'}`;

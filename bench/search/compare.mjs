// Random, Sobol and TPE search of this project beside Optuna's TPE at equal trials, over paired seeds.
//
// Needs `npm run build` and a Python with Optuna. Usage: node bench/search/compare.mjs PYTHON [TRIALS] [SEEDS]
import { execFileSync } from 'node:child_process';
import { randomStream } from '../../dist/base/random-stream.js';
import { createStrategy } from '../../dist/plan/search/create-strategy.js';
import { readSearchSpace } from '../../dist/plan/search/read-search-space.js';
import { OBJECTIVES } from './objectives.mjs';

const METHODS = ['random', 'sobol', 'tpe'];
const RESAMPLES = 10_000;

const [python = 'python3', trials = '100', seeds = '20'] = process.argv.slice(2);
const trialCount = Number(trials);
const seedCount = Number(seeds);

/** The noiseless value, above the minimum, of the point with the best observed value. */
function findRegret({ value, parameters, minimum, noise }, method, seed) {
  const { space } = readSearchSpace(parameters);
  const strategy = createStrategy({ method, goal: 'minimize' }, space, seed);
  const stream = randomStream(seed, 'noise');
  const asked = [];
  let best = { observed: Number.POSITIVE_INFINITY, value: Number.POSITIVE_INFINITY };
  for (let trial = 0; trial < trialCount; trial++) {
    const point = strategy.ask(asked);
    const exact = value(point);
    const observed = exact + noise * stream.normal();
    if (observed < best.observed) best = { observed, value: exact };
    asked.push({ point, outcome: { status: 'finished', value: observed, n: 1 } });
  }
  return best.value - minimum;
}

const listSeeds = () => Array.from({ length: seedCount }, (_, seed) => seed);
const mean = (numbers) => numbers.reduce((sum, x) => sum + x, 0) / numbers.length;
const median = (numbers) => {
  const sorted = [...numbers].sort((a, b) => a - b);
  return (sorted[Math.floor((sorted.length - 1) / 2)] + sorted[Math.ceil((sorted.length - 1) / 2)]) / 2;
};
const ratioOfMeans = (pairs) => mean(pairs.map(([a]) => a)) / mean(pairs.map(([, b]) => b));
const ratioOfGeometricMeans = (pairs) => Math.exp(mean(pairs.map(([a, b]) => Math.log(a / b))));

/** The 95 % percentile interval of a statistic over resampled pairs. */
function bootstrap(pairs, statistic) {
  const stream = randomStream(0, 'bootstrap');
  const values = Array.from({ length: RESAMPLES }, () => statistic(pairs.map(() => stream.pick(pairs))));
  values.sort((a, b) => a - b);
  return [values[Math.floor(0.025 * RESAMPLES)], values[Math.ceil(0.975 * RESAMPLES) - 1]];
}

/** Stops where the two languages' objectives differ at the points of a short random search. */
function checkObjectives(points, values) {
  for (const [name, listed] of Object.entries(points)) {
    listed.forEach((point, at) => {
      const here = OBJECTIVES[name].value(point);
      if (Math.abs(here - values[name][at]) > 1e-9) throw new Error(`${name} differs at ${JSON.stringify(point)}`);
    });
  }
}

function drawPoints(name) {
  const { space } = readSearchSpace(OBJECTIVES[name].parameters);
  const strategy = createStrategy({ method: 'random' }, space, 0);
  const asked = [];
  while (asked.length < 20) asked.push({ point: strategy.ask(asked) });
  return asked.map(({ point }) => point);
}

const points = Object.fromEntries(Object.keys(OBJECTIVES).map((name) => [name, drawPoints(name)]));
const script = new URL('optuna_regrets.py', import.meta.url).pathname;
const optuna = JSON.parse(
  execFileSync(python, [script, trials, seeds], { input: JSON.stringify(points), encoding: 'utf8' }),
);
checkObjectives(points, optuna.values);

const show = (x) => x.toPrecision(3);
const showRatio = (pairs, statistic) =>
  `${show(statistic(pairs))} [${bootstrap(pairs, statistic).map(show).join(', ')}]`;

console.log(`${trials} trials, ${seeds} seeds, Node ${process.versions.node}, Optuna ${optuna.versions.optuna}\n`);
console.log(
  '| function | search | mean regret | median regret | ratio of means to Optuna | ratio of geometric means |',
);
console.log('|---|---|---|---|---|---|');
for (const [name, objective] of Object.entries(OBJECTIVES)) {
  const theirs = optuna.regrets[name];
  console.log(`| ${name} | Optuna TPE | ${show(mean(theirs))} | ${show(median(theirs))} | | |`);
  for (const method of METHODS) {
    const ours = listSeeds().map((seed) => findRegret(objective, method, seed));
    const pairs = ours.map((regret, seed) => [regret, theirs[seed]]);
    const ratios = [ratioOfMeans, ratioOfGeometricMeans].map((statistic) => showRatio(pairs, statistic));
    console.log(`| ${name} | ${method} | ${show(mean(ours))} | ${show(median(ours))} | ${ratios.join(' | ')} |`);
  }
}

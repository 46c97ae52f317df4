// The curves of a report: accuracy against the number of ways, and what happened during training. Each is a list of
// points that the page draws and offers as a table.
import type { EvaluationResult } from '../../evaluation/records/evaluation-result.js';
import { momentumAt } from '../../training/optimizers/sgd.js';
import type { Measurement, RunGroup } from '../group-runs.js';
import type { ReportRun } from '../load-runs.js';
import type { PlotPoint } from '../plots/draw-lines.js';

/** Accuracy against N for one protocol and number of shots. */
export interface NWayCurve {
  readonly protocol: EvaluationResult['protocol'];
  readonly kShot: number;
  readonly points: readonly PlotPoint[];
}

/** A curve for each protocol and number of shots that was measured at two numbers of ways or more. */
export function collectNWayCurves(
  measurements: readonly Measurement[],
  nameSystem: (measurement: Measurement) => string,
): NWayCurve[] {
  const curves = new Map<string, NWayCurve & { points: PlotPoint[] }>();
  for (const measurement of measurements) {
    const { protocol, kShot, nWay, accuracy, interval, scorer } = measurement;
    const key = `${protocol} ${kShot}`;
    const curve = curves.get(key) ?? { protocol, kShot, points: [] };
    curves.set(key, curve);
    const series = nameSystem(measurement);
    // Sections may repeat a task with other seeds or augmentation: the first one counts.
    if (curve.points.some((point) => point.series === series && point.x === nWay)) continue;
    const band = scorer === 'chance' ? {} : { low: interval[0], high: interval[1] };
    curve.points.push({ series, x: nWay, y: accuracy, ...band });
  }
  return [...curves.values()]
    .filter(({ points }) => new Set(points.map(({ x }) => x)).size > 1)
    .map((curve) => ({ ...curve, points: curve.points.sort((a, b) => a.x - b.x) }));
}

/** One metric over the epochs, a series for each configuration and a line for each run. */
export interface LearningCurve {
  readonly metric: string;
  readonly points: readonly PlotPoint[];
}

/** Points of a curve that are kept at most: more than a plot of 300 pixels can show. */
const MOST_POINTS = 300;

const LEARNING_METRICS = /^(train|validation)\//;

/** The metrics of training and validation, in the order of their first appearance. Values that are not finite leave a gap. */
export function collectLearningCurves(groups: readonly RunGroup[]): LearningCurve[] {
  const curves = new Map<string, PlotPoint[]>();
  for (const { label, runs } of groups) {
    for (const { metrics, trial } of runs) {
      const line = `${label}, seed ${trial.seed}`;
      for (const [metric, all] of metrics) {
        if (!LEARNING_METRICS.test(metric) || all.length < 2) continue;
        const stride = Math.ceil(all.length / MOST_POINTS);
        const points = all
          .filter(({ value }, index) => Number.isFinite(value) && (index % stride === 0 || index === all.length - 1))
          .map(({ step, value }) => ({ series: label, line, x: step, y: value }));
        curves.set(metric, [...(curves.get(metric) ?? []), ...points]);
      }
    }
  }
  return [...curves].map(([metric, points]) => ({ metric, points }));
}

/** Learning rate or momentum over the epochs of one run, a series for each layer that has its own. */
export interface LayerCurve {
  readonly quantity: 'learning rate' | 'momentum';
  readonly points: readonly PlotPoint[];
}

/** The layers' rates, in proportion to the logged one as the schedule moves all alike, and their momenta; none where all layers are alike and nothing ramps. */
export function collectLayerCurves({ metrics, settings }: ReportRun): LayerCurve[] {
  const logged = (metrics.get('train/learning-rate') ?? []).filter(({ value }) => Number.isFinite(value));
  const baseRate = Number(settings[`${OPTIMIZER}.learningRate`]);
  const layers = listLayers(settings);
  if (logged.length < 2 || !(baseRate > 0)) return [];
  const rates = layers.flatMap((layer) => {
    const rate = Number(settings[`${layer.path}.learningRate`] ?? baseRate);
    return logged.map(({ step, value }) => ({ series: layer.name, x: step, y: (value * rate) / baseRate }));
  });
  const momenta = layers.flatMap((layer) => {
    const momentum = readMomentum(settings);
    if (momentum === undefined) return [];
    const final = typeof momentum === 'number' ? momentum : momentum.to;
    const own = Number(settings[`${layer.path}.momentum`] ?? final);
    return logged.map(({ step }) => ({ series: layer.name, x: step, y: momentumAt(momentum, own, step - 1) }));
  });
  const differ = (setting: string) => layers.some(({ path }) => settings[`${path}.${setting}`] !== undefined);
  const ramps = settings[`${OPTIMIZER}.momentum.from`] !== undefined;
  return [
    ...(differ('learningRate') ? [{ quantity: 'learning rate' as const, points: rates }] : []),
    ...(differ('momentum') || ramps ? [{ quantity: 'momentum' as const, points: momenta }] : []),
  ];
}

const OPTIMIZER = 'training.optimizer';

/** The layers with a learning rate or momentum of their own, and the head or other layers together where one has none. */
function listLayers(settings: ReportRun['settings']): { name: string; path: string }[] {
  const paths = Object.keys(settings).flatMap((key) => {
    const match = /^(model\.(?:encoder\..+|head))\.type$/.exec(key);
    return match ? [match[1]!] : [];
  });
  const hasOwn = (path: string) =>
    settings[`${path}.learningRate`] !== undefined || settings[`${path}.momentum`] !== undefined;
  const own = paths.filter(hasOwn).map((path) => ({ name: path.replace(/^model\.(encoder\.)?/, ''), path }));
  return own.length === paths.length
    ? own
    : [...own, { name: own.length === 0 ? 'all layers' : 'other layers', path: '' }];
}

function readMomentum(settings: ReportRun['settings']): Parameters<typeof momentumAt>[0] | undefined {
  const constant = settings[`${OPTIMIZER}.momentum`];
  if (constant !== undefined) return Number(constant);
  const part = (name: string) => Number(settings[`${OPTIMIZER}.momentum.${name}`]);
  return settings[`${OPTIMIZER}.momentum.from`] === undefined
    ? undefined
    : { from: part('from'), to: part('to'), rampEpochs: part('rampEpochs') };
}

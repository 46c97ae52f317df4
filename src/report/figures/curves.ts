// The curves of a report: accuracy against the number of ways, and what happened during training. Each is a list of
// points that the page draws and offers as a table.
import { isPlain } from '../../evaluation/headline.js';
import type { EvaluationResult } from '../../evaluation/records/evaluation-result.js';
import { momentumAt } from '../../optimizers/sgd.js';
import type { Measurement, RunGroup } from '../group-runs.js';
import type { MetricPoint, ReportRun } from '../load-runs.js';
import type { PlotPoint } from '../plots/draw-lines.js';

/** Accuracy against N for one selection, protocol and number of shots. */
export interface NWayCurve {
  readonly selection: EvaluationResult['selection'];
  /** Name of the picture set. */
  readonly pictures: string;
  readonly protocol: EvaluationResult['protocol'];
  readonly kShot: number;
  readonly points: readonly PlotPoint[];
  /** The series that are networks, in the order of the configurations: the chosen one first. */
  readonly networks: readonly string[];
}

/** A curve for each selection, protocol and number of shots that was measured at two numbers of ways or more; the test first. */
export function collectNWayCurves(
  measurements: readonly Measurement[],
  nameSystem: (measurement: Measurement) => string,
): NWayCurve[] {
  const curves = new Map<string, Omit<NWayCurve, 'points' | 'networks'> & { points: PlotPoint[] }>();
  const networks = new Set(measurements.filter(({ scorer }) => scorer === 'network').map(nameSystem));
  for (const measurement of measurements.filter(isPlain)) {
    const { selection, protocol, pictures, kShot, nWay, accuracy, interval, scorer } = measurement;
    const key = `${selection} ${protocol} ${kShot}`;
    const curve = curves.get(key) ?? { selection, protocol, pictures, kShot, points: [] };
    curves.set(key, curve);
    const series = nameSystem(measurement);
    // Sections may repeat a task with other seeds or augmentation: the first one counts.
    if (curve.points.some((point) => point.series === series && point.x === nWay)) continue;
    const band = scorer === 'chance' ? {} : { low: interval[0], high: interval[1] };
    curve.points.push({ series, x: nWay, y: accuracy, ...band });
  }
  const order = ['test', 'validation', 'train'];
  return [...curves.values()]
    .sort((a, b) => order.indexOf(a.selection) - order.indexOf(b.selection))
    .filter(({ points }) => new Set(points.map(({ x }) => x)).size > 1)
    .map((curve) => {
      const points = curve.points.sort((a, b) => a.x - b.x);
      const drawn = new Set(points.map(({ series }) => series));
      return { ...curve, points, networks: [...networks].filter((series) => drawn.has(series)) };
    });
}

/** One metric over the epochs, a series for each configuration and a line for each run, or for their mean. */
export interface LearningCurve {
  readonly metric: string;
  /** Whether lines are means over the runs of a configuration. */
  readonly isAveraged: boolean;
  readonly points: readonly PlotPoint[];
}

/** Points of all lines of a metric together, and of one line, that are kept at most: more than a plot of 300 pixels can show. */
const MOST_POINTS = 4000;
const MOST_LINE_POINTS = 300;
/** With more runs than this, a line is the mean over a configuration's runs. */
const MOST_RUN_LINES = 24;

const LEARNING_METRICS = /^(train|validation)\//;

interface Line {
  readonly series: string;
  readonly line: string;
  readonly points: readonly MetricPoint[];
}

/** The metrics of training and validation, in the order of their first appearance. Values that are not finite leave a gap. */
export function collectLearningCurves(groups: readonly RunGroup[]): LearningCurve[] {
  const runs = groups.flatMap((group) => group.runs);
  const metrics = [...new Set(runs.flatMap((run) => [...run.metrics.keys()]))].filter((metric) =>
    LEARNING_METRICS.test(metric),
  );
  const isAveraged = runs.length > MOST_RUN_LINES && groups.length < runs.length;
  return metrics.flatMap((metric) => {
    const lines = groups
      .flatMap((group) => (isAveraged ? [averageRuns(group, metric)] : listRuns(group, metric)))
      .filter(({ points }) => points.length > 1);
    const most = Math.min(MOST_LINE_POINTS, Math.ceil(MOST_POINTS / lines.length));
    const points = lines.flatMap((line) => thinLine(line, most));
    return points.length === 0 ? [] : [{ metric, isAveraged, points }];
  });
}

function listRuns({ label, runs }: RunGroup, metric: string): Line[] {
  return runs.map(({ metrics, trial }) => ({
    series: label,
    line: `${label}, seed ${trial.seed}`,
    points: metrics.get(metric) ?? [],
  }));
}

// Runs that stopped earlier take no part in later epochs.
function averageRuns({ label, runs }: RunGroup, metric: string): Line {
  const values = new Map<number, number[]>();
  for (const { step, value } of runs.flatMap(({ metrics }) => metrics.get(metric) ?? [])) {
    if (Number.isFinite(value)) values.set(step, [...(values.get(step) ?? []), value]);
  }
  const points = [...values].map(([step, own]) => ({
    step,
    value: own.reduce((sum, value) => sum + value, 0) / own.length,
  }));
  return { series: label, line: label, points: points.sort((a, b) => a.step - b.step) };
}

function thinLine({ series, line, points }: Line, most: number): PlotPoint[] {
  const stride = Math.ceil(points.length / most);
  return points
    .filter(({ value }, index) => Number.isFinite(value) && (index % stride === 0 || index === points.length - 1))
    .map(({ step, value }) => ({ series, ...(line === series ? {} : { line }), x: step, y: value }));
}

/** Learning rate or momentum over the epochs of one run, a series for each layer that has its own. */
export interface LayerCurve {
  readonly quantity: 'learning rate' | 'momentum';
  readonly points: readonly PlotPoint[];
}

/**
 * The layers' rates, in proportion to the logged one as the schedule moves all alike, and their momenta; none where all
 * layers are alike and nothing ramps.
 */
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

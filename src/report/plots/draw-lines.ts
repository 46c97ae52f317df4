// Lines over numbers, with bands where points have intervals.
import { drawSpec } from './draw-spec.js';
import { percentAxis } from './percent-axis.js';
import { MOST_COLORED_SERIES, MOST_LEGEND_LETTERS, SERIES_COLORS, shortenNames } from './plot-style.js';

/** One point of a series; `low` and `high` are the ends of its interval. */
export interface PlotPoint {
  /** What is told apart by colour. */
  readonly series: string;
  /** One line of a series that has several. */
  readonly line?: string;
  readonly x: number;
  readonly y: number;
  readonly low?: number;
  readonly high?: number;
}

export interface LinePlot {
  readonly xTitle: string;
  readonly yTitle: string;
  readonly points: readonly PlotPoint[];
  /** Per cent on the y axis: `y` is a fraction. */
  readonly percent: boolean;
  /** Marks the points, for few of them. */
  readonly marks: boolean;
  /** Series that are drawn as points without a line. */
  readonly scattered?: readonly string[];
  /** A logarithmic y axis, where the values are positive and span enough. */
  readonly logarithmic?: boolean;
  /** A logarithmic x axis, under the same conditions. */
  readonly xLogarithmic?: boolean;
  /** Per cent on the x axis as well, whole numbers otherwise. */
  readonly xPercent?: boolean;
}

/** Values within a smaller factor of each other stand on a linear axis. */
const LOGARITHMIC_SPAN = 4;

/** Up to this many values of x each get a tick of their own. */
const MOST_TICKS = 8;

/** The SVG of lines with bands where points have intervals. */
export function drawLines(plot: LinePlot): Promise<string> {
  const seriesNames = plot.points.map(({ series }) => series);
  const short = shortenNames(seriesNames, MOST_LEGEND_LETTERS);
  const names = [...short.values()];
  const values = plot.points.map((point) => ({ ...point, series: short.get(point.series) }));
  const colored = names.length <= MOST_COLORED_SERIES;
  const color = colored
    ? {
        field: 'series',
        type: 'nominal' as const,
        sort: null,
        scale: { domain: names, range: SERIES_COLORS.slice(0, names.length) },
        legend: names.length === 1 ? null : { title: null, symbolOpacity: 1, symbolType: 'stroke' as const },
      }
    : { value: SERIES_COLORS[0]! };
  const x = { field: 'x', type: 'quantitative' as const, title: plot.xTitle, ...xAxisOf(plot) };
  const domain = percentDomain(plot.points);
  const { axis, scale } = plot.percent ? { axis: percentAxis(domain), scale: { domain } } : yAxisOf(plot);
  const y = (field: string) => ({
    field,
    type: 'quantitative' as const,
    title: plot.yTitle,
    axis,
    scale,
  });
  const band = { mark: { type: 'area', opacity: 0.13 }, encoding: { x, y: y('low'), y2: { field: 'high' }, color } };
  const detail = ['series', 'line'].map((field) => ({ field, type: 'nominal' as const }));
  const { scattered = [] } = plot;
  const isScattered = { field: 'series', oneOf: scattered.map((name) => short.get(name) ?? name) };
  const dots = {
    transform: [{ filter: isScattered }],
    mark: { type: 'point', filled: true, size: 22, opacity: 0.7 },
    encoding: { x, y: y('y'), color },
  };
  const line = {
    ...(scattered.length > 0 ? { transform: [{ filter: { not: isScattered } }] } : {}),
    mark: { type: 'line', strokeWidth: colored ? 2 : 1, opacity: colored ? 1 : 0.5, point: plot.marks },
    encoding: { x, y: y('y'), color, detail },
  };
  const hasBand = plot.points.some(({ low }) => low !== undefined);
  return drawSpec({
    data: { values },
    layer: [...(hasBand ? [band] : []), line, ...(scattered.length > 0 ? [dots] : [])],
  });
}

function xAxisOf({ points, xPercent, xLogarithmic }: LinePlot) {
  if (xPercent) return { axis: percentAxis([0, 1]), scale: { domain: [0, 1] } };
  const ticks = [...new Set(points.map(({ x }) => x))];
  const logarithmic = xLogarithmic ? logarithmicAxis(ticks, '~s') : undefined;
  if (logarithmic !== undefined) return logarithmic;
  return {
    axis: {
      format: ',~f',
      tickCount: 6,
      ...(ticks.every(Number.isInteger) ? { tickMinStep: 1 } : {}),
      labelOverlap: false as const,
      ...(ticks.length <= MOST_TICKS ? { values: ticks } : {}),
    },
    scale: { zero: false, nice: false },
  };
}

function yAxisOf({ logarithmic, points }: LinePlot) {
  const axis = logarithmic
    ? logarithmicAxis(
        points.map(({ y }) => y),
        '~g',
      )
    : undefined;
  return axis ?? { axis: { format: '~g', tickCount: 5, labelOverlap: false as const }, scale: { zero: false } };
}

// Ends at ticks: 1, 2 and 5 times each power of ten, or the powers alone where there are many. Undefined where the values are
// not positive or do not span enough.
function logarithmicAxis(values: readonly number[], format: string) {
  const [least, largest] = [Math.min(...values), Math.max(...values)];
  if (!(least > 0) || largest <= LOGARITHMIC_SPAN * least) return undefined;
  const [low, high] = [Math.floor(Math.log10(least)), Math.ceil(Math.log10(largest))];
  const parts = high - low > 3 ? [1] : [1, 2, 5];
  const powers = Array.from({ length: high - low + 1 }, (_, index) => low + index);
  const ticks = powers.flatMap((power) => parts.map((part) => Number(`${part}e${power}`)));
  const first = ticks.filter((tick) => tick <= least).at(-1) ?? ticks[0]!;
  const last = ticks.find((tick) => tick >= largest) ?? ticks.at(-1)!;
  const inside = ticks.filter((tick) => tick >= first && tick <= last);
  return {
    axis: { format, values: inside, labelOverlap: false as const },
    scale: { type: 'log' as const, domain: [first, last], nice: false },
  };
}

// Accuracies are shown on the part of 0 … 100 % that they use, with round ends.
function percentDomain(points: readonly PlotPoint[]): [number, number] {
  const low = Math.min(...points.map((point) => point.low ?? point.y));
  const high = Math.max(...points.map((point) => point.high ?? point.y));
  return [Math.max(0, Math.floor(low * 10 - 0.2) / 10), Math.min(1, Math.ceil(high * 10 + 0.2) / 10)];
}

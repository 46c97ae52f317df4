// Lines over numbers, with bands where points have intervals.
import { drawSpec } from './draw-spec.js';
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
  /** A logarithmic y axis, where the values are positive and span enough. */
  readonly logarithmic?: boolean;
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
  const ticks = [...new Set(plot.points.map((point) => point.x))];
  const x = {
    field: 'x',
    type: 'quantitative' as const,
    title: plot.xTitle,
    axis: plot.xPercent
      ? { format: '.0%', tickCount: 5 }
      : { tickMinStep: 1, format: 'd', ...(ticks.length <= MOST_TICKS ? { values: ticks } : {}) },
    scale: plot.xPercent ? { domain: [0, 1] } : { zero: false, nice: false },
  };
  const yScale = plot.percent ? { domain: percentDomain(plot.points) } : yScaleOf(plot);
  const y = (field: string) => ({
    field,
    type: 'quantitative' as const,
    title: plot.yTitle,
    axis: { format: plot.percent ? '.0%' : '~g', tickCount: 5 },
    scale: yScale,
  });
  const band = { mark: { type: 'area', opacity: 0.18 }, encoding: { x, y: y('low'), y2: { field: 'high' }, color } };
  const detail = ['series', 'line'].map((field) => ({ field, type: 'nominal' as const }));
  const line = {
    mark: { type: 'line', strokeWidth: colored ? 2 : 1, opacity: colored ? 1 : 0.5, point: plot.marks },
    encoding: { x, y: y('y'), color, detail },
  };
  const hasBand = plot.points.some(({ low }) => low !== undefined);
  return drawSpec({ data: { values }, layer: hasBand ? [band, line] : [line] });
}

// Accuracies are shown on the part of 0 … 100 % that they use, with round ends.
function percentDomain(points: readonly PlotPoint[]): [number, number] {
  const low = Math.min(...points.map((point) => point.low ?? point.y));
  const high = Math.max(...points.map((point) => point.high ?? point.y));
  return [Math.max(0, Math.floor(low * 10 - 0.2) / 10), Math.min(1, Math.ceil(high * 10 + 0.2) / 10)];
}

function yScaleOf({ logarithmic, points }: LinePlot) {
  const values = points.map(({ y }) => y);
  const [least, largest] = [Math.min(...values), Math.max(...values)];
  return logarithmic && least > 0 && largest > LOGARITHMIC_SPAN * least ? { type: 'log' as const } : { zero: false };
}

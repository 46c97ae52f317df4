// Plots as SVG, drawn by Vega-Lite without a browser. A plot is given in plain series; its colours stand for roles, so
// that a page can show it light and dark.

import { parse, View } from 'vega';
import { compile, type TopLevelSpec } from 'vega-lite';

/** Width and height of the plotting area in pixels: a plot with its axis fits a phone without being shrunk. */
const WIDTH = 300;
const HEIGHT = 200;

/** Colours of light pages by their role; `plotForPage` replaces them by CSS variables. Series: Okabe and Ito 2008, readable without colour vision. */
export const PLOT_COLORS: Readonly<Record<string, string>> = {
  ink: '#1c1c1b',
  faint: '#dededb',
  'series-1': '#0072b2',
  'series-2': '#d55e00',
  'series-3': '#009e73',
  'series-4': '#cc79a7',
  'series-5': '#946c00',
  'series-6': '#3a9bd1',
  'series-7': '#7b5ea7',
  'series-8': '#6a6a67',
};

const SERIES_COLORS = Object.entries(PLOT_COLORS)
  .filter(([role]) => role.startsWith('series'))
  .map(([, color]) => color);

/** Series that a plot tells apart by colour; more of them are drawn in one colour without a legend. */
export const MOST_COLORED_SERIES = SERIES_COLORS.length;

const CONFIG = {
  background: 'transparent',
  font: 'system-ui, sans-serif',
  axis: {
    labelColor: PLOT_COLORS.ink,
    titleColor: PLOT_COLORS.ink,
    titleFontWeight: 'normal',
    domainColor: PLOT_COLORS.ink,
    tickColor: PLOT_COLORS.ink,
    gridColor: PLOT_COLORS.faint,
    labelFontSize: 11,
    titleFontSize: 11,
    labelLimit: 150,
  },
  legend: {
    labelColor: PLOT_COLORS.ink,
    titleColor: PLOT_COLORS.ink,
    labelFontSize: 11,
    labelLimit: 260,
    orient: 'bottom',
    columns: 1,
    symbolStrokeWidth: 2,
  },
  view: { stroke: null },
} as const;

/** One point of a series; `low` and `high` are the ends of its interval. */
export interface PlotPoint {
  readonly series: string;
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
  /** A logarithmic y axis. */
  readonly logarithmic?: boolean;
}

/** The SVG of lines with bands where points have intervals. */
export function drawLines(plot: LinePlot): Promise<string> {
  const names = [...new Set(plot.points.map(({ series }) => series))];
  const colored = names.length <= MOST_COLORED_SERIES;
  const color = colored
    ? {
        field: 'series',
        type: 'nominal' as const,
        sort: null,
        scale: { domain: names, range: SERIES_COLORS.slice(0, names.length) },
        legend: names.length === 1 ? null : { title: null },
      }
    : { value: SERIES_COLORS[0]! };
  const x = {
    field: 'x',
    type: 'quantitative' as const,
    title: plot.xTitle,
    axis: { tickMinStep: 1, format: 'd' },
    scale: { zero: false, nice: false },
  };
  const yScale = plot.percent ? { domain: percentDomain(plot.points) } : { type: scaleType(plot), zero: false };
  const y = (field: string) => ({
    field,
    type: 'quantitative' as const,
    title: plot.yTitle,
    axis: { format: plot.percent ? '.0%' : '~g', tickCount: 5 },
    scale: yScale,
  });
  const band = { mark: { type: 'area', opacity: 0.18 }, encoding: { x, y: y('low'), y2: { field: 'high' }, color } };
  const detail = { field: 'series', type: 'nominal' as const };
  const line = {
    mark: { type: 'line', strokeWidth: colored ? 2 : 1, opacity: colored ? 1 : 0.5, point: plot.marks },
    encoding: { x, y: y('y'), color, detail },
  };
  const hasBand = plot.points.some(({ low }) => low !== undefined);
  return draw({ data: { values: plot.points }, layer: hasBand ? [band, line] : [line] });
}

// Accuracies are shown on the part of 0 … 100 % that they use, with round ends.
function percentDomain(points: readonly PlotPoint[]): [number, number] {
  const low = Math.min(...points.map((point) => point.low ?? point.y));
  const high = Math.max(...points.map((point) => point.high ?? point.y));
  return [Math.max(0, Math.floor(low * 10 - 0.2) / 10), Math.min(1, Math.ceil(high * 10 + 0.2) / 10)];
}

function scaleType(plot: LinePlot): 'log' | 'linear' {
  return plot.logarithmic && plot.points.every(({ y }) => y > 0) ? 'log' : 'linear';
}

/** One row of a dot plot. */
export interface DotRow {
  readonly label: string;
  readonly kind: 'network' | 'baseline' | 'published';
  readonly value: number;
  readonly low?: number;
  readonly high?: number;
}

const DOT_COLORS: Readonly<Record<DotRow['kind'], string>> = {
  network: PLOT_COLORS['series-1']!,
  baseline: PLOT_COLORS['series-2']!,
  published: PLOT_COLORS['series-8']!,
};

/** The SVG of fractions in per cent, a row each, with their intervals. */
export function drawDots(rows: readonly DotRow[], xTitle: string): Promise<string> {
  const y = {
    field: 'label',
    type: 'nominal' as const,
    sort: null,
    title: null,
    axis: { grid: false, domain: false, ticks: false, labelLimit: 170 },
  };
  const x = (field: string) => ({
    field,
    type: 'quantitative' as const,
    title: xTitle,
    scale: { domain: [0, 1] },
    axis: { format: '.0%', tickCount: 5 },
  });
  const kinds = [...new Set(rows.map(({ kind }) => kind))];
  const color = {
    field: 'kind',
    type: 'nominal' as const,
    scale: { domain: kinds, range: kinds.map((kind) => DOT_COLORS[kind]) },
    legend: kinds.length === 1 ? null : { title: null, columns: 3 },
  };
  return draw({
    data: { values: rows },
    height: { step: 20 },
    width: WIDTH - 110,
    layer: [
      { mark: { type: 'rule', strokeWidth: 2 }, encoding: { y, x: x('low'), x2: { field: 'high' }, color } },
      { mark: { type: 'point', filled: true, size: 60, opacity: 1 }, encoding: { y, x: x('value'), color } },
    ],
  });
}

async function draw(spec: object): Promise<string> {
  const { spec: vega } = compile({ width: WIDTH, height: HEIGHT, config: CONFIG, ...spec } as TopLevelSpec);
  const view = new View(parse(vega), { renderer: 'none' });
  try {
    return await view.toSVG();
  } finally {
    view.finalize();
  }
}

/** The SVG as a part of a page: it takes its colours from the page's CSS variables, fills the width it is given and has a text for those who do not see it. `describedAs` is escaped here. */
export function plotForPage(svg: string, describedAs: string): string {
  let text = svg;
  for (const [role, color] of Object.entries(PLOT_COLORS)) text = text.replaceAll(color, `var(--${role})`);
  const label = describedAs.replace(/[&<>"]/g, (sign) => `&#${sign.codePointAt(0)};`);
  return text.replace(
    /^<svg ([^>]*?)width="\d+(?:\.\d+)?" height="\d+(?:\.\d+)?"/,
    `<svg $1role="img" aria-label="${label}"`,
  );
}

// Plots as SVG, drawn by Vega-Lite without a browser. A plot is given in plain series; its colours stand for roles, so
// that a page can show it light and dark.
import * as vega from 'vega';
import { compile, type TopLevelSpec } from 'vega-lite';

/** Width and height of the plotting area in pixels: a plot with its axis fits a phone without being shrunk. */
const WIDTH = 300;
const HEIGHT = 200;
const FONT_SIZE = 11;

/** Letters of a row's label, and of a name in a legend. */
const MOST_ROW_LETTERS = 32;
const MOST_LEGEND_LETTERS = 52;

// Without a browser Vega takes every letter for as wide as the widest and leaves empty room; this is the mean of common fonts.
function estimateWidth(text: string, fontSize: number): number {
  const widthOf = (letter: string) => {
    if (/[\u1100-\u11ff\u2e80-\ud7ff\uf900-\ufaff]/.test(letter)) return 1;
    if (/[%mwMW@]/.test(letter)) return 0.9;
    return /\d/.test(letter) ? 0.62 : 0.55;
  };
  return Math.ceil(fontSize * [...text].reduce((ems, letter) => ems + widthOf(letter), 0));
}

// Missing from Vega's types.
const { textMetrics } = vega as unknown as {
  textMetrics: { width: (item: { fontSize?: number; text?: string }, text?: string) => number };
};
textMetrics.width = (item, text) => estimateWidth(String(text ?? item.text ?? ''), item.fontSize ?? FONT_SIZE);

// Names cut to a length, still different from each other: signs without width are added where two would be the same.
function shortenNames(names: readonly string[], mostLetters: number): ReadonlyMap<string, string> {
  const short = new Map<string, string>();
  const taken = new Set<string>();
  for (const name of new Set(names)) {
    const letters = [...name];
    let cut = letters.length <= mostLetters ? name : `${letters.slice(0, mostLetters - 1).join('')}…`;
    while (taken.has(cut)) cut += '\u200b';
    taken.add(cut);
    short.set(name, cut);
  }
  return short;
}

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
    titlePadding: 6,
    domainColor: PLOT_COLORS.ink,
    tickColor: PLOT_COLORS.ink,
    gridColor: PLOT_COLORS.faint,
    labelFontSize: FONT_SIZE,
    titleFontSize: FONT_SIZE,
    labelLimit: 0,
  },
  legend: {
    labelColor: PLOT_COLORS.ink,
    titleColor: PLOT_COLORS.ink,
    labelFontSize: FONT_SIZE,
    labelLimit: 0,
    orient: 'bottom',
    columns: 1,
    symbolStrokeWidth: 2,
  },
  view: { stroke: null },
} as const;

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
  /** A logarithmic y axis. */
  readonly logarithmic?: boolean;
}

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
    axis: { tickMinStep: 1, format: 'd', ...(ticks.length <= MOST_TICKS ? { values: ticks } : {}) },
    scale: { zero: false, nice: false },
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
  const detail = { field: 'line', type: 'nominal' as const };
  const line = {
    mark: { type: 'line', strokeWidth: colored ? 2 : 1, opacity: colored ? 1 : 0.5, point: plot.marks },
    encoding: { x, y: y('y'), color, detail },
  };
  const hasBand = plot.points.some(({ low }) => low !== undefined);
  return draw({ data: { values }, layer: hasBand ? [band, line] : [line] });
}

// Accuracies are shown on the part of 0 … 100 % that they use, with round ends.
function percentDomain(points: readonly PlotPoint[]): [number, number] {
  const low = Math.min(...points.map((point) => point.low ?? point.y));
  const high = Math.max(...points.map((point) => point.high ?? point.y));
  return [Math.max(0, Math.floor(low * 10 - 0.2) / 10), Math.min(1, Math.ceil(high * 10 + 0.2) / 10)];
}

function yScaleOf({ logarithmic, points }: LinePlot) {
  return logarithmic && points.every(({ y }) => y > 0) ? { type: 'log' as const } : { zero: false };
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
  const labels = rows.map(({ label }) => label);
  const short = shortenNames(labels, MOST_ROW_LETTERS);
  const values = rows.map((row) => ({ ...row, label: short.get(row.label)! }));
  const labelWidth = Math.max(...values.map(({ label }) => estimateWidth(label, FONT_SIZE)));
  const y = {
    field: 'label',
    type: 'nominal' as const,
    sort: null,
    title: null,
    // Rows without an interval are not in the first layer and would come last.
    scale: { domain: values.map(({ label }) => label) },
    axis: { grid: false, domain: false, ticks: false },
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
    data: { values },
    height: { step: 20 },
    width: WIDTH + 40 - labelWidth,
    layer: [
      { mark: { type: 'rule', strokeWidth: 2 }, encoding: { y, x: x('low'), x2: { field: 'high' }, color } },
      { mark: { type: 'point', filled: true, size: 60, opacity: 1 }, encoding: { y, x: x('value'), color } },
    ],
  });
}

async function draw(spec: object): Promise<string> {
  const { spec: lowered } = compile({ width: WIDTH, height: HEIGHT, config: CONFIG, ...spec } as TopLevelSpec);
  const view = new vega.View(vega.parse(lowered), { renderer: 'none' });
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

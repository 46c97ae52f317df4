// A dot with its interval in each row.
import { drawSpec } from './draw-spec.js';
import { percentAxis } from './percent-axis.js';
import { estimateWidth, FONT_SIZE, MOST_ROW_LETTERS, PLOT_COLORS, shortenNames, WIDTH } from './plot-style.js';

/** One row of a dot plot. */
export interface DotRow {
  readonly label: string;
  readonly kind: 'chosen' | 'network' | 'baseline' | 'published';
  readonly value: number;
  readonly low?: number;
  readonly high?: number;
}

const DOT_COLORS: Readonly<Record<DotRow['kind'], string>> = {
  chosen: PLOT_COLORS['series-3']!,
  network: PLOT_COLORS['series-1']!,
  baseline: PLOT_COLORS['series-2']!,
  published: PLOT_COLORS['series-8']!,
};

/** Of an interval's bar and of a dot, in pixels and square pixels: the dot is half as high as the bar. */
const INTERVAL_WIDTH = 9;
const DOT_AREA = 18;
/** Of the axis, which long labels leave less room for. */
const LEAST_WIDTH = 160;

/** The axis of a dot plot. */
export interface DotAxis {
  readonly title: string;
  /** Both ends; 0 … 1 unless told. */
  readonly domain?: readonly [number, number];
  /** Whether values are fractions, shown in per cent; they are unless told. */
  readonly percent?: boolean;
}

/** The SVG of values, a row each, with their intervals. */
export function drawDots(
  rows: readonly DotRow[],
  { title: xTitle, domain = [0, 1], percent = true }: DotAxis,
): Promise<string> {
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
    scale: { domain, nice: false },
    axis: percent ? percentAxis(domain) : { format: '~g', tickCount: 4, labelOverlap: false },
  });
  const kinds = [...new Set(rows.map(({ kind }) => kind))];
  const color = {
    field: 'kind',
    type: 'nominal' as const,
    scale: { domain: kinds, range: kinds.map((kind) => DOT_COLORS[kind]) },
    legend: kinds.length === 1 ? null : { title: null, columns: 3 },
  };
  return drawSpec({
    data: { values },
    height: { step: 22 },
    width: Math.max(LEAST_WIDTH, WIDTH + 40 - labelWidth),
    layer: [
      // Wider than the dot is high, so that it is seen where it is shorter than the dot is wide.
      {
        mark: { type: 'rule', strokeWidth: INTERVAL_WIDTH, opacity: 0.35 },
        encoding: { y, x: x('low'), x2: { field: 'high' }, color },
      },
      { mark: { type: 'point', filled: true, size: DOT_AREA, opacity: 1 }, encoding: { y, x: x('value'), color } },
    ],
  });
}

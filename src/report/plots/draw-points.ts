// Points in the plane, told apart by colour and shape.
import { drawSpec } from './draw-spec.js';
import { MOST_LEGEND_LETTERS, SERIES_COLORS, shortenNames } from './plot-style.js';

export interface MapPoint {
  readonly series: string;
  readonly x: number;
  readonly y: number;
}

const SIZE = 300;
const SHAPES = [
  'circle',
  'square',
  'triangle-up',
  'diamond',
  'cross',
  'triangle-down',
  'triangle-left',
  'triangle-right',
];

/** The SVG of a map of eight series at most, its axes in equal units. */
export function drawPoints(points: readonly MapPoint[], xTitle: string, yTitle: string): Promise<string> {
  const short = shortenNames(
    points.map(({ series }) => series),
    MOST_LEGEND_LETTERS,
  );
  const names = [...short.values()];
  const xs = points.map(({ x }) => x);
  const ys = points.map(({ y }) => y);
  const span = 1.08 * Math.max(Math.max(...xs) - Math.min(...xs), Math.max(...ys) - Math.min(...ys), 1e-12);
  const domainOf = (values: readonly number[]) => {
    const middle = (Math.max(...values) + Math.min(...values)) / 2;
    return [middle - span / 2, middle + span / 2];
  };
  const axis = { tickCount: 5, format: '~g' };
  const quantitative = (field: 'x' | 'y', title: string, values: readonly number[]) => ({
    field,
    type: 'quantitative',
    title,
    axis,
    scale: { domain: domainOf(values), nice: false },
  });
  return drawSpec({
    width: SIZE,
    height: SIZE,
    data: { values: points.map((point) => ({ ...point, series: short.get(point.series) })) },
    mark: { type: 'point', filled: true, size: 45, opacity: 0.85 },
    encoding: {
      x: quantitative('x', xTitle, xs),
      y: quantitative('y', yTitle, ys),
      color: {
        field: 'series',
        type: 'nominal',
        sort: null,
        scale: { domain: names, range: SERIES_COLORS.slice(0, names.length) },
        legend: { title: null },
      },
      shape: {
        field: 'series',
        type: 'nominal',
        sort: null,
        scale: { domain: names, range: SHAPES.slice(0, names.length) },
      },
    },
  });
}

// Lines as a plot of a page: drawn, told in words, with their figures as a file.
import { fileNameOf } from '../../base/file-name.js';
import type { Csv, Plot } from '../document.js';
import { drawLines, type LinePlot, type PlotPoint } from '../plots/draw-lines.js';
import { MOST_COLORED_SERIES } from '../plots/plot-style.js';

/** The plot with its title; `name` becomes its file's name. */
export async function makeLinePlot(title: string, name: string, plot: LinePlot): Promise<Plot> {
  const { points, xTitle } = plot;
  return {
    title,
    svg: await drawLines(plot),
    description: describeLines(title, points),
    data: listPoints(name, xTitle, points),
  };
}

function describeLines(title: string, points: readonly PlotPoint[]): string {
  const names = [...new Set(points.map(({ line, series }) => line ?? series))];
  if (names.length > MOST_COLORED_SERIES) return `${title}: ${names.length} lines; the figures are in the CSV file`;
  const ends = names.map((name) => {
    const own = points.filter(({ line, series }) => (line ?? series) === name);
    const [first, last] = [own[0]!, own.at(-1)!];
    return `${name}: ${first.y.toPrecision(3)} at ${first.x}, ${last.y.toPrecision(3)} at ${last.x}`;
  });
  return `${title}. ${ends.join('; ')}`;
}

function listPoints(name: string, x: string, points: readonly PlotPoint[]): Csv {
  return {
    file: `${fileNameOf(name)}.csv`,
    head: ['series', 'line', x, 'value', 'low', 'high'],
    rows: points.map((point) => [point.series, point.line, point.x, point.y, point.low, point.high]),
  };
}

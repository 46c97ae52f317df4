// Accuracy against the number of ways, and learning curves.
import { type Block, type Csv, heading, type Plot, paragraph } from '../document.js';
import { drawLines, MOST_COLORED_SERIES, type PlotPoint } from '../draw-plot.js';
import type { Report } from '../make-report.js';
import { PROTOCOL_NAMES } from '../names.js';

/** The blocks of the section; none where there is nothing to say. */
export async function makeCurvesSection({ nWayCurves, learningCurves }: Report): Promise<Block[]> {
  const nWay = await Promise.all(
    nWayCurves.map(async ({ protocol, kShot, points }): Promise<Plot> => {
      const title = `${PROTOCOL_NAMES[protocol]}, ${kShot}-shot`;
      const svg = await drawLines({ xTitle: 'ways', yTitle: 'accuracy', points, percent: true, marks: true });
      return {
        title,
        svg,
        description: describeLines(title, points),
        data: listPoints(`n-way-${protocol}-${kShot}-shot`, 'ways', points),
      };
    }),
  );
  const learning = await Promise.all(
    learningCurves.map(async ({ metric, points }): Promise<Plot> => {
      const percent = metric.endsWith('accuracy');
      const logarithmic = metric.endsWith('loss') || metric.endsWith('learning-rate');
      const svg = await drawLines({ xTitle: 'epoch', yTitle: metric, points, percent, marks: false, logarithmic });
      return {
        title: metric,
        svg,
        description: describeLines(metric, points),
        data: listPoints(`curve-${metric}`, 'epoch', points),
      };
    }),
  );
  return [
    ...(nWay.length > 0
      ? [
          heading('ways', 'Accuracy against the number of ways'),
          paragraph(
            'Bands are 95 % intervals: over seeds and episodes where there are several runs, otherwise over episodes.',
          ),
          { type: 'plots', plots: nWay } as const,
        ]
      : []),
    ...(learning.length > 0
      ? [heading('learning', 'Learning curves'), { type: 'plots', plots: learning } as const]
      : []),
  ];
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
    file: `${name.replace(/[^A-Za-z0-9-]+/g, '-')}.csv`,
    head: ['series', 'line', x, 'value', 'low', 'high'],
    rows: points.map((point) => [point.series, point.line, point.x, point.y, point.low, point.high]),
  };
}

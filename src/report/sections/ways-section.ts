// Accuracy against the number of ways.
import { type Block, heading, paragraph } from '../document.js';
import type { Report } from '../make-report.js';
import { PROTOCOL_NAMES } from '../names.js';
import { makeLinePlot } from './line-plot.js';

/** The blocks of the section; none where there is nothing to say. */
export async function makeWaysSection({ nWayCurves }: Report): Promise<Block[]> {
  const plots = await Promise.all(
    nWayCurves.map(({ protocol, kShot, points }) =>
      makeLinePlot(`${PROTOCOL_NAMES[protocol]}, ${kShot}-shot`, `n-way-${protocol}-${kShot}-shot`, {
        xTitle: 'ways',
        yTitle: 'accuracy',
        points,
        percent: true,
        marks: true,
      }),
    ),
  );
  if (plots.length === 0) return [];
  return [
    heading('ways', 'Accuracy against the number of ways'),
    paragraph(
      'Bands are 95 % intervals: over seeds and episodes where there are several runs, otherwise over episodes.',
    ),
    { type: 'plots', plots },
  ];
}

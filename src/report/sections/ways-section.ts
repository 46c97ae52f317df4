// Accuracy against the number of ways.

import { type Block, heading, paragraph } from '../document.js';
import type { NWayCurve } from '../figures/curves.js';
import type { Report } from '../make-report.js';
import { nameProtocol, SELECTION_NAMES } from '../names.js';
import { MOST_COLORED_SERIES } from '../plots/plot-style.js';
import { makeLinePlot } from './line-plot.js';

/** The blocks of the section; none where there is nothing to say. */
export async function makeWaysSection({ nWayCurves }: Report): Promise<Block[]> {
  const plots = await Promise.all(
    nWayCurves.map((curve) =>
      makeLinePlot(
        `${nameProtocol(curve)}, ${SELECTION_NAMES[curve.selection]}, ${curve.kShot}-shot`,
        `n-way-${curve.selection}-${curve.protocol}-${curve.kShot}-shot`,
        {
          xTitle: 'ways',
          yTitle: 'accuracy',
          points: curve.points.filter(({ series }) => !leftOut(curve).includes(series)),
          percent: true,
          marks: true,
        },
      ),
    ),
  );
  if (plots.length === 0) return [];
  const isCut = nWayCurves.some((curve) => leftOut(curve).length > 0);
  return [
    heading('ways', 'Accuracy against the number of ways'),
    paragraph(
      'Bands are 95 % intervals: over seeds and episodes where there are several runs, otherwise over episodes.',
    ),
    ...(isCut
      ? [paragraph(`Of more than ${MOST_COLORED_SERIES} systems those networks are drawn that validation ranks first.`)]
      : []),
    { type: 'plots', plots },
  ];
}

/** The networks that find no colour beside the better ones and the baselines. */
function leftOut({ networks, points }: NWayCurve): readonly string[] {
  const baselines = new Set(points.map(({ series }) => series)).size - networks.length;
  return networks.slice(Math.max(1, MOST_COLORED_SERIES - baselines));
}

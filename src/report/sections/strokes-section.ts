// What the strokes' scorer saw: pictures of a query lost and a query won.
import { type Block, heading, type Plot, paragraph } from '../document.js';
import type { StrokePicture } from '../figures/stroke-pictures.js';
import type { Report } from '../make-report.js';

/** The blocks of the section; none where no run read strokes. */
export function makeStrokesSection({ strokePictures }: Report): Block[] {
  const [first] = strokePictures;
  if (first === undefined) return [];
  return [
    heading('strokes', 'What the strokes’ scorer saw'),
    paragraph(
      'Of ',
      { name: first.system },
      `, ${first.task}: the first query lost and the first one won. Above, the query’s skeleton and the five ` +
        `cheapest ways to draw it; strokes have a colour each, and a number where they begin. ` +
        `Below, strokes of a support picture, fitted to the query, and the query’s, fitted to it.`,
    ),
    { type: 'plots', plots: strokePictures.map(describePicture), wide: true },
  ];
}

function describePicture({ won, truth, prediction, svg, scores }: StrokePicture, index: number): Plot {
  const said = won ? `${truth}, answered rightly` : `${truth}, taken for ${prediction}`;
  const inNats = scores.map(
    ({ character, score }) => `${character} ${score === null ? 'not scored' : score.toFixed(3)}`,
  );
  return {
    title: said,
    description:
      `Skeleton, parses and fitted strokes of a query of ${said}; ` +
      `scores in nats for each pixel of ink: ${inNats.join(', ')}`,
    svg,
    data: {
      file: `strokes-${index + 1}.csv`,
      head: ['query', 'support', 'score'],
      rows: scores.map(({ character, score }) => [truth, character, score ?? undefined]),
    },
  };
}

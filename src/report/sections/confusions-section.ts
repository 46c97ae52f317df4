// The characters that were taken for one another most often.
import { type Block, heading } from '../document.js';
import type { Report } from '../make-report.js';

/** The blocks of the section; none where there is nothing to say. */
export function makeConfusionsSection({ confusedPairs }: Report): Block[] {
  if (!confusedPairs) return [];
  return [
    heading('confusions', 'Most confused characters'),
    {
      type: 'table',
      caption: confusedPairs.task,
      table: {
        head: ['character', 'taken for', 'times', 'of chances'],
        align: ['left', 'left', 'right', 'right'],
        rows: confusedPairs.pairs.map(({ truth, prediction, times, chances }) => [
          [{ name: truth }],
          [{ name: prediction }],
          [String(times)],
          [String(chances)],
        ]),
      },
    },
  ];
}

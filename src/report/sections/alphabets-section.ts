// Accuracy by alphabet.
import { type Block, heading } from '../document.js';
import { formatPercent } from '../format-figures.js';
import type { Report } from '../make-report.js';
import { type DotRow, drawDots } from '../plots/draw-dots.js';

/** The blocks of the section; none where there is nothing to say. */
export async function makeAlphabetsSection({ perAlphabet, words }: Report): Promise<Block[]> {
  if (!perAlphabet) return [];
  const rows = perAlphabet.rows.map(
    ({ alphabet, accuracy, wilson: [low, high] }): DotRow => ({
      label: alphabet,
      kind: 'network',
      value: accuracy,
      low,
      high,
    }),
  );
  const title = `Accuracy by ${words.alphabet}, ${perAlphabet.task}`;
  return [
    heading('alphabets', `By ${words.alphabet}`),
    {
      type: 'plots',
      plots: [
        {
          title,
          description: `${title}: ${rows.map(({ label, value }) => `${label} ${formatPercent(value)} %`).join('; ')}`,
          svg: await drawDots(rows, { title: "accuracy, Wilson's 95 % interval" }),
          data: {
            file: 'alphabets.csv',
            head: ['alphabet', 'n', 'correct', 'accuracy', 'low', 'high'],
            rows: perAlphabet.rows.map(({ alphabet, n, correct, accuracy, wilson }) => [
              alphabet,
              n,
              correct,
              accuracy,
              ...wilson,
            ]),
          },
        },
      ],
    },
  ];
}

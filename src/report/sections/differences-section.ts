// How other configurations differ from the chosen one, and what each seed reached.
import { type Block, heading, paragraph, type Table, type Text } from '../document.js';
import type { Differences } from '../figures/differences.js';
import { formatDifference, formatPercent, formatPValue } from '../format-figures.js';
import type { Report } from '../make-report.js';

/** The blocks of the section; none where there is nothing to compare and a single seed. */
export function makeDifferencesSection({ differences, headline, seedTable }: Report): Block[] {
  const between = differences ? describeDifferences(differences) : [];
  const seeds = seedTable && headline ? [tabulateSeeds(seedTable, headline.task)] : [];
  if (between.length + seeds.length === 0) return [];
  return [
    heading('differences', between.length > 0 ? 'Differences, and each seed' : 'Each seed'),
    ...between,
    ...seeds,
  ];
}

function describeDifferences({ task, base, configurations, networks }: Differences): Block[] {
  return [
    paragraph(
      `On ${task}, in percentage points, less `,
      { name: base },
      ', on the same queries. ',
      ...(configurations.length > 0
        ? ['Over seeds, p-values speak of configurations. ']
        : ['There is one seed of each: p-values speak of these networks, not of configurations. ']),
    ),
    {
      type: 'table',
      table: {
        head: ['configuration', 'difference', '95 % interval', 'p', 'over'],
        align: ['left', 'right', 'right', 'right', 'left'],
        rows: [
          ...configurations.map(({ system, difference, interval, pValue, seeds, pairedBySeed }): Text[] => [
            [{ name: system }],
            [{ strong: formatDifference(difference) }],
            [`${formatDifference(interval[0])} … ${formatDifference(interval[1])}`],
            [formatPValue(pValue)],
            [pairedBySeed ? `${seeds} seeds, paired` : `${seeds} seeds each`],
          ]),
          ...networks.map(({ system, difference, pValue, draws }): Text[] => [
            [{ name: system }],
            [{ strong: formatDifference(difference) }],
            ['–'],
            [formatPValue(pValue, draws)],
            ['episodes of two networks'],
          ]),
        ],
      },
    },
  ];
}

function tabulateSeeds({ seeds, rows }: NonNullable<Report['seedTable']>, task: string): Block {
  const table: Table = {
    head: ['configuration', ...seeds.map((seed) => `seed ${seed}`), 'mean', 'standard deviation'],
    align: ['left', ...seeds.map(() => 'right' as const), 'right', 'right'],
    rows: rows.map(({ system, accuracies, mean, deviation }) => [
      [{ name: system }],
      ...accuracies.map((accuracy): Text => [accuracy === null ? '–' : formatPercent(accuracy)]),
      [{ strong: formatPercent(mean) }],
      [deviation === null ? '–' : (100 * deviation).toFixed(1)],
    ]),
  };
  return { type: 'table', caption: `Each seed on ${task}, accuracy in %`, table };
}

// The paper's tables with what was measured here beside each row.
import { type Block, heading, LINE_BREAK, paragraph, type Table, type Text } from '../document.js';
import {
  type FilledRow,
  isOfPaper,
  isPaperVerification,
  type PaperMeasurement,
  type PaperTable,
} from '../figures/paper-tables.js';
import type { LinkRuns } from '../figures/run-numbers.js';
import { formatCount, formatInterval, formatSize } from '../format-figures.js';
import type { Report } from '../make-report.js';
import { nameSystem } from '../names.js';

/** Configurations that a cell names: those that validation ranks first. */
const MOST_NAMED = 3;

/** The tables of which anything was measured, and the others as published beside them; none where nothing was. */
export function makePaperSection(
  { paperTables, measurements, verifications }: Pick<Report, 'paperTables' | 'measurements' | 'verifications'>,
  linkRuns: LinkRuns,
): Block[] {
  if (!measurements.some(isOfPaper) && !verifications.some(isPaperVerification)) return [];
  return [
    heading('paper', 'Beside Koch et al. 2015'),
    paragraph(
      'Rows marked as published are the paper’s figures, in per cent, also those of its rows that were not run here; ' +
        'ours follow with their 95 % interval and their runs. ' +
        'Lake’s 20 runs use drawers 01–08 of the evaluation alphabets, also where a split keeps other drawers apart; ' +
        'random episodes within an alphabet are harder than these runs.',
    ),
    ...paperTables.map(
      (paperTable): Block => ({
        type: 'table',
        caption: `${paperTable.title} (${paperTable.measure})`,
        table: describeTable(paperTable, linkRuns),
      }),
    ),
  ];
}

function describeTable(paperTable: PaperTable, linkRuns: LinkRuns): Table {
  const { digits, columns, rows, others } = paperTable;
  const describe = (row: Pick<FilledRow, 'measured'>, named: boolean) =>
    row.measured.map((cell) => describeCell(cell, named, paperTable, linkRuns));
  return {
    head: ['system', 'published', ...columns, 'published in'],
    align: ['left', 'right', ...columns.map(() => 'left' as const), 'left'],
    rows: [
      ...rows.map((row): Text[] => [
        [row.system],
        [`${row.published.toFixed(digits)} published`],
        ...describe(row, true),
        [row.publishedIn],
      ]),
      ...others.map((row): Text[] => [[{ name: row.system }], ['–'], ...describe(row, false), ['not in the paper']]),
    ],
  };
}

function describeCell(
  measured: readonly PaperMeasurement[],
  named: boolean,
  { id, digits }: PaperTable,
  linkRuns: LinkRuns,
): Text {
  if (measured.length === 0) return [named ? 'not run here' : '–'];
  const rest = measured.length - MOST_NAMED;
  return [
    ...measured
      .slice(0, MOST_NAMED)
      .flatMap(
        (measurement, index): Text => [
          ...(index === 0 ? [] : [LINE_BREAK]),
          { strong: (100 * measurement.accuracy).toFixed(digits) },
          measurement.scorer === 'chance' ? ', ' : ` (${formatInterval(measurement.interval)}), `,
          ...(named ? [{ name: nameSystem(measurement) }, ', '] : []),
          `${formatSize(measurement.pictureSize)}, ` +
            `${id === 'table-1' ? formatCount(measurement.n, 'pair') : formatCount(measurement.n, 'query', 'queries')}, `,
          ...linkRuns(measurement.folders),
        ],
      ),
    ...(rest > 0 ? [LINE_BREAK, `and ${formatCount(rest, 'configuration')} in the tables above`] : []),
  ];
}

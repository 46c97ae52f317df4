// The paper's tables with what was measured here beside each row.
import { type Block, heading, paragraph, type Text } from '../document.js';
import { isPaperTask } from '../figures/paper-tables.js';
import { formatInterval, formatPercent } from '../format-figures.js';
import type { Measurement } from '../group-runs.js';
import type { Report } from '../make-report.js';
import { nameSystem } from '../names.js';

/** The blocks of the section; none where there is nothing to say. */
export function makePaperSection({ paperTables: tables, measurements }: Report): Block[] {
  if (!measurements.some(isPaperTask)) return [];
  return [
    heading('paper', 'Beside Koch et al. 2015'),
    paragraph(
      'Figures marked as published are those of the paper, in per cent; ours follow with their 95 % interval. ' +
        "Lake's 20 runs use drawers 01–08 of the evaluation alphabets, also where a split keeps other drawers apart; random episodes within an alphabet are harder than these runs.",
    ),
    ...tables.map(
      ({ title, measure, digits, rows, others }): Block => ({
        type: 'table',
        caption: `${title} (${measure})`,
        table: {
          head: ['system', 'published', 'measured here', 'source of the published figure'],
          align: ['left', 'right', 'left', 'left'],
          rows: [
            ...rows.map(({ system, published, source, measured }): Text[] => [
              [system],
              [`${published.toFixed(digits)} published`],
              measured.length === 0 ? ['not run here'] : describeMeasured(measured, true),
              [source],
            ]),
            ...[...new Set(others.map(nameSystem))].map((system): Text[] => [
              [{ name: system }],
              ['–'],
              describeMeasured(
                others.filter((measurement) => nameSystem(measurement) === system),
                false,
              ),
              ['not in the paper'],
            ]),
          ],
        },
      }),
    ),
  ];
}

function describeMeasured(measured: readonly Measurement[], named: boolean): Text {
  return measured.flatMap((measurement, index): Text => {
    const where = measurement.protocol === 'lake-runs' ? "Lake's runs" : 'random episodes within an alphabet';
    return [
      index === 0 ? '' : '; ',
      { strong: formatPercent(measurement.accuracy) },
      `${measurement.scorer === 'chance' ? '' : ` (${formatInterval(measurement.interval)})`} ${where}`,
      ...(named ? [', ', { name: nameSystem(measurement) }] : []),
    ];
  });
}

// Tables of everything that was measured, a table for each protocol and selection: systems by ways and shots.
import { groupBy } from '../../evaluation/group-by.js';
import { type Block, type Csv, openHeading, type Table, type Text } from '../document.js';
import type { LinkRuns } from '../figures/run-numbers.js';
import type { VerificationMeasurement } from '../figures/verifications.js';
import { formatInterval, formatPercent, formatSize } from '../format-figures.js';
import type { Measurement } from '../group-runs.js';
import type { Report } from '../make-report.js';
import { nameProtocol, nameSystem, nameWays, SELECTION_NAMES } from '../names.js';

/** The test speaks first. */
const SELECTION_ORDER = ['test', 'validation', 'train'];

/** The blocks of the section; none where there is nothing to say. */
export function makeResultsSection({ measurements, verifications }: Report, linkRuns: LinkRuns): Block[] {
  if (measurements.length === 0 && verifications.length === 0) return [];
  const tables = [...groupBy(measurements, ({ protocol, selection }) => `${protocol} ${selection}`).values()].sort(
    ([a], [b]) => SELECTION_ORDER.indexOf(a!.selection) - SELECTION_ORDER.indexOf(b!.selection),
  );
  return [
    openHeading('results', 'Results'),
    ...tables.map((own): Block => {
      const [first] = own as [Measurement];
      return {
        type: 'table',
        caption: `${nameProtocol(first)}, ${SELECTION_NAMES[first.selection]}: accuracy in %, 95 % interval`,
        table: crossTable(own, linkRuns),
      };
    }),
    ...(verifications.length > 0 ? [tabulateVerifications(verifications, linkRuns)] : []),
    { type: 'download', text: 'Every result of every run as CSV', data: listResults(measurements, verifications) },
  ];
}

function crossTable(measurements: readonly Measurement[], linkRuns: LinkRuns): Table {
  const columns = [...groupBy(measurements, ({ task, asked }) => `${task} ${asked}`).values()];
  const systemOf = (measurement: Measurement) =>
    JSON.stringify([nameSystem(measurement), measurement.scorer === 'network' ? '' : measurement.pictureSize]);
  const systems = [...new Set(measurements.map(systemOf))];
  return {
    head: ['system', ...columns.map(([first]) => nameColumn(first!, columns)), 'measured in'],
    align: ['left', ...columns.map(() => 'right' as const), 'left'],
    rows: systems.map((system) => {
      const own = measurements.filter((measurement) => systemOf(measurement) === system);
      const [first] = own as [Measurement];
      const size = first.scorer !== 'network' && first.scorer !== 'chance' ? ` (${formatSize(first.pictureSize)})` : '';
      const folders = own.flatMap((measurement) => measurement.folders);
      return [
        [{ name: nameSystem(first) }, size],
        ...columns.map((column) => describeAccuracy(column.find((measurement) => systemOf(measurement) === system))),
        linkRuns(folders),
      ];
    }),
  };
}

// Experiments may ask other questions under the same name: these do not share a column.
function nameColumn(first: Measurement, columns: readonly (readonly Measurement[])[]): string {
  const alike = columns.map(([other]) => other!).filter(({ task }) => task === first.task);
  if (alike.length === 1) return nameWays(first.task);
  const byPictures = new Set(alike.map(({ pictures }) => pictures)).size === alike.length;
  return `${nameWays(first.task)}, ${byPictures ? first.pictures : `episodes ${alike.indexOf(first) + 1}`}`;
}

function describeAccuracy(measurement: Measurement | undefined): Text {
  if (!measurement) return ['–'];
  const accuracy = { strong: formatPercent(measurement.accuracy) };
  if (measurement.scorer === 'chance') return [accuracy];
  return [
    accuracy,
    { small: `${formatInterval(measurement.interval)}${measurement.alarm === undefined ? '' : ' alarm'}` },
  ];
}

function listResults(measurements: readonly Measurement[], verifications: readonly VerificationMeasurement[]): Csv {
  return {
    file: 'results.csv',
    head: ['system', 'scorer', 'task', 'picture size', 'correct', 'n', 'accuracy', 'run'],
    rows: [...measurements, ...verifications].flatMap((measurement) =>
      measurement.folders.map((folder, index) => {
        const { scorer, task, pictureSize, correct, n } = measurement;
        return [
          nameSystem(measurement),
          scorer,
          task,
          pictureSize.join('x'),
          correct[index],
          n,
          correct[index]! / n,
          folder,
        ];
      }),
    ),
  };
}

function tabulateVerifications(verifications: readonly VerificationMeasurement[], linkRuns: LinkRuns): Block {
  return {
    type: 'table',
    caption:
      'Verification: pairs told right as same or different in %, 95 % interval; thresholds were fixed before; ROC ' +
      'area: area under the curve',
    table: {
      head: ['system', 'task', 'accuracy', 'ROC area', 'pairs', 'measured in'],
      align: ['left', 'left', 'right', 'right', 'right', 'left'],
      rows: verifications.map((verification) => {
        const { task, accuracy, interval, rocArea, n, folders, alarm } = verification;
        return [
          [{ name: nameSystem(verification) }],
          [task],
          verification.scorer === 'chance'
            ? [{ strong: formatPercent(accuracy) }]
            : [
                { strong: formatPercent(accuracy) },
                { small: `${formatInterval(interval)}${alarm === undefined ? '' : ' alarm'}` },
              ],
          [rocArea === null ? '–' : rocArea.toFixed(4)],
          [n.toLocaleString('en')],
          linkRuns(folders),
        ];
      }),
    },
  };
}

// What was run: each run with its state, and whatever is missing.

import { formatDuration } from '../../base/format-quantity.js';
import { type Block, heading, type Inline, type Text } from '../document.js';
import type { RunSummary } from '../figures/run-summaries.js';
import type { Report } from '../make-report.js';

/** The blocks of the section; none where there is nothing to say. */
export function makeRunsSection(report: Report, nameFolder: (folder: string) => string): Block[] {
  if (report.runs.length === 0 && report.damaged.length === 0) return [];
  return [
    heading('runs', 'Runs'),
    ...report.damaged.map(
      ({ folder, reason }): Block => ({
        type: 'paragraph',
        tone: 'alarm',
        text: ['The folder ', { name: nameFolder(folder) }, ' could not be read: ', { name: reason }, '.'],
      }),
    ),
    ...report.incomplete.map((sentence): Block => ({ type: 'paragraph', tone: 'alarm', text: [{ name: sentence }] })),
    ...(report.runs.length > 0 ? [tabulateRuns(report, nameFolder)] : []),
  ];
}

function tabulateRuns(report: Report, nameFolder: (folder: string) => string): Block {
  const columns = chooseColumns(report, nameFolder);
  return {
    type: 'table',
    table: {
      head: columns.map(({ head }) => head),
      listsRuns: true,
      align: columns.map(({ align }) => align),
      rows: report.runs.map((run, index) => columns.map(({ describe }) => describe(run, index + 1))),
    },
  };
}

/** Each part of the path encoded, so that no name is taken for a query or another protocol. */
function linkFolder(path: string): string {
  return `./${path.split(/[\\/]/).map(encodeURIComponent).join('/')}/`;
}

interface Column {
  readonly head: string;
  readonly align: 'left' | 'right';
  readonly describe: (run: RunSummary, number: number) => Text;
}

// What is the same for all runs stands at the top of the report.
function chooseColumns({ runs, experiments }: Report, nameFolder: (folder: string) => string): Column[] {
  const column = (head: string, align: Column['align'], describe: Column['describe']): Column => ({
    head,
    align,
    describe,
  });
  const differs = (readValue: (run: RunSummary) => unknown) => new Set(runs.map(readValue)).size > 1;
  return [
    column('no.', 'right', (_, number) => [String(number)]),
    column('run', 'left', ({ experiment, name }) => [
      { name: experiments.length > 1 ? `${experiment}: ${name}` : name },
    ]),
    column('state', 'left', ({ state, failure }) =>
      failure === undefined ? [state] : [`${state}: `, { name: failure }],
    ),
    column('seed', 'right', ({ seed }) => [String(seed)]),
    column('epochs', 'right', ({ epoch, maxEpochs }) => [maxEpochs === 0 ? '–' : `${epoch} of ${maxEpochs}`]),
    column('time', 'right', ({ seconds }) => [formatDuration(seconds)]),
    column('tasks', 'right', ({ tasks }) => [String(tasks)]),
    ...(differs(({ engine }) => engine) ? [column('engine', 'left', ({ engine }) => [{ name: engine ?? '–' }])] : []),
    ...(differs(({ commit }) => commit)
      ? [column('commit', 'left', ({ commit }) => [{ name: commit?.slice(0, 8) ?? '–' }])]
      : []),
    column('folder', 'left', ({ folder }) => [{ href: linkFolder(nameFolder(folder)), text: nameFolder(folder) }]),
    ...(runs.some(({ mlflow }) => mlflow.length > 0)
      ? [column('MLflow', 'left', ({ mlflow }) => mlflow.map((href): Inline => ({ href, text: 'run' })))]
      : []),
  ];
}

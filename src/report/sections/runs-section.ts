// What was run: each run with its state, and whatever is missing.
import { type Block, heading, type Text } from '../document.js';
import type { RunSummary } from '../figures/run-summaries.js';
import { formatDuration } from '../format-figures.js';
import type { Report } from '../make-report.js';

/** The blocks of the section; none where there is nothing to say. */
export function makeRunsSection(report: Report, nameFolder: (folder: string) => string): Block[] {
  if (report.runs.length === 0) return [];
  return [
    heading('runs', 'Runs'),
    ...report.incomplete.map((sentence): Block => ({ type: 'paragraph', tone: 'alarm', text: [{ name: sentence }] })),
    {
      type: 'table',
      table: {
        head: ['no.', 'run', 'state', 'seed', 'epochs', 'time', 'tasks', 'engine', 'commit', 'folder'],
        listsRuns: true,
        align: ['right', 'left', 'left', 'right', 'right', 'right', 'right', 'left', 'left', 'left'],
        rows: report.runs.map((run, index) =>
          describeRun(index + 1, run, report.experiments.length > 1, nameFolder(run.folder)),
        ),
      },
    },
  ];
}

function describeRun(number: number, run: RunSummary, severalExperiments: boolean, folder: string): Text[] {
  return [
    [String(number)],
    [{ name: severalExperiments ? `${run.experiment}: ${run.name}` : run.name }],
    run.failure === undefined ? [run.state] : [`${run.state}: `, { name: run.failure }],
    [String(run.seed)],
    [run.maxEpochs === 0 ? '–' : `${run.epoch} of ${run.maxEpochs}`],
    [formatDuration(run.seconds)],
    [String(run.tasks)],
    [{ name: run.engine ?? '–' }],
    [{ name: run.commit?.slice(0, 8) ?? '–' }],
    [{ name: folder }],
  ];
}

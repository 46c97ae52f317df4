// Runs are numbered in the report's table of runs; figures refer to their runs by these numbers.
import type { Text } from '../document.js';
import type { RunSummary } from './run-summaries.js';

/** Makes of folders the text `run 3` or `runs 1–3, 7`, its numbers linked. */
export type LinkRuns = (folders: readonly string[]) => Text;

/** The links of a report's runs. */
export function createRunLinks(runs: readonly RunSummary[]): LinkRuns {
  const numbers = new Map(runs.map(({ folder }, index) => [folder, index + 1]));
  return (folders) => {
    const own = [...new Set(folders.flatMap((folder) => numbers.get(folder) ?? []))].sort((a, b) => a - b);
    const spans = joinNeighbours(own).map(([first, last]): Text => {
      if (first === last) return [{ run: first }];
      return [{ run: first }, last === first + 1 ? ', ' : '–', { run: last }];
    });
    return [
      own.length === 1 ? 'run ' : 'runs ',
      ...spans.flatMap((span, index) => (index === 0 ? span : [', ', ...span])),
    ];
  };
}

function joinNeighbours(numbers: readonly number[]): [first: number, last: number][] {
  const spans: [number, number][] = [];
  for (const number of numbers) {
    const span = spans.at(-1);
    if (span && number === span[1] + 1) span[1] = number;
    else spans.push([number, number]);
  }
  return spans;
}

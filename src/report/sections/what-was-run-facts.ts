// What was run, as the facts that stand beside the answer.

import { formatDuration } from '../../base/format-quantity.js';
import type { Fact, Text } from '../document.js';
import { formatCount } from '../format-figures.js';
import type { Report } from '../make-report.js';

/** Values that are listed; of more, the first ones and how many follow. */
const MOST_LISTED = 6;
const COMMIT_LETTERS = 8;

/** The facts, those that are known; which runs lack something is told where the runs are listed. */
export function listFacts(report: Report): Fact[] {
  const { experiments, configurations, seeds, data, initialWeights, engines, versions, commits, machines } =
    report.whatWasRun;
  const facts: (readonly [name: string, values: readonly string[]])[] = [
    [experiments.length === 1 ? 'experiment' : 'experiments', experiments],
    ['configurations', configurations > 1 ? [String(configurations)] : []],
    [seeds.length === 1 ? 'seed' : 'seeds', seeds.map(String)],
    ['runs', [describeStates(report)]],
    ['not readable', describeUnreadable(report)],
    ['data', data],
    ['begins with', initialWeights],
    ['engine', engines],
    ['program', versions],
    [
      commits.length === 1 ? 'commit' : 'commits',
      commits.map(({ hash, dirty }) => `${hash.slice(0, COMMIT_LETTERS)}${dirty ? ' with changes' : ''}`),
    ],
    [machines.length === 1 ? 'machine' : 'machines', machines],
    ['time', [describeTime(report)]],
    ['made', [describeDates(report)]],
  ];
  return facts.flatMap(([name, values]) => {
    const known = values.filter((value) => value !== '');
    return known.length === 0 ? [] : [{ name, text: listValues(known) }];
  });
}

/** `10 of 14 finished, 2 of them without all results; 2 failed, 2 stopped`. */
function describeStates({ counts, runs }: Report): string {
  const others = (['halted', 'failed', 'stopped', 'running', 'waiting'] as const).filter((state) => counts[state] > 0);
  const rest = others.map((state) => `${counts[state]} ${state}`).join(', ');
  const lacking = runs.filter(({ lacksResults }) => lacksResults).length;
  const without = lacking === 0 ? '' : `, ${lacking} of them without all results`;
  return `${counts.finished} of ${runs.length.toLocaleString('en')} finished${without}${rest === '' ? '' : `; ${rest}`}`;
}

function describeUnreadable({ damaged, runs }: Report): string[] {
  const partly = runs.filter(({ problems }) => problems.length > 0).length;
  return [
    ...(damaged.length > 0 ? [formatCount(damaged.length, 'folder')] : []),
    ...(partly > 0 ? [`files of ${formatCount(partly, 'run')}`] : []),
  ];
}

function describeTime({ whatWasRun: { wallSeconds, trainingSeconds }, runs }: Report): string {
  if (wallSeconds === 0) return '';
  const all = `${formatDuration(wallSeconds)}${runs.length > 1 ? ' over all runs' : ''}`;
  return trainingSeconds === 0 ? all : `${all}, ${formatDuration(trainingSeconds)} of it training`;
}

function describeDates({ whatWasRun: { firstStart, lastEnd } }: Report): string {
  const days = [...new Set([firstStart, lastEnd].flatMap((time) => time?.slice(0, 10) ?? []))];
  return days.join(' to ');
}

function listValues(values: readonly string[]): Text {
  const rest = values.length - MOST_LISTED;
  const listed = values.slice(0, MOST_LISTED).flatMap((name, index): Text => [index === 0 ? '' : '; ', { name }]);
  return rest > 0 ? [...listed, ` and ${rest} more`] : listed;
}

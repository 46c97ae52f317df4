// A run in words and as a table, as MLflow shows them: the note on its page and the table that compares runs. Pure.
import type { Experiment } from '../config/experiment.js';
import { describeAlarm } from '../evaluation/alarm.js';
import type { EvaluationResult } from '../evaluation/records/evaluation-result.js';
import { coverBoth } from '../evaluation/statistics/interval.js';
import type { TrialRecord } from '../run-folder/run-folder.js';

/** Markdown: what was run and, once there are results, what it reached. */
export function describeRun(
  { name, description }: Experiment,
  { seed, assignments }: Pick<TrialRecord, 'seed' | 'assignments'>,
  results: readonly EvaluationResult[],
): string {
  const varied = assignments.map(({ path, value }) => `\`${path}\` = ${JSON.stringify(value)}`);
  const lines = [
    `**${name}**, ${[...varied, `seed ${seed}`].join(', ')}`,
    ...(description === undefined ? [] : ['', description]),
  ];
  if (results.length > 0) {
    lines.push('', '| task | system | accuracy | 95 % interval | queries |', '|---|---|---|---|---|');
    for (const { task, scorer, accuracy, clustered, wilson, n } of results) {
      const [low, high] = coverBoth(wilson, clustered);
      lines.push(`| ${task} | ${scorer} | ${percent(accuracy)} % | ${percent(low)} to ${percent(high)} | ${n} |`);
    }
  }
  return lines.join('\n');
}

/**
 * The results as MLflow's table (pandas, orientation `split`). Its evaluation view puts runs side by side by the first
 * column.
 */
export function composeResultsTable(results: readonly EvaluationResult[]): { columns: string[]; data: unknown[][] } {
  return {
    columns: ['task and system', 'accuracy', 'low', 'high', 'queries', 'alarm'],
    data: results.map(({ task, scorer, accuracy, clustered, wilson, n, alarm }) => {
      const [low, high] = coverBoth(wilson, clustered);
      return [
        `${task.split('/').slice(1).join(' ')}, ${scorer}`,
        accuracy,
        low,
        high,
        n,
        alarm === null ? '' : describeAlarm(alarm, n),
      ];
    }),
  };
}

function percent(share: number): string {
  return (100 * share).toFixed(1);
}

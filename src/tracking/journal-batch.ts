// From journal entries to what MLflow takes in one call, and back to words for what it had to change. Pure.
import type { Adjustment, LogBatch, Metric } from 'mlflow-ts-client';
import type { JournalEntry } from './journal.js';

/** How many of a request's entries this journal entry makes; 1 at least. */
export function countEntries({ event }: JournalEntry): number {
  return event.type === 'params' || event.type === 'tags' ? Object.keys(event.values).length : 1;
}

/** The points, parameters and tags of the entries; of a tag set twice the last value. */
export function composeBatch(entries: readonly JournalEntry[]): LogBatch {
  const metrics: Metric[] = [];
  const params: Record<string, string> = {};
  const tags: Record<string, string> = {};
  for (const { event } of entries) {
    if (event.type === 'metric') {
      metrics.push({ key: event.key, value: event.value, step: event.step, timestamp: event.time });
    } else if (event.type === 'params') Object.assign(params, event.values);
    else if (event.type === 'tags') Object.assign(tags, event.values);
  }
  return { metrics, params, tags };
}

/** Points, parameters and tags together. */
export function countBatch({ metrics = [], params = {}, tags = {} }: LogBatch): number {
  return metrics.length + Object.keys(params).length + Object.keys(tags).length;
}

/** The batch in two parts of the same size, or nearly so. */
export function halveBatch({ metrics = [], params = {}, tags = {} }: LogBatch): LogBatch[] {
  const entries = [
    ...metrics.map((metric) => ({ metrics: [metric] })),
    ...Object.entries(params).map(([key, value]) => ({ params: { [key]: value } })),
    ...Object.entries(tags).map(([key, value]) => ({ tags: { [key]: value } })),
  ];
  const middle = Math.ceil(entries.length / 2);
  return [entries.slice(0, middle), entries.slice(middle)].map((half: LogBatch[]) => ({
    metrics: half.flatMap((entry) => entry.metrics ?? []),
    params: Object.assign({}, ...half.map((entry) => entry.params)),
    tags: Object.assign({}, ...half.map((entry) => entry.tags)),
  }));
}

/** A sentence for the user. */
export function describeAdjustment(adjustment: Adjustment): string {
  const name = `${adjustment.field} ${adjustment.key}`;
  switch (adjustment.kind) {
    case 'renamed':
      return `${name} is called ${adjustment.sentKey} in MLflow, which does not take every character`;
    case 'truncated':
      return (
        `${name}: ${adjustment.sentLength} of its ${adjustment.length} characters are kept in MLflow, all of them ` +
        'as an artifact in full-values'
      );
    case 'replaced-characters':
      return `${name}: characters that cannot be stored were replaced in MLflow`;
    case 'skipped-non-finite':
      return `${name} is ${adjustment.value} at step ${adjustment.step}; MLflow gets a mark instead`;
  }
}

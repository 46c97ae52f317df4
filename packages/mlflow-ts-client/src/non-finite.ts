/*
 * What happens to NaN and infinite metric values. Pure.
 * MLflow's UI drops a metric whose last value is NaN, and its SQL stores turn ±Infinity into ±1.8e308 (settled on a
 * 3.17.2 server), hence the default: leave such points out, but visibly.
 */

import type { Metric } from './types.js';

/**
 * `skip-and-tag` (default): a non-finite point is left out, a point of value 1 under `nonfinite/<key>` marks its step,
 * and the tag `run.first_nonfinite` = `<key>@<step>` names the first one.
 * `send`: NaN, Infinity and -Infinity are sent as the strings that MLflow's JSON takes.
 */
export type NonFinitePolicy = 'skip-and-tag' | 'send';

export const nonFinitePolicies: readonly NonFinitePolicy[] = ['skip-and-tag', 'send'];

/** The tag that names a run's first non-finite point. */
export const firstNonFiniteTag = 'run.first_nonfinite';

/** The key of the metric that marks the steps where `key` was not finite. */
export function nonFiniteMarkerKey(key: string): string {
  return `nonfinite/${key}`;
}

/** The points to send, the points left out, and the value for `firstNonFiniteTag` if there are any of the latter. */
export function applyNonFinitePolicy(
  metrics: readonly Metric[],
  policy: NonFinitePolicy,
): { readonly sent: readonly Metric[]; readonly skipped: readonly Metric[]; readonly firstNonFinite?: string } {
  const skipped = policy === 'send' ? [] : metrics.filter((metric) => !Number.isFinite(metric.value));
  const first = skipped.reduce<Metric | undefined>(
    (earliest, metric) => (earliest === undefined || metric.step < earliest.step ? metric : earliest),
    undefined,
  );
  if (first === undefined) return { sent: metrics, skipped };
  const sent = metrics.map((metric) =>
    Number.isFinite(metric.value) ? metric : { ...metric, key: nonFiniteMarkerKey(metric.key), value: 1 },
  );
  return { sent, skipped, firstNonFinite: `${first.key}@${first.step}` };
}

/** The value as JSON that MLflow parses: a number, or one of its three strings. */
export function encodeMetricValue(value: number): number | string {
  return Number.isFinite(value) ? value : String(value);
}

/** The number that a server's JSON stands for. */
export function decodeMetricValue(value: unknown): number {
  return Number(value);
}

/*
 * From what a caller wants to log to log-batch requests that the server takes: checked, keys and values made to fit,
 * split by every limit. Pure. Place in the flow: log.ts -> here -> transport.ts.
 */

import { checkMetric, checkString, checkStrings } from './check-fields.js';
import { MlflowError } from './errors.js';
import {
  type Adjustment,
  countCodePoints,
  type EntryKind,
  limits,
  replaceUnstorable,
  sanitizeKey,
  truncateText,
} from './limits.js';
import { applyNonFinitePolicy, encodeMetricValue, firstNonFiniteTag, type NonFinitePolicy } from './non-finite.js';
import type { Metric } from './types.js';

/** What is logged on one run in one call. Any number of entries. */
export interface LogBatch {
  readonly metrics?: readonly Metric[];
  readonly params?: Readonly<Record<string, string>>;
  readonly tags?: Readonly<Record<string, string>>;
}

/** One entry, ready to send: its JSON text is made once, for counting bytes and for the body. */
export interface BatchEntry {
  readonly kind: EntryKind;
  /** The key as it is sent. */
  readonly key: string;
  readonly json: string;
  readonly bytes: number;
}

export interface PreparedBatch {
  readonly entries: readonly BatchEntry[];
  readonly adjustments: readonly Adjustment[];
}

/**
 * The entries of a batch in sending order: tags, params, metrics in the order given.
 * Throws INVALID_ARGUMENT for a wrongly typed field, and where two different keys of one kind would be sent under the
 * same name.
 */
export function prepareBatch(batch: LogBatch, policy: NonFinitePolicy): PreparedBatch {
  const adjustments: Adjustment[] = [];
  const metrics = batch.metrics ?? [];
  const params = batch.params ?? {};
  const tags = batch.tags ?? {};
  metrics.forEach((metric, index) => {
    checkMetric(`metrics[${index}]`, metric);
  });
  checkStrings('params', params);
  checkStrings('tags', tags);

  const { sent, skipped, firstNonFinite } = applyNonFinitePolicy(metrics, policy);
  for (const { key, step, value } of skipped) {
    adjustments.push({ kind: 'skipped-non-finite', field: 'metric', key, step, value });
  }
  const allTags = firstNonFinite === undefined ? tags : { [firstNonFiniteTag]: firstNonFinite, ...tags };

  const names = new KeyNames(adjustments);
  const entries = [
    ...Object.entries(allTags).map(([key, value]) => textEntry('tag', key, value, names, adjustments)),
    ...Object.entries(params).map(([key, value]) => textEntry('param', key, value, names, adjustments)),
    ...sent.map((metric) => metricEntry(metric, names)),
  ];
  return { entries, adjustments };
}

/** The entries in as few requests as the limits allow, in the same order. */
export function splitBatch(
  entries: readonly BatchEntry[],
  bytesPerRequest: number = limits.bytesPerRequest,
): BatchEntry[][] {
  const requests: BatchEntry[][] = [];
  let counts = { metric: 0, param: 0, tag: 0, bytes: 0 };
  let current: BatchEntry[] = [];
  for (const entry of entries) {
    const isFull =
      counts[entry.kind] >= perRequest[entry.kind] ||
      current.length >= limits.entitiesPerRequest ||
      counts.bytes + entry.bytes + 1 > bytesPerRequest - envelopeBytes;
    if (isFull && current.length > 0) {
      requests.push(current);
      current = [];
      counts = { metric: 0, param: 0, tag: 0, bytes: 0 };
    }
    current.push(entry);
    counts[entry.kind] += 1;
    counts.bytes += entry.bytes + 1;
  }
  if (current.length > 0) requests.push(current);
  return requests;
}

/** The JSON body of one request. */
export function composeBatchBody(runId: string, entries: readonly BatchEntry[]): string {
  const list = (kind: EntryKind) => entries.filter((entry) => entry.kind === kind).map((entry) => entry.json);
  return `{"run_id":${JSON.stringify(runId)},"metrics":[${list('metric')}],"params":[${list('param')}],"tags":[${list('tag')}]}`;
}

const perRequest = {
  metric: limits.metricsPerRequest,
  param: limits.paramsPerRequest,
  tag: limits.tagsPerRequest,
} as const;

/** Room for the braces, the field names and the run id. */
const envelopeBytes = 200;

/** Keys as they are sent; reports each rewritten key once and refuses two that become one. */
class KeyNames {
  readonly #adjustments: Adjustment[];
  readonly #sentKeys = new Map<string, string>();
  readonly #originals = new Map<string, string>();

  constructor(adjustments: Adjustment[]) {
    this.#adjustments = adjustments;
  }

  name(field: EntryKind, key: string): string {
    const known = this.#sentKeys.get(`${field} ${key}`);
    if (known !== undefined) return known;
    const sentKey = sanitizeKey(key);
    const other = this.#originals.get(`${field} ${sentKey}`);
    if (other !== undefined) {
      throw new MlflowError({
        code: 'INVALID_ARGUMENT',
        problem:
          `${field}s ${JSON.stringify(other)} and ${JSON.stringify(key)} would both be stored as ` +
          `${JSON.stringify(sentKey)}`,
        advice: 'MLflow takes letters, digits and _ - . / : and spaces in keys: rename one of them.',
      });
    }
    this.#originals.set(`${field} ${sentKey}`, key);
    this.#sentKeys.set(`${field} ${key}`, sentKey);
    if (sentKey !== key) this.#adjustments.push({ kind: 'renamed', field, key, sentKey });
    return sentKey;
  }
}

function textEntry(
  kind: 'param' | 'tag',
  key: string,
  value: string,
  names: KeyNames,
  adjustments: Adjustment[],
): BatchEntry {
  checkString(`${kind}s[${JSON.stringify(key)}]`, value);
  const sentKey = names.name(kind, key);
  const maximum = kind === 'param' ? limits.paramValueLength : limits.tagValueLength;
  const storable = replaceUnstorable(value);
  if (storable !== value) adjustments.push({ kind: 'replaced-characters', field: kind, key });
  const sentValue = truncateText(storable, maximum);
  if (sentValue !== storable) {
    adjustments.push({ kind: 'truncated', field: kind, key, length: countCodePoints(value), sentLength: maximum });
  }
  return toEntry(kind, sentKey, { key: sentKey, value: sentValue });
}

function metricEntry(metric: Metric, names: KeyNames): BatchEntry {
  const key = names.name('metric', metric.key);
  return toEntry('metric', key, {
    key,
    value: encodeMetricValue(metric.value),
    timestamp: metric.timestamp,
    step: metric.step,
    model_id: metric.modelId,
    dataset_name: metric.datasetName,
    dataset_digest: metric.datasetDigest,
  });
}

function toEntry(kind: EntryKind, key: string, value: object): BatchEntry {
  const json = JSON.stringify(value);
  return { kind, key, json, bytes: new TextEncoder().encode(json).length };
}

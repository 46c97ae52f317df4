// What a run's journal can hold, and how one event is one line of JSON. Written by journal.ts, projected on MLflow by
// ship-journal.ts, read by reports.
import { OneshotError } from '../base/problem.js';

export type JournalStatus = 'RUNNING' | 'FINISHED' | 'FAILED' | 'KILLED';

/** One event without its time. Paths are relative to the run folder, with `/` between segments. */
export type JournalFact =
  /** The run itself: the first event of every journal. `uid` belongs to this run alone. */
  | {
      readonly type: 'run';
      readonly uid: string;
      readonly name: string;
      /** Name of the MLflow experiment. */
      readonly experiment: string;
      /** The sweep's run that this one is shown under. */
      readonly parentUid?: string;
      readonly tags?: Readonly<Record<string, string>>;
    }
  /** Settings; a parameter is written once and keeps its value. */
  | { readonly type: 'params'; readonly values: Readonly<Record<string, string>> }
  /** The last value of a tag counts. */
  | { readonly type: 'tags'; readonly values: Readonly<Record<string, string>> }
  /** One point; there is one for each (key, step). NaN and ±Infinity are allowed. */
  | { readonly type: 'metric'; readonly key: string; readonly step: number; readonly value: number }
  /** A file to be kept as `artifactPath`; a later one replaces it. */
  | { readonly type: 'artifact'; readonly path: string; readonly artifactPath: string }
  /** A table `{"columns": […], "data": [[…]]}` that MLflow shows side by side over runs. */
  | { readonly type: 'table'; readonly path: string; readonly artifactPath: string }
  /** A PNG picture shown under `key` at `step`. */
  | { readonly type: 'image'; readonly key: string; readonly step: number; readonly path: string }
  | {
      readonly type: 'dataset';
      readonly name: string;
      /** At most 36 characters. */
      readonly digest: string;
      /** MLflow's words for where a data set is from. */
      readonly sourceType: string;
      readonly source: string;
      readonly context?: string;
      readonly schema?: string;
      readonly profile?: string;
    }
  /** A trained model: `path` is a folder of its files or one file, `beside` names further files that belong to it. */
  | {
      readonly type: 'model';
      readonly name: string;
      readonly path: string;
      readonly beside?: readonly string[];
      readonly step: number;
      readonly modelType?: string;
      /** Metrics that measure this model, each with the context of the data set that it was measured on (`test`). */
      readonly measured?: Readonly<Record<string, string>>;
      readonly tags?: Readonly<Record<string, string>>;
    }
  | { readonly type: 'status'; readonly status: JournalStatus };

/** One event. `time` is in milliseconds since 1970, stamped once when the event was appended. */
export type JournalEvent = JournalFact & { readonly time: number };

/** The event as one line, with its line end. Non-finite values become the strings NaN, Infinity and -Infinity. */
export function encodeEvent(event: JournalEvent): string {
  const { time, type, ...rest } = event;
  const fields =
    event.type === 'metric' && !Number.isFinite(event.value) ? { ...rest, value: String(event.value) } : rest;
  return `${JSON.stringify({ time, type, ...fields })}\n`;
}

/** The event of one line. Throws OneshotError('corrupt') naming the first field that is not as it should be. */
export function decodeEvent(line: string): JournalEvent {
  let json: unknown;
  try {
    json = JSON.parse(line);
  } catch (cause) {
    throw new OneshotError('corrupt', 'it is not JSON', { cause });
  }
  if (typeof json !== 'object' || json === null) throw new OneshotError('corrupt', 'it is not an object');
  const event = json as Record<string, unknown>;
  const decoded = event.type === 'metric' ? { ...event, value: decodeValue(event.value) } : event;
  checkEvent(decoded);
  return decoded as unknown as JournalEvent;
}

/** Throws OneshotError('corrupt') unless every field has its type: MLflow silently loses what follows a wrong one. */
export function checkEvent(event: Readonly<Record<string, unknown>>): void {
  const checks =
    typeof event.type === 'string' && Object.hasOwn(fieldChecks, event.type) ? fieldChecks[event.type] : undefined;
  if (checks === undefined) throw new OneshotError('corrupt', `its type ${JSON.stringify(event.type)} is not known`);
  for (const [field, check] of Object.entries({ time: isTime, ...checks })) {
    if (!check(event[field])) {
      throw new OneshotError('corrupt', `its field ${field} holds ${JSON.stringify(event[field]) ?? 'nothing'}`);
    }
  }
}

type Check = (value: unknown) => boolean;

const isText: Check = (value) => typeof value === 'string';
const isStep: Check = (value) => Number.isSafeInteger(value);
const isTime: Check = (value) => Number.isSafeInteger(value) && (value as number) >= 0;
const isTexts: Check = (value) =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && Object.values(value).every(isText);
const isTextList: Check = (value) => Array.isArray(value) && value.every(isText);
const optional =
  (check: Check): Check =>
  (value) =>
    value === undefined || check(value);

const fieldChecks: Readonly<Record<string, Readonly<Record<string, Check>>>> = {
  run: { uid: isText, name: isText, experiment: isText, parentUid: optional(isText), tags: optional(isTexts) },
  params: { values: isTexts },
  tags: { values: isTexts },
  metric: { key: isText, step: isStep, value: (value) => typeof value === 'number' },
  artifact: { path: isText, artifactPath: isText },
  table: { path: isText, artifactPath: isText },
  image: { key: isText, step: isStep, path: isText },
  dataset: {
    name: isText,
    digest: isText,
    sourceType: isText,
    source: isText,
    context: optional(isText),
    schema: optional(isText),
    profile: optional(isText),
  },
  model: {
    name: isText,
    path: isText,
    beside: optional(isTextList),
    step: isStep,
    modelType: optional(isText),
    measured: optional(isTexts),
    tags: optional(isTexts),
  },
  status: { status: (value) => ['RUNNING', 'FINISHED', 'FAILED', 'KILLED'].includes(value as string) },
};

function decodeValue(value: unknown): unknown {
  return value === 'NaN' || value === 'Infinity' || value === '-Infinity' ? Number(value) : value;
}

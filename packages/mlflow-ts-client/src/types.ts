/*
 * What the client returns and takes: MLflow's entities in camel case, tags and parameters as plain records.
 * Times are milliseconds since 1970 (UTC) everywhere.
 */

/** All run states, in MLflow's spelling. */
export const runStatuses = ['RUNNING', 'SCHEDULED', 'FINISHED', 'FAILED', 'KILLED'] as const;
export type RunStatus = (typeof runStatuses)[number];

/** A deleted entity keeps its id and name until the server's garbage collection. */
export type LifecycleStage = 'active' | 'deleted';

/** Which runs or experiments a search looks at. */
export type ViewType = 'ACTIVE_ONLY' | 'DELETED_ONLY' | 'ALL';

export interface Experiment {
  readonly experimentId: string;
  readonly name: string;
  readonly artifactLocation: string;
  readonly lifecycleStage: LifecycleStage;
  readonly creationTime?: number;
  readonly lastUpdateTime?: number;
  readonly tags: Readonly<Record<string, string>>;
}

/** One point of a metric. `value` may be NaN; MLflow's SQL stores keep ±Infinity as ±1.7976931348623157e308. */
export interface Metric {
  readonly key: string;
  readonly value: number;
  /** Milliseconds since 1970, an integer ≥ 0. */
  readonly timestamp: number;
  /** An integer, negative allowed. */
  readonly step: number;
  /** Links the point to a logged model (MLflow 3). */
  readonly modelId?: string;
  readonly datasetName?: string;
  readonly datasetDigest?: string;
}

export interface Run {
  readonly runId: string;
  readonly runName: string;
  readonly experimentId: string;
  readonly status: RunStatus;
  readonly startTime: number;
  readonly endTime?: number;
  readonly lifecycleStage: LifecycleStage;
  /** Where the run's artifacts lie. Never build it from ids. */
  readonly artifactUri: string;
  readonly params: Readonly<Record<string, string>>;
  readonly tags: Readonly<Record<string, string>>;
  /** The latest point of each metric, by key. */
  readonly latestMetrics: Readonly<Record<string, Metric>>;
  readonly datasets: readonly DatasetInput[];
  /** Logged models that are outputs of the run (MLflow 3). */
  readonly modelOutputs: readonly { readonly modelId: string; readonly step: number }[];
}

/** A data set as a run's input. */
export interface DatasetInput {
  /** At most 500 characters. */
  readonly name: string;
  /** At most 36 characters: cut a hash to that length. */
  readonly digest: string;
  /** How `source` is to be read: `local`, `http`, `code`, … */
  readonly sourceType: string;
  /** JSON text or any other text that tells where the data came from. */
  readonly source: string;
  /** JSON text, e.g. `{"mlflow_colspec":[…]}`. */
  readonly schema?: string;
  /** JSON text, e.g. `{"num_rows":100}`. */
  readonly profile?: string;
  /** What the run used it for: `training`, `validation`, `evaluation`. Shown in the run table. */
  readonly context?: string;
}

/** A file or folder below an artifact root; `path` is relative to that root. */
export interface ArtifactFile {
  readonly path: string;
  readonly isDirectory: boolean;
  /** Bytes; absent for folders. */
  readonly size?: number;
}

/** States of a logged model; the server silently ignores any other spelling. */
export const modelStatuses = ['LOGGED_MODEL_PENDING', 'LOGGED_MODEL_READY', 'LOGGED_MODEL_UPLOAD_FAILED'] as const;
export type ModelStatus = (typeof modelStatuses)[number];

export interface LoggedModel {
  readonly modelId: string;
  readonly experimentId: string;
  readonly name: string;
  readonly modelType: string;
  /** `LOGGED_MODEL_UNSPECIFIED` is what a server shows after a wrongly spelled status. */
  readonly status: ModelStatus | 'LOGGED_MODEL_UNSPECIFIED';
  readonly sourceRunId: string;
  readonly artifactUri: string;
  readonly creationTime: number;
  readonly params: Readonly<Record<string, string>>;
  readonly tags: Readonly<Record<string, string>>;
  /** The latest point of each metric that measures the model, on each data set; `runId` is the run that logged it. */
  readonly metrics: readonly (Metric & { readonly runId: string })[];
}

export interface RegisteredModel {
  readonly name: string;
  readonly description: string;
  readonly tags: Readonly<Record<string, string>>;
  /** Version number by alias. */
  readonly aliases: Readonly<Record<string, string>>;
}

export interface ModelVersion {
  readonly name: string;
  /** A number as text: `1`, `2`, … */
  readonly version: string;
  readonly source: string;
  readonly runId: string;
  readonly status: string;
  readonly description: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly aliases: readonly string[];
}

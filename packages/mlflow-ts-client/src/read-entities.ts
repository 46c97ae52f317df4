/*
 * From the server's JSON (snake case, int64 as number or text, absent when empty) to the types of types.ts.
 */

import { decodeMetricValue } from './non-finite.js';
import type { JsonObject } from './transport.js';
import type {
  ArtifactFile,
  DatasetInput,
  Experiment,
  LifecycleStage,
  LoggedModel,
  Metric,
  ModelVersion,
  RegisteredModel,
  Run,
  RunStatus,
} from './types.js';

export function readExperiment(json: JsonObject): Experiment {
  return {
    experimentId: text(json.experiment_id),
    name: text(json.name),
    artifactLocation: text(json.artifact_location),
    lifecycleStage: text(json.lifecycle_stage) as LifecycleStage,
    creationTime: optionalNumber(json.creation_time),
    lastUpdateTime: optionalNumber(json.last_update_time),
    tags: readPairs(json.tags),
  };
}

export function readRun(json: JsonObject): Run {
  const info = object(json.info);
  const data = object(json.data);
  const tags = readPairs(data.tags);
  return {
    runId: text(info.run_id),
    runName: text(info.run_name ?? tags['mlflow.runName']),
    experimentId: text(info.experiment_id),
    status: text(info.status) as RunStatus,
    startTime: Number(info.start_time ?? 0),
    endTime: optionalNumber(info.end_time),
    lifecycleStage: text(info.lifecycle_stage) as LifecycleStage,
    artifactUri: text(info.artifact_uri),
    params: readPairs(data.params),
    tags,
    latestMetrics: Object.fromEntries(objects(data.metrics).map((item) => [text(item.key), readMetric(item)])),
    datasets: objects(object(json.inputs).dataset_inputs).map(readDatasetInput),
    modelOutputs: objects(object(json.outputs).model_outputs).map((item) => ({
      modelId: text(item.model_id),
      step: Number(item.step ?? 0),
    })),
  };
}

export function readMetric(json: JsonObject): Metric {
  return {
    key: text(json.key),
    value: decodeMetricValue(json.value ?? 0),
    timestamp: Number(json.timestamp ?? 0),
    step: Number(json.step ?? 0),
    modelId: optionalText(json.model_id),
    datasetName: optionalText(json.dataset_name),
    datasetDigest: optionalText(json.dataset_digest),
  };
}

function readDatasetInput(json: JsonObject): DatasetInput {
  const dataset = object(json.dataset);
  return {
    name: text(dataset.name),
    digest: text(dataset.digest),
    sourceType: text(dataset.source_type),
    source: text(dataset.source),
    schema: optionalText(dataset.schema),
    profile: optionalText(dataset.profile),
    context: readPairs(json.tags)['mlflow.data.context'],
  };
}

export function readArtifactFile(json: JsonObject): ArtifactFile {
  const isDirectory = json.is_dir === true;
  return { path: text(json.path), isDirectory, size: isDirectory ? undefined : Number(json.file_size ?? 0) };
}

export function readLoggedModel(json: JsonObject): LoggedModel {
  const info = object(json.info);
  return {
    modelId: text(info.model_id),
    experimentId: text(info.experiment_id),
    name: text(info.name),
    modelType: text(info.model_type),
    status: text(info.status) as LoggedModel['status'],
    sourceRunId: text(info.source_run_id),
    artifactUri: text(info.artifact_uri),
    creationTime: Number(info.creation_timestamp_ms ?? 0),
    params: readPairs(object(json.data).params),
    tags: readPairs(info.tags),
    metrics: objects(object(json.data).metrics).map((item) => ({ ...readMetric(item), runId: text(item.run_id) })),
  };
}

export function readRegisteredModel(json: JsonObject): RegisteredModel {
  return {
    name: text(json.name),
    description: text(json.description),
    tags: readPairs(json.tags),
    aliases: Object.fromEntries(objects(json.aliases).map((item) => [text(item.alias), text(item.version)])),
  };
}

export function readModelVersion(json: JsonObject): ModelVersion {
  return {
    name: text(json.name),
    version: text(json.version),
    source: text(json.source),
    runId: text(json.run_id),
    status: text(json.status),
    description: text(json.description),
    tags: readPairs(json.tags),
    aliases: Array.isArray(json.aliases) ? json.aliases.map(text) : [],
  };
}

/** The list under a key of an answer; an empty one is absent on the wire. */
export function objects(value: unknown): JsonObject[] {
  return Array.isArray(value) ? value.map(object) : [];
}

export function object(value: unknown): JsonObject {
  return typeof value === 'object' && value !== null ? (value as JsonObject) : {};
}

export function text(value: unknown): string {
  return value === undefined || value === null ? '' : String(value);
}

export function optionalText(value: unknown): string | undefined {
  return value === undefined || value === null || value === '' ? undefined : String(value);
}

function optionalNumber(value: unknown): number | undefined {
  return value === undefined || value === null ? undefined : Number(value);
}

function readPairs(value: unknown): Record<string, string> {
  return Object.fromEntries(objects(value).map((item) => [text(item.key), text(item.value)]));
}

/** A record as MLflow's list of {key, value}. */
export function toPairs(values: Readonly<Record<string, string>>): { key: string; value: string }[] {
  return Object.entries(values).map(([key, value]) => ({ key, value }));
}

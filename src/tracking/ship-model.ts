// A run's trained network as a logged model of MLflow: its files, an ONNX file in MLflow's own format where one can be made,
// and the run's parameters, metrics and data sets that belong to it, by which the page of models ranks.
import { statSync } from 'node:fs';
import { basename, join } from 'node:path';
import {
  type ArtifactOwner,
  collect,
  isMlflowError,
  type LoggedModel,
  type Metric,
  type MlflowClient,
  sanitizeKey,
} from 'mlflow-ts-client';
import { OneshotError } from '../base/problem.js';
import { readJournal } from './journal.js';
import type { JournalEvent } from './journal-event.js';
import { locateFile } from './locate-file.js';
import { composeModelFiles, ONNX_NAME, type OnnxModel } from './mlflow-model.js';

export type ModelEvent = JournalEvent & { type: 'model' };

/** Makes the ONNX file of the run in a folder; undefined where it has none that can be made. `dispose` removes it. */
export type ExportOnnx = (folder: string) => Promise<(OnnxModel & { dispose(): void }) | undefined>;

export interface ModelShipment {
  readonly client: MlflowClient;
  readonly experimentId: string;
  readonly runId: string;
  /** The uid of the journal. */
  readonly uid: string;
  readonly folder: string;
  /** The file name of the journal in it. */
  readonly journal: string;
  readonly event: ModelEvent;
  readonly exportOnnx: ExportOnnx | undefined;
  /** Told why a model is stored without an ONNX file. */
  readonly tell?: (message: string) => void;
  readonly signal: AbortSignal | undefined;
}

/**
 * Makes the logged model, or finds the one that was made before, and links it to the run. MLflow makes a model anew at each
 * create, so it carries a tag by which it is found again; of several (two shippers at once, a lost answer) the lowest id stays.
 */
export async function shipModel(shipment: ModelShipment): Promise<void> {
  const { client, runId, event, signal } = shipment;
  let found: LoggedModel | undefined;
  try {
    found = await findModel(shipment);
  } catch (error) {
    // Servers before MLflow 3 have no logged models: then it is a folder of the run's artifacts.
    if (!isMlflowError(error, 'NOT_FOUND', 'NOT_MLFLOW', 'NOT_SUPPORTED')) throw error;
    await uploadModel(shipment, runId, 'model', runId);
    return;
  }
  const facts = readModelFacts(shipment);
  if (found === undefined) {
    await createModel(shipment, facts.params);
    found = await findModel(shipment);
  }
  if (found === undefined) throw new OneshotError('internal', `the model ${event.name} was made but cannot be found`);
  const { modelId, status } = found;
  if (status !== 'LOGGED_MODEL_READY') {
    await uploadModel(shipment, found, '', modelId);
    await client.models.finalize(modelId, 'LOGGED_MODEL_READY', { signal });
  }
  await client.log.outputs(runId, [{ modelId, step: event.step }], { signal });
  // The run has these points already; with the model's id they are the model's as well.
  const metrics = facts.metrics.map((metric) => ({ ...metric, modelId }));
  if (metrics.length > 0) await client.log.batch(runId, { metrics }, { signal });
}

const modelKeyTag = 'oneshot.model_key';

function composeKey({ uid, event }: ModelShipment): string {
  return `${uid}/${event.name}/${event.step}`.replaceAll("'", '');
}

async function findModel(shipment: ModelShipment): Promise<LoggedModel | undefined> {
  const { client, experimentId, runId, signal } = shipment;
  const filter = `tags.\`${modelKeyTag}\` = '${composeKey(shipment)}'`;
  const found = await collect(client.models.search({ experimentIds: [experimentId], filter, signal }));
  const [first, ...others] = found
    .filter((model) => model.sourceRunId === runId)
    .sort((a, b) => (a.modelId < b.modelId ? -1 : 1));
  for (const other of others) await client.models.delete(other.modelId, { signal });
  return first;
}

async function createModel(shipment: ModelShipment, params: Readonly<Record<string, string>>): Promise<void> {
  const { client, experimentId, runId, event, signal } = shipment;
  await client.models.create({
    experimentId,
    name: event.name.replace(/[/:.%"']/g, '_'),
    modelType: event.modelType,
    sourceRunId: runId,
    params,
    tags: { ...event.tags, [modelKeyTag]: composeKey(shipment) },
    signal,
  });
}

/** Uploads the model's files to `path` of an artifact root ('' is the root itself). */
async function uploadModel(
  shipment: ModelShipment,
  owner: ArtifactOwner,
  path: string,
  modelId: string,
): Promise<void> {
  const { client, runId, folder, event, exportOnnx, signal } = shipment;
  const at = (name: string) => (path === '' ? name : `${path}/${name}`);
  for (const member of [event.path, ...(event.beside ?? [])]) {
    const localPath = locateFile(folder, member);
    if (statSync(localPath).isDirectory()) await client.artifacts.uploadFolder(owner, localPath, path, { signal });
    else await client.artifacts.uploadFile(owner, localPath, at(basename(localPath)), { signal });
  }
  const onnx = await exportOnnx?.(folder).catch((error: unknown) => {
    if (!(error instanceof OneshotError)) throw error;
    shipment.tell?.(`the model is stored without an ONNX file: ${error.message}`);
    return undefined;
  });
  if (onnx === undefined) return;
  try {
    const identity = { modelId, runId, bytes: statSync(onnx.file).size, createdAt: event.time };
    await client.artifacts.uploadFile(owner, onnx.file, at(ONNX_NAME), { signal });
    for (const [name, text] of Object.entries(composeModelFiles(onnx, identity)))
      await client.artifacts.upload(owner, at(name), { bytes: text }, { signal });
  } finally {
    onnx.dispose();
  }
}

/** The run's parameters, and the last points of the metrics that measure the model, with the data sets they were measured on. */
function readModelFacts({ folder, journal, event }: ModelShipment): {
  params: Record<string, string>;
  metrics: Metric[];
} {
  const params: Record<string, string> = {};
  const points = new Map<string, Metric>();
  const datasets = new Map<string, { datasetName: string; datasetDigest: string }>();
  for (const { event: each } of readJournal(join(folder, journal))) {
    if (each.type === 'params') Object.assign(params, each.values);
    else if (each.type === 'dataset' && each.context !== undefined)
      datasets.set(each.context, { datasetName: each.name, datasetDigest: each.digest });
    else if (each.type === 'metric' && event.measured?.[each.key] !== undefined && Number.isFinite(each.value))
      points.set(each.key, { key: each.key, value: each.value, step: each.step, timestamp: each.time });
  }
  const metrics = [...points].map(([key, point]) => ({ ...point, ...datasets.get(event.measured?.[key] ?? '') }));
  return {
    params: Object.fromEntries(Object.entries(params).map(([key, value]) => [sanitizeKey(key), value])),
    metrics,
  };
}

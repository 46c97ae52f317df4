// One file event of a journal (artifact, table, picture, model) to its place on the server. Sending it again replaces
// what is there.
import { existsSync, statSync } from 'node:fs';
import { basename, resolve, sep } from 'node:path';
import {
  type ArtifactOwner,
  collect,
  isMlflowError,
  type LoggedModel,
  type MlflowClient,
  sanitizeArtifactPath,
} from 'mlflow-ts-client';
import { requireInside } from '../base/bounded-file.js';
import { OneshotError } from '../base/problem.js';
import { composeImagePaths } from './image-name.js';
import type { JournalEvent } from './journal-event.js';

export type FileEvent = JournalEvent & { type: 'artifact' | 'table' | 'image' | 'model' };

/** The run that the files go to. */
export interface ShipTarget {
  readonly uid: string;
  readonly experimentId: string;
  readonly runId: string;
}

export function isFileEvent(event: JournalEvent): event is FileEvent {
  return event.type === 'artifact' || event.type === 'table' || event.type === 'image' || event.type === 'model';
}

/** What a file event is about: a later event with the same subject makes an earlier one obsolete. */
export function identifyFile(event: FileEvent): string {
  if (event.type === 'image') return JSON.stringify(['image', event.key, event.step]);
  if (event.type === 'model') return JSON.stringify(['model', event.name, event.step]);
  return JSON.stringify(['artifact', event.artifactPath]);
}

/**
 * Uploads the event's file. Throws OneshotError('data') when the file is missing or lies outside the run folder, and
 * MlflowError.
 */
export async function shipFile(
  client: MlflowClient,
  target: ShipTarget,
  folder: string,
  event: FileEvent,
  signal: AbortSignal | undefined,
): Promise<void> {
  const localPath = locate(folder, event.path);
  switch (event.type) {
    case 'artifact':
    case 'table':
      return await client.artifacts.uploadFile(target.runId, localPath, sanitizeArtifactPath(event.artifactPath), {
        signal,
      });
    case 'image': {
      for (const path of composeImagePaths(target.uid, event.key, event.step, event.time)) {
        await client.artifacts.uploadFile(target.runId, localPath, path, { signal });
      }
      return;
    }
    case 'model':
      return await shipModel(client, target, folder, event, signal);
  }
}

/**
 * A logged model is made anew by each create, so it carries a tag by which it is found again; of several (two shippers
 * at once, a lost answer) the lowest id stays.
 */
async function shipModel(
  client: MlflowClient,
  target: ShipTarget,
  folder: string,
  event: FileEvent & { type: 'model' },
  signal: AbortSignal | undefined,
): Promise<void> {
  const key = `${target.uid}/${event.name}/${event.step}`;
  const find = async (): Promise<LoggedModel | undefined> => {
    const filter = `tags.\`${modelKeyTag}\` = '${key.replaceAll("'", '')}'`;
    const found = await collect(client.models.search({ experimentIds: [target.experimentId], filter, signal }));
    const [first, ...others] = found
      .filter((model) => model.sourceRunId === target.runId)
      .sort((a, b) => (a.modelId < b.modelId ? -1 : 1));
    for (const other of others) await client.models.delete(other.modelId, { signal });
    return first;
  };
  const create = async (): Promise<LoggedModel | undefined> => {
    await client.models.create({
      experimentId: target.experimentId,
      name: event.name.replace(/[/:.%"']/g, '_'),
      modelType: event.modelType,
      sourceRunId: target.runId,
      tags: { ...event.tags, [modelKeyTag]: key.replaceAll("'", '') },
      signal,
    });
    return await find();
  };
  let found: LoggedModel | undefined;
  try {
    found = await find();
  } catch (error) {
    // Servers before MLflow 3 have no logged models: then it is a folder of the run's artifacts.
    if (!isMlflowError(error, 'NOT_FOUND', 'NOT_MLFLOW', 'NOT_SUPPORTED')) throw error;
    await uploadModel(client, target.runId, 'model', folder, event, signal);
    return;
  }
  const model = found ?? (await create());
  if (model === undefined) throw new OneshotError('internal', `the model ${event.name} was made but cannot be found`);
  if (model.status !== 'LOGGED_MODEL_READY') {
    await uploadModel(client, model, '', folder, event, signal);
    await client.models.finalize(model.modelId, 'LOGGED_MODEL_READY', { signal });
  }
  await client.log.outputs(target.runId, [{ modelId: model.modelId, step: event.step }], { signal });
}

/** Uploads the model's files to `path` of an artifact root ('' is the root itself). */
async function uploadModel(
  client: MlflowClient,
  owner: ArtifactOwner,
  path: string,
  folder: string,
  event: FileEvent & { type: 'model' },
  signal: AbortSignal | undefined,
): Promise<void> {
  const prefix = path === '' ? '' : `${path}/`;
  for (const member of [event.path, ...(event.beside ?? [])]) {
    const localPath = locate(folder, member);
    if (statSync(localPath).isDirectory()) await client.artifacts.uploadFolder(owner, localPath, path, { signal });
    else await client.artifacts.uploadFile(owner, localPath, `${prefix}${basename(localPath)}`, { signal });
  }
}

const modelKeyTag = 'oneshot.model_key';

/** The absolute path of a file of the run folder. A journal from elsewhere must not reach files outside of it. */
function locate(folder: string, path: string): string {
  const root = resolve(folder);
  const localPath = resolve(root, path);
  if (!localPath.startsWith(root + sep)) throw new OneshotError('data', `${path} lies outside the run folder`);
  requireInside(localPath, root);
  if (!existsSync(localPath)) throw new OneshotError('data', `${path} is no longer in the run folder`);
  return localPath;
}

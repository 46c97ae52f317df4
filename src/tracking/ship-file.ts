// One file event of a journal (artifact, table, picture, model) to its place on the server. Sending it again replaces
// what is there.
import { createHash } from 'node:crypto';
import { composeImagePaths, type MlflowClient, sanitizeArtifactPath } from 'mlflow-ts-client';
import type { JournalEvent } from './journal-event.js';
import { locateFile } from './locate-file.js';
import { type ExportOnnx, shipModel } from './ship-model.js';

export type FileEvent = JournalEvent & { type: 'artifact' | 'table' | 'image' | 'model' };

/** The run that the files go to. */
export interface ShipTarget {
  readonly uid: string;
  readonly experimentId: string;
  readonly runId: string;
  /** The run folder and the name of its journal. */
  readonly folder: string;
  readonly journal: string;
  /** Makes the ONNX file of a trained model. */
  readonly exportOnnx?: ExportOnnx;
  /** Told why a model is stored without one. */
  readonly tell?: (message: string) => void;
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
  event: FileEvent,
  signal: AbortSignal | undefined,
): Promise<void> {
  const localPath = locateFile(target.folder, event.path);
  switch (event.type) {
    case 'artifact':
    case 'table':
      return await client.artifacts.uploadFile(target.runId, localPath, sanitizeArtifactPath(event.artifactPath), {
        signal,
      });
    case 'image': {
      const { key, step, time } = event;
      const uuid = composeUuid(target.uid, key, step);
      const { image, thumbnail } = composeImagePaths({ key, step, timestamp: time, uuid });
      for (const path of [image, thumbnail])
        await client.artifacts.uploadFile(target.runId, localPath, path, { signal });
      return;
    }
    case 'model':
      return await shipModel({ exportOnnx: undefined, ...target, client, event, signal });
  }
}

/** The same for the same picture of the same run, so that shipping it again replaces and never doubles it. */
function composeUuid(uid: string, key: string, step: number): string {
  const hash = createHash('sha256')
    .update(JSON.stringify([uid, key, step]))
    .digest('hex');
  return [hash.slice(0, 8), hash.slice(8, 12), hash.slice(12, 16), hash.slice(16, 20), hash.slice(20, 32)].join('-');
}

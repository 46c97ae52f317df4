// The MLflow run of a journal: found by the uid that the journal carries, made if there is none. Two shippers of one
// journal end up with the same run: the lowest run id wins, the others are deleted.
import { isMlflowError, type MlflowClient, type Run } from 'mlflow-ts-client';
import { OneshotError } from '../base/problem.js';
import type { JournalEvent } from './journal-event.js';

/** The tag by which a run is found again. */
const runUidTag = 'oneshot.run_uid';

export type RunEvent = JournalEvent & { type: 'run' };

/**
 * The journal's run on the server. `knownRunId` is the run that was used before. Throws OneshotError('interrupted') when
 * that one was deleted in MLflow and no other took its place: whoever deleted it does not want it back.
 */
export async function resolveRun(
  client: MlflowClient,
  event: RunEvent,
  knownRunId: string | undefined,
  signal: AbortSignal | undefined,
): Promise<Run> {
  const known = knownRunId === undefined ? undefined : await findRun(client, knownRunId, signal);
  if (known?.lifecycleStage === 'active') return known;
  if (known !== undefined) {
    const [other] = await client.runs.findByTag([known.experimentId], runUidTag, event.uid, { signal });
    if (other !== undefined) return other;
    throw new RunDeletedError(known.runId);
  }
  const { experimentId } = await client.experiments.getOrCreate(event.experiment, { signal });
  const { run } = await client.runs.findOrCreate({
    experimentId,
    runName: event.name,
    startTime: event.time,
    tags: event.tags,
    identity: { key: runUidTag, value: event.uid },
    signal,
  });
  return run;
}

/** The run that stays when the uid has several by now: the lowest run id; the others are deleted. */
export async function settleTwins(
  client: MlflowClient,
  run: Run,
  uid: string,
  signal: AbortSignal | undefined,
): Promise<Run> {
  const { experimentId } = run;
  const twins = await client.runs.findByTag([experimentId], runUidTag, uid, { signal });
  const isAlone = twins.length === 1 && twins[0]?.runId === run.runId;
  // Without the tag, which somebody may have removed in MLflow, it stays as it is.
  if (isAlone || twins.length === 0) return run;
  const settled = await client.runs.findOrCreate({ experimentId, identity: { key: runUidTag, value: uid }, signal });
  return settled.run;
}

/** The run was deleted in MLflow. */
export class RunDeletedError extends OneshotError {
  constructor(runId: string) {
    super('interrupted', `the run ${runId} was deleted in MLflow; nothing more is sent to it`, {
      hint:
        `restore it with \`mlflow runs restore --run-id ${runId}\`, or remove mlflow.json from the run folder to ` +
        'make a new one',
    });
  }
}

/** The id of the parent's run; undefined while the server has none. */
export async function findParentRunId(
  client: MlflowClient,
  experimentId: string,
  parentUid: string,
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  const [parent] = await client.runs.findByTag([experimentId], runUidTag, parentUid, { signal });
  return parent?.runId;
}

async function findRun(client: MlflowClient, runId: string, signal: AbortSignal | undefined): Promise<Run | undefined> {
  try {
    return await client.runs.get(runId, { signal });
  } catch (error) {
    // Another database now answers at that address.
    if (isMlflowError(error, 'NOT_FOUND')) return undefined;
    throw error;
  }
}

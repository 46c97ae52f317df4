// MLflow's page of an experiment, made ready for the runs on it: two saved views and a description; and its addresses.
// Everything here is a help to readers: a server that does not take it has the runs all the same.
import { collect, isMlflowError, type MlflowClient, type Run } from 'mlflow-ts-client';
import { chooseRunView, encodeViewState, type RunView } from './run-view.js';

const BEST_FIRST = 'oneshot';
const GROUPED = 'oneshot-grouped';
/** Runs that are looked at to choose columns. */
const SAMPLED_RUNS = 1000;
/** Sweeps that the description links to, the newest first. */
const LINKED_SWEEPS = 3;
/** How often a page is prepared where the server refuses. */
const ATTEMPTS = 2;
const NOTE_TAG = 'mlflow.note.content';
/** How a description that was written here begins; one that somebody else wrote is left alone. */
const NOTE_BEGINNING = 'Runs of `oneshot`.';

/** What differs between the pages of MLflow's versions, seen on 3.0.1 and 3.17.2 and read in the pages between them. */
export interface PageFeatures {
  /** From 3.2 on the runs of an experiment have an address of their own; before, the experiment's own shows them. */
  readonly hasRunsPage: boolean;
  /** From 3.15 on a shared view has a name; a page before that never loads with one. */
  readonly hasNamedViews: boolean;
}

/** The features of a server by its version, `3.17.2`; those of the newest where the text is no version. */
export function featuresOfPage(version: string): PageFeatures {
  const [, major, minor] = /^(\d+)\.(\d+)/.exec(version) ?? [];
  const isFrom = (least: number) =>
    major === undefined || Number(major) > 3 || (major === '3' && Number(minor) >= least);
  return { hasRunsPage: isFrom(2), hasNamedViews: isFrom(15) };
}

/**
 * Where MLflow shows the runs of an experiment: its pages for training; without the parameter 3.x may open those for
 * language models.
 */
export function composeExperimentAddress(
  baseUrl: string,
  experimentId: string,
  { hasRunsPage }: Pick<PageFeatures, 'hasRunsPage'> = { hasRunsPage: true },
): string {
  return `${baseUrl}/#/experiments/${experimentId}${hasRunsPage ? '/runs' : ''}?workflowType=machine_learning`;
}

/** Where MLflow shows a run. */
export function composeRunAddress(baseUrl: string, experimentId: string, runId: string): string {
  return `${baseUrl}/#/experiments/${experimentId}/runs/${runId}?workflowType=machine_learning`;
}

/**
 * Writes views and description of an experiment by the runs it has now; resolves to the address that opens it, which
 * works without them too. Rejects with ABORTED alone.
 */
export async function prepareExperimentPage(
  client: MlflowClient,
  experimentId: string,
  options: { now: number; signal?: AbortSignal },
): Promise<string> {
  let plain = composeExperimentAddress(client.baseUrl, experimentId);
  // Of two programs that write the same tags at one moment the server may refuse one; a moment later they are there.
  for (let attempt = 1; ; attempt++) {
    try {
      const features = featuresOfPage(await client.server.version({ signal: options.signal }));
      plain = composeExperimentAddress(client.baseUrl, experimentId, features);
      await writePage(client, experimentId, plain, features, options);
      return `${plain}&viewStateShareKey=${BEST_FIRST}`;
    } catch (error) {
      if (isMlflowError(error, 'ABORTED')) throw error;
      if (attempt === ATTEMPTS) return plain;
    }
  }
}

async function writePage(
  client: MlflowClient,
  experimentId: string,
  address: string,
  features: PageFeatures,
  options: { now: number; signal?: AbortSignal },
): Promise<void> {
  const search = { experimentIds: [experimentId], limit: SAMPLED_RUNS, signal: options.signal };
  const runs = await collect(client.runs.search(search));
  const view = chooseRunView(runs);
  const save = (id: string, name: string) =>
    saveView(client, experimentId, { id, name: features.hasNamedViews ? name : undefined }, view, options);
  await save(BEST_FIRST, 'oneshot: best first');
  if (view.hasSeeds) await save(GROUPED, 'oneshot: means over seeds');
  const sweeps = runs.filter(({ tags }) => tags['oneshot.sweep'] !== undefined);
  await describe(client, experimentId, { address, view, sweeps, signal: options.signal });
}

async function saveView(
  client: MlflowClient,
  experimentId: string,
  { id, name }: { id: string; name: string | undefined },
  view: RunView,
  { now, signal }: { now: number; signal?: AbortSignal },
): Promise<void> {
  const state = encodeViewState(view, { grouped: id === GROUPED });
  const value = name === undefined ? state : JSON.stringify({ name, createdAt: now, updatedAt: now, state });
  await client.experiments.setTag(experimentId, `mlflow.sharedViewState.${id}`, value, { signal });
}

/** Markdown at the head of the page: how to read it. */
async function describe(
  client: MlflowClient,
  experimentId: string,
  {
    address,
    view: { hasSeeds },
    sweeps,
    signal,
  }: { address: string; view: RunView; sweeps: readonly Run[]; signal: AbortSignal | undefined },
): Promise<void> {
  const { tags } = await client.experiments.get(experimentId, { signal });
  const present = tags[NOTE_TAG];
  if (present !== undefined && !present.startsWith(NOTE_BEGINNING)) return;
  const views = [
    `[the best first](${address}&viewStateShareKey=${BEST_FIRST})`,
    `[charts of what was swept](${address}&compareRunsMode=CHART&viewStateShareKey=${BEST_FIRST})`,
    ...(hasSeeds ? [`[means over seeds](${address}&viewStateShareKey=${GROUPED})`] : []),
    ...sweeps
      .slice(0, LINKED_SWEEPS)
      .map(({ runId, runName }) => `[sweep ${runName}](${composeRunAddress(client.baseUrl, experimentId, runId)})`),
  ];
  const note = [
    // MLflow shows the first line until one asks for more.
    `${NOTE_BEGINNING} Views: ${views.join(' · ')}.`,
    '`accuracy` is the figure that speaks for a run, measured on the test selection alone; ' +
      '`test/…` are all tasks, `best/…` what validation said of the weights that are kept.',
    ...(sweeps.length === 0
      ? []
      : ['Which configuration is the best is said by validation: see the page of the sweep.']),
  ].join('\n\n');
  if (note !== present) await client.experiments.setTag(experimentId, NOTE_TAG, note, { signal });
}

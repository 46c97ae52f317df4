// The view of an experiment that `oneshot ui` opens: columns, order and grouping, as a shared view that MLflow keeps in a
// tag of the experiment. Undocumented, seen to work on 3.17.2; without it the page opens with MLflow's own choice.
import { deflateSync } from 'node:zlib';
import { collect, type MlflowClient, type Run } from 'mlflow-ts-client';

const VIEW_ID = 'oneshot';
/** Runs that are looked at to choose columns. */
const SAMPLED_RUNS = 1000;
const MOST_COLUMNS = 12;

/** What is shown of an experiment's runs. */
export interface RunView {
  /** Key path of a metric; undefined: the newest first. */
  readonly orderBy?: { readonly metric: string; readonly ascending: boolean };
  readonly params: readonly string[];
  readonly metrics: readonly string[];
  /** One row and one curve for all seeds of a point. */
  readonly groupByConfig: boolean;
}

/** Writes the view of an experiment; resolves to the address that opens it. */
export async function saveRunView(
  client: MlflowClient,
  experimentId: string,
  options: { now: number; signal?: AbortSignal },
): Promise<string> {
  const runs = await collect(
    client.runs.search({ experimentIds: [experimentId], limit: SAMPLED_RUNS, signal: options.signal }),
  );
  const view = chooseRunView(runs);
  const value = JSON.stringify({
    name: 'oneshot',
    createdAt: options.now,
    updatedAt: options.now,
    state: encodeViewState(view),
  });
  await client.experiments.setTag(experimentId, `mlflow.sharedViewState.${VIEW_ID}`, value, options);
  return `${composeExperimentAddress(client.baseUrl, experimentId)}&viewStateShareKey=${VIEW_ID}`;
}

/** The machine-learning view of an experiment: without the parameter MLflow opens the one for language models. */
export function composeExperimentAddress(baseUrl: string, experimentId: string): string {
  return `${baseUrl}/#/experiments/${experimentId}/runs?workflowType=machine_learning`;
}

/** Columns for what varies between the runs and what they reached, the best run first, grouped where points have several seeds. */
export function chooseRunView(runs: readonly Pick<Run, 'params' | 'latestMetrics'>[]): RunView {
  const trials = runs.filter(({ params }) => params.config_id !== undefined);
  const values = new Map<string, Set<string>>();
  for (const { params } of trials) {
    for (const [key, value] of Object.entries(params)) values.set(key, (values.get(key) ?? new Set()).add(value));
  }
  const varied = [...values.keys()].filter((key) => key !== 'config_id' && key !== 'seed' && isVaried(key));
  function isVaried(key: string): boolean {
    return (values.get(key)?.size ?? 0) > 1 || trials.some(({ params }) => params[key] === undefined);
  }
  const measured = [...new Set(trials.flatMap(({ latestMetrics }) => Object.keys(latestMetrics)))].sort();
  const metrics = ['best/', 'test/'].flatMap((prefix) => measured.filter((key) => key.startsWith(prefix)));
  const order = metrics[0] ?? measured.find((key) => key.startsWith('final/'));
  return {
    ...(order === undefined ? {} : { orderBy: { metric: order, ascending: order.endsWith('loss') } }),
    params: [...varied.slice(0, MOST_COLUMNS), 'seed'],
    metrics: metrics.slice(0, MOST_COLUMNS),
    groupByConfig: trials.length > (values.get('config_id')?.size ?? 0),
  };
}

/** The state as the page reads it: JSON, deflated, in base64. */
export function encodeViewState({ orderBy, params, metrics, groupByConfig }: RunView): string {
  const state = {
    searchFilter: '',
    // An order by a metric shows trials beside their sweep's run instead of hidden below it.
    orderByKey: orderBy === undefined ? 'attributes.start_time' : `metrics.\`${orderBy.metric}\``,
    orderByAsc: orderBy?.ascending ?? false,
    startTime: 'ALL',
    lifecycleFilter: 'Active',
    datasetsFilter: [],
    modelVersionFilter: 'All Runs',
    selectedColumns: [...params.map((key) => `params.\`${key}\``), ...metrics.map((key) => `metrics.\`${key}\``)],
    ...(groupByConfig
      ? {
          groupBy: {
            aggregateFunction: 'average',
            groupByKeys: [{ mode: 'param', groupByData: 'config_id' }],
          },
        }
      : {}),
  };
  return `deflate;${deflateSync(JSON.stringify(state)).toString('base64')}`;
}

// How MLflow's page of an experiment shows its runs: columns, order, charts of what was swept, grouping. Written as a shared
// view, which MLflow keeps in a tag of the experiment: undocumented, seen to work on 3.0.1 and 3.17.2; without
// it the page opens with MLflow's own choice. Pure.
import { deflateSync } from 'node:zlib';
import type { Run } from 'mlflow-ts-client';

/** Tags of a run that all seeds of a sweep point share, and that tell them apart. */
export const CONFIG_TAG = 'config_id';
export const SEED_TAG = 'seed';
/** The metric of a run's headline: the first by the alphabet, so that MLflow offers it first. */
export const HEADLINE_METRIC = 'accuracy';

const MOST_COLUMNS = 12;
/** Swept parameters that get a chart of their own beside the one of all of them. */
const MOST_SCATTERS = 4;

/** What is shown of an experiment's runs. */
export interface RunView {
  /** Undefined: the newest first. */
  readonly orderBy?: { readonly metric: string; readonly ascending: boolean };
  /** Parameters that vary. */
  readonly params: readonly string[];
  readonly metrics: readonly string[];
  /** Whether sweep points have several seeds: then a second view shows their means. */
  readonly hasSeeds: boolean;
}

/**
 * Columns for what the runs reached and what varies between them; first the run that validation, not the test, finds the
 * best.
 */
export function chooseRunView(runs: readonly Pick<Run, 'params' | 'tags' | 'latestMetrics'>[]): RunView {
  const trials = runs.filter(({ tags }) => tags[CONFIG_TAG] !== undefined);
  const values = new Map<string, Set<string>>();
  for (const { params } of trials) {
    for (const [key, value] of Object.entries(params)) values.set(key, (values.get(key) ?? new Set()).add(value));
  }
  const isVaried = (key: string) =>
    (values.get(key)?.size ?? 0) > 1 || trials.some(({ params }) => params[key] === undefined);
  const measured = [...new Set(trials.flatMap(({ latestMetrics }) => Object.keys(latestMetrics)))].sort();
  const metrics = measured.filter((key) => key === HEADLINE_METRIC || /^(best|test)\//.test(key));
  const order = ['best/validation', 'best/', 'final/'].flatMap((prefix) =>
    measured.filter((key) => key.startsWith(prefix)),
  )[0];
  const configs = new Set(trials.map(({ tags }) => tags[CONFIG_TAG]));
  return {
    ...(order === undefined ? {} : { orderBy: { metric: order, ascending: order.endsWith('loss') } }),
    params: [...values.keys()].filter(isVaried).slice(0, MOST_COLUMNS),
    metrics: metrics.slice(0, MOST_COLUMNS),
    hasSeeds: trials.length > configs.size,
  };
}

/**
 * The state as the page reads it: JSON, deflated, in base64. `grouped` shows means over the seeds of each point, without
 * MLflow's tables and pictures, which a grouped page has not.
 */
export function encodeViewState(view: RunView, { grouped }: { grouped: boolean }): string {
  const { orderBy, params, metrics } = view;
  const columns = [...metrics.map((key) => `metrics.\`${key}\``), ...params.map((key) => `params.\`${key}\``)];
  const state = {
    // The sweep's own run has no figures and would stand as an empty line among theirs.
    searchFilter: `tags.\`${CONFIG_TAG}\` LIKE '%'`,
    // An order by a metric shows trials beside their sweep's run instead of hidden below it.
    orderByKey: orderBy === undefined ? 'attributes.start_time' : `metrics.\`${orderBy.metric}\``,
    orderByAsc: orderBy?.ascending ?? false,
    startTime: 'ALL',
    lifecycleFilter: 'Active',
    datasetsFilter: [],
    modelVersionFilter: 'All Runs',
    selectedColumns: grouped ? columns : [...columns, `tags.\`${SEED_TAG}\``],
    runsHiddenMode: 'SHOWALL',
    // What a page leaves to its defaults and one of MLflow 3.0 breaks without.
    runsExpanded: {},
    runsPinned: [],
    runsHidden: [],
    runsVisibilityMap: {},
    groupsExpanded: {},
    useGroupedValuesInCharts: true,
    ...composeCharts(view),
    ...(grouped
      ? { groupBy: { aggregateFunction: 'average', groupByKeys: [{ mode: 'tag', groupByData: CONFIG_TAG }] } }
      : {}),
  };
  return `deflate;${deflateSync(JSON.stringify(state)).toString('base64')}`;
}

const SWEPT_SECTION = 'oneshot-swept';

/**
 * The first section of charts: what was reached over all that was swept, and over each parameter that is a number. MLflow
 * adds its own sections for the other metrics.
 */
function composeCharts({ orderBy, params, metrics }: RunView): object {
  const [metric] = metrics;
  if (metric === undefined || params.length === 0) return {};
  const chart = { metricSectionId: SWEPT_SECTION, isGenerated: false, deleted: false, useGlobalXaxisKey: false };
  return {
    // Else sections go by the alphabet.
    isAccordionReordered: true,
    compareRunSections: [
      {
        uuid: SWEPT_SECTION,
        name: 'what was swept',
        display: true,
        isReordered: true,
        deleted: false,
        isGenerated: false,
      },
    ],
    compareRunCharts: [
      {
        ...chart,
        uuid: 'oneshot-parallel',
        type: 'PARALLEL',
        displayName: `${metric} by all that was swept`,
        selectedParams: params,
        // The last axis gives the lines their colours.
        selectedMetrics: [...new Set([...(orderBy === undefined ? [] : [orderBy.metric]), metric])],
        showAllRuns: true,
      },
      ...params.slice(0, MOST_SCATTERS).map((param, index) => ({
        ...chart,
        uuid: `oneshot-scatter-${index}`,
        type: 'SCATTER',
        displayName: `${metric} by ${param}`,
        xaxis: { key: param, type: 'PARAM' },
        yaxis: { key: metric, type: 'METRIC' },
        runsCountToCompare: 100,
      })),
    ],
  };
}

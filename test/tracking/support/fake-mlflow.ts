/*
 * An MLflow server in memory, behind an injected fetch: experiments, runs, batches, artifacts, as far as shipping needs
 * them, with SQL's primary key over points. Faults are injected per request, before or after it is carried out.
 */

import { randomBytes } from 'node:crypto';
import type { FetchFunction } from 'mlflow-ts-client';

interface FakeRun {
  readonly runId: string;
  readonly experimentId: string;
  readonly runName: string;
  readonly startTime: number;
  status: string;
  endTime?: number;
  isDeleted: boolean;
  readonly tags: Map<string, string>;
  readonly params: Map<string, string>;
  /** Points by `key timestamp step value`, as the primary key of MLflow's table has them. */
  readonly points: Map<string, { key: string; value: number; timestamp: number; step: number }>;
  readonly datasets: Set<string>;
}

/** What happens to a request: nothing, or a failure before or after it was carried out. */
export type Fault = 'none' | 'refused' | 'lost' | 503;

// biome-ignore lint/suspicious/noExplicitAny: the bodies of all endpoints, read field by field
type Body = Record<string, any>;

export class FakeMlflow {
  readonly runs: FakeRun[] = [];
  readonly experiments = new Map<string, string>();
  readonly artifacts = new Map<string, string>();
  requests = 0;
  /** Points that came in, those that were there already counted again. */
  pointsReceived = 0;
  /** Decides over each request, by its number from 1 and its path. */
  fault: (request: number, path: string) => Fault = () => 'none';

  readonly fetch: FetchFunction = async (url, init) => {
    const { pathname, searchParams } = new URL(url);
    this.requests += 1;
    const fault = this.fault(this.requests, pathname);
    if (fault === 'refused') throw connectionError('ECONNREFUSED');
    if (fault === 503) return answer(503, {});
    const response = await this.#carryOut(pathname, searchParams, init);
    if (fault === 'lost') throw connectionError('UND_ERR_SOCKET');
    return response;
  };

  /** The active runs. */
  get activeRuns(): readonly FakeRun[] {
    return this.runs.filter((run) => !run.isDeleted);
  }

  async #carryOut(path: string, query: URLSearchParams, init: RequestInit | undefined): Promise<Response> {
    const artifact = /\/mlflow-artifacts\/artifacts\/(.*)$/.exec(path);
    if (artifact !== null) {
      this.artifacts.set(decodeURIComponent(artifact[1] ?? ''), await new Response(init?.body).text());
      return answer(200, {});
    }
    const body: Body = typeof init?.body === 'string' ? JSON.parse(init.body) : {};
    switch (path.replace('/api/2.0/mlflow/', '')) {
      case 'experiments/get-by-name': {
        const id = this.experiments.get(query.get('experiment_name') ?? '');
        if (id === undefined) return refuse(404, 'RESOURCE_DOES_NOT_EXIST', 'no such experiment');
        return answer(200, { experiment: { experiment_id: id, lifecycle_stage: 'active' } });
      }
      case 'experiments/get':
        return answer(200, { experiment: { experiment_id: query.get('experiment_id'), lifecycle_stage: 'active' } });
      case 'experiments/create': {
        if (this.experiments.has(body.name)) return refuse(400, 'RESOURCE_ALREADY_EXISTS', 'taken');
        this.experiments.set(body.name, String(this.experiments.size + 1));
        return answer(200, { experiment_id: this.experiments.get(body.name) });
      }
      case 'runs/create':
        return answer(200, { run: describeRun(this.#createRun(body)) });
      case 'runs/search':
        return answer(200, { runs: this.#search(body).map(describeRun) });
      case 'runs/get': {
        const run = this.runs.find((each) => each.runId === query.get('run_id'));
        if (run === undefined) return refuse(404, 'RESOURCE_DOES_NOT_EXIST', 'no such run');
        return answer(200, { run: describeRun(run) });
      }
      case 'metrics/get-history': {
        const run = this.runs.find((each) => each.runId === query.get('run_id'));
        const points = [...(run?.points.values() ?? [])].filter(({ key }) => key === query.get('metric_key'));
        return answer(200, { metrics: points });
      }
      default:
        return this.#write(path.replace('/api/2.0/mlflow/', ''), body);
    }
  }

  #write(endpoint: string, body: Body): Response {
    const run = this.runs.find((each) => each.runId === body.run_id);
    if (run === undefined) return refuse(404, 'RESOURCE_DOES_NOT_EXIST', 'no such run');
    if (endpoint === 'runs/delete') run.isDeleted = true;
    else if (run.isDeleted) {
      return refuse(400, 'INVALID_PARAMETER_VALUE', `The run ${run.runId} must be in the 'active' state.`);
    }
    if (endpoint === 'runs/update') {
      run.status = body.status ?? run.status;
      run.endTime = body.end_time ?? run.endTime;
    }
    if (endpoint === 'runs/log-inputs')
      for (const input of body.datasets) run.datasets.add(JSON.stringify(input.dataset));
    if (endpoint === 'runs/log-batch') {
      this.pointsReceived += body.metrics.length;
      return logBatch(run, body);
    }
    return answer(200, {});
  }

  #createRun(body: Body): FakeRun {
    const run: FakeRun = {
      runId: randomBytes(16).toString('hex'),
      experimentId: body.experiment_id,
      runName: body.run_name,
      startTime: body.start_time,
      status: 'RUNNING',
      isDeleted: false,
      tags: new Map(body.tags.map((tag: Body) => [tag.key, tag.value])),
      params: new Map(),
      points: new Map(),
      datasets: new Set(),
    };
    this.runs.push(run);
    return run;
  }

  #search(body: Body): readonly FakeRun[] {
    const [, key = '', value = ''] = /^tags\.`(.*)` = '(.*)'$/.exec(body.filter) ?? [];
    return this.activeRuns.filter(
      (run) => body.experiment_ids.includes(run.experimentId) && run.tags.get(key) === value,
    );
  }
}

function logBatch(run: FakeRun, body: Body): Response {
  if (body.metrics.length + body.params.length + body.tags.length > 1000) return refuse(400, 'INVALID', 'too many');
  for (const { key, value } of body.params) {
    if (run.params.has(key) && run.params.get(key) !== value) {
      return refuse(400, 'INVALID_PARAMETER_VALUE', 'Changing param values is not allowed');
    }
  }
  for (const { key, value } of body.params) run.params.set(key, value);
  for (const { key, value } of body.tags) run.tags.set(key, value);
  for (const { key, value, timestamp, step } of body.metrics) {
    run.points.set(JSON.stringify([key, timestamp, step, value]), { key, value, timestamp, step });
  }
  return answer(200, {});
}

function describeRun(run: FakeRun): object {
  return {
    info: {
      run_id: run.runId,
      experiment_id: run.experimentId,
      run_name: run.runName,
      status: run.status,
      start_time: run.startTime,
      lifecycle_stage: run.isDeleted ? 'deleted' : 'active',
      artifact_uri: `mlflow-artifacts:/${run.runId}`,
    },
    data: {
      tags: [...run.tags].map(([key, value]) => ({ key, value })),
      params: [...run.params].map(([key, value]) => ({ key, value })),
      metrics: [...run.points.values()],
    },
  };
}

function answer(status: number, body: object): Response {
  return new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json' } });
}

function refuse(status: number, code: string, message: string): Response {
  return answer(status, { error_code: code, message });
}

function connectionError(code: string): TypeError {
  return new TypeError('fetch failed', { cause: Object.assign(new Error(code), { code }) });
}

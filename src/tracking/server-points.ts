// What of a journal a server has already, asked once for each metric: a run that is shipped without the memory of what was
// sent (another machine, a folder that cannot be written) costs a few requests then instead of all its points again.
import type { LogBatch, Metric, MlflowClient, Run } from 'mlflow-ts-client';
import { sanitizeKey } from 'mlflow-ts-client';

export class ServerPoints {
  readonly #client: MlflowClient;
  readonly #run: Run;
  readonly #histories = new Map<string, Promise<ReadonlySet<string>>>();

  /** `run` as the server shows it now. */
  constructor(client: MlflowClient, run: Run) {
    this.#client = client;
    this.#run = run;
  }

  /**
   * The batch without the points and parameters that are on the server with these very values. Tags stay: their last
   * value counts.
   */
  async selectMissing(batch: LogBatch, signal: AbortSignal | undefined): Promise<LogBatch> {
    const metrics: Metric[] = [];
    for (const metric of batch.metrics ?? []) {
      const key = sanitizeKey(metric.key);
      const isThere =
        this.#run.latestMetrics[key] !== undefined && (await this.#history(key, signal)).has(identify(metric));
      if (!isThere) metrics.push(metric);
    }
    const params = Object.entries(batch.params ?? {}).filter(
      ([key, value]) => this.#run.params[sanitizeKey(key)] !== value,
    );
    return { ...batch, metrics, params: Object.fromEntries(params) };
  }

  #history(key: string, signal: AbortSignal | undefined): Promise<ReadonlySet<string>> {
    const known = this.#histories.get(key) ?? this.#readHistory(key, signal);
    this.#histories.set(key, known);
    return known;
  }

  async #readHistory(key: string, signal: AbortSignal | undefined): Promise<ReadonlySet<string>> {
    const points = new Set<string>();
    for await (const point of this.#client.runs.metricHistory(this.#run.runId, key, { signal }))
      points.add(identify(point));
    return points;
  }
}

function identify({ step, timestamp, value }: Metric): string {
  // The server knows no -0.
  return `${step} ${timestamp} ${value === 0 ? 0 : value}`;
}

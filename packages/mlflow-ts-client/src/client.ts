/*
 * The client: one object per tracking server, its parts named after what they handle.
 */

import { Artifacts } from './artifacts.js';
import { checkString, checkWord } from './check-fields.js';
import { defaultMultipart, type MlflowClientOptions } from './client-options.js';
import { type Environment, readEnvironment } from './environment.js';
import { MlflowError } from './errors.js';
import { Experiments } from './experiments.js';
import { Media } from './media.js';
import { Models } from './models.js';
import { nonFinitePolicies } from './non-finite.js';
import { Registry } from './registry.js';
import { RunLog } from './run-log.js';
import { Runs } from './runs.js';
import { Server } from './server.js';
import { Transport } from './transport.js';

/**
 * A typed client of one MLflow tracking server.
 *
 * ```ts
 * const client = new MlflowClient('http://localhost:5000');
 * const { experimentId } = await client.experiments.getOrCreate('digits');
 * const run = await client.runs.create({ experimentId, runName: 'first' });
 * await client.log.params(run.runId, { learningRate: 0.01 });
 * await client.log.metrics(run.runId, { 'train/loss': 0.3 }, { step: 1 });
 * await client.runs.terminate(run.runId);
 * ```
 */
export class MlflowClient {
  /** The server's address without credentials: fit to be shown and stored. */
  readonly baseUrl: string;
  readonly experiments: Experiments;
  readonly runs: Runs;
  /** Writing on runs: metrics, parameters, tags, data sets. */
  readonly log: RunLog;
  readonly artifacts: Artifacts;
  /** What MLflow shows of a run beside curves: pictures, tables, documents. */
  readonly media: Media;
  /** Logged models (MLflow 3). */
  readonly models: Models;
  readonly registry: Registry;
  readonly server: Server;

  /** Throws INVALID_ARGUMENT for a URI that is not http(s) and for contradicting options. Connects to nothing. */
  constructor(trackingUri: string, options: MlflowClientOptions = {}) {
    checkString('tracking URI', trackingUri);
    const nonFinite = options.nonFinite ?? 'skip-and-tag';
    checkWord('nonFinite', nonFinite, nonFinitePolicies);
    const transport = new Transport(trackingUri, options);
    this.baseUrl = transport.baseUrl;
    this.experiments = new Experiments(transport);
    this.runs = new Runs(transport);
    this.log = new RunLog(transport, nonFinite);
    this.artifacts = new Artifacts(transport, { ...defaultMultipart, ...options.multipart });
    this.media = new Media(transport, this.artifacts, this.log);
    this.models = new Models(transport, this.artifacts);
    this.registry = new Registry(transport);
    this.server = new Server(transport);
  }

  /**
   * A client set up by MLflow's environment variables (MLFLOW_TRACKING_URI and so on); `options` win over them.
   * Throws NO_TRACKING_URI when there is none.
   */
  static fromEnvironment(options: MlflowClientOptions = {}, environment: Environment = process.env): MlflowClient {
    const { trackingUri, options: found } = readEnvironment(environment);
    if (trackingUri === undefined) {
      throw new MlflowError({
        code: 'NO_TRACKING_URI',
        problem: 'MLFLOW_TRACKING_URI is not set',
        advice: 'Set it to the address of an MLflow server, e.g. http://localhost:5000.',
      });
    }
    return new MlflowClient(trackingUri, {
      ...found,
      ...options,
      retry: { ...found.retry, ...options.retry },
      tls: { ...found.tls, ...options.tls },
      proxy: { ...found.proxy, ...options.proxy },
    });
  }
}

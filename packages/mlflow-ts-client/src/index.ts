/* The public face of mlflow-ts-client. */

export { checkArtifactPath, sanitizeArtifactPath } from './artifact-path.js';
export type { ArtifactContent } from './artifact-store.js';
export type { ArtifactOwner, Artifacts } from './artifacts.js';
export type { LogBatch } from './batch.js';
export { MlflowClient } from './client.js';
export {
  type CallOptions,
  defaultMultipart,
  type FetchFunction,
  type MlflowClientOptions,
  type MultipartSettings,
  type ProxyOptions,
  type TlsOptions,
} from './client-options.js';
export type { Environment } from './environment.js';
export { isMlflowError, MlflowError, type MlflowErrorCode } from './errors.js';
export type { CreateExperiment, Experiments, GetOrCreateExperiment, SearchExperiments } from './experiments.js';
export { composeImagePaths, type ImagePosition } from './image-paths.js';
export { type Adjustment, type EntryKind, formatParam, limits, sanitizeKey, truncateText } from './limits.js';
export type { ModelOutput } from './link-outputs.js';
export type { LogImage, Media, Table } from './media.js';
export type { CreateModel, LogModel, Models } from './models.js';
export { firstNonFiniteTag, type NonFinitePolicy, nonFiniteMarkerKey } from './non-finite.js';
export { collect } from './paging.js';
export type { CreateModelVersion, Registry } from './registry.js';
export { defaultRetryPolicy, type RetryNotice, type RetryPolicy } from './retry.js';
export type { LogBatchOptions, LogBatchResult, MetricPosition, RefusedEntry, RunLog } from './run-log.js';
export type {
  CreateRun,
  FindOrCreateRun,
  FoundOrCreatedRun,
  MetricHistory,
  Runs,
  SearchRuns,
  UpdateRun,
} from './runs.js';
export { quoteName, quoteValue, tagEquals } from './search-filter.js';
export type { Server, ServerFeatures } from './server.js';
export { parseTrackingUri, stripUserinfo, type TrackingAddress } from './tracking-uri.js';
export type * from './types.js';
export { modelStatuses, runStatuses } from './types.js';

// The client of the server that runs are shipped to.
import { MlflowClient } from 'mlflow-ts-client';

/** A client for the server at `uri`, with the credentials of the environment. */
export function createMlflowClient(uri: string): MlflowClient {
  return MlflowClient.fromEnvironment({}, { ...process.env, MLFLOW_TRACKING_URI: uri });
}

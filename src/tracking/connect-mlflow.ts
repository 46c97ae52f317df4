// Which MLflow server metrics go to, by the experiment file or by MLflow's own environment variables, and a client for it.
import { isMlflowError, MlflowClient } from 'mlflow-ts-client';
import { OneshotError } from '../base/problem.js';

type Environment = Readonly<Record<string, string | undefined>>;

export interface TrackingAddress {
  readonly uri: string;
  /** The key or the variable that names it. */
  readonly setting: string;
  /** The value that lost against it; undefined where there is none or it says the same. */
  readonly overruled?: string;
}

/** The address that the file names, else that of MLFLOW_TRACKING_URI; undefined where neither does. */
export function chooseTrackingAddress(fileUri: string | undefined, env: Environment): TrackingAddress | undefined {
  const shellUri = env.MLFLOW_TRACKING_URI?.trim() || undefined;
  if (fileUri === undefined)
    return shellUri === undefined ? undefined : { uri: shellUri, setting: 'MLFLOW_TRACKING_URI' };
  const isOverruled = shellUri !== undefined && shellUri !== fileUri;
  return {
    uri: fileUri,
    setting: 'tracking.mlflow.trackingUri',
    ...(isOverruled ? { overruled: 'MLFLOW_TRACKING_URI' } : {}),
  };
}

/**
 * A client for the server at `uri`, with the credentials, certificates and proxies of the environment. Connects to
 * nothing. Throws OneshotError('usage') for an address that names no server and for settings that cannot be used.
 */
export function connectMlflow(uri: string, env: Environment = process.env): MlflowClient {
  try {
    return MlflowClient.fromEnvironment({}, { ...env, MLFLOW_TRACKING_URI: uri });
  } catch (cause) {
    if (!isMlflowError(cause)) throw cause;
    const hint = '`oneshot ui` starts a server of its own and needs no address';
    throw new OneshotError('usage', cause.message, { hint, cause });
  }
}

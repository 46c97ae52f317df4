/*
 * MLflow's environment variables as client options, and those that its Python client heeds through `requests`.
 * Sources: mlflow/environment_variables.py; requests, `Session.merge_environment_settings` and `get_environ_proxies`.
 */

import type { MlflowClientOptions } from './client-options.js';
import { invalidArgument } from './errors.js';

export type Environment = Readonly<Record<string, string | undefined>>;

/** The tracking URI (MLFLOW_TRACKING_URI), if there is one, and every option that the environment sets. */
export function readEnvironment(environment: Environment): { trackingUri?: string; options: MlflowClientOptions } {
  const text = (name: string) => (environment[name] === '' ? undefined : environment[name]);
  const maxRetries = readNumber(environment, 'MLFLOW_HTTP_REQUEST_MAX_RETRIES');
  const either = (name: string) => text(name.toLowerCase()) ?? text(name);
  const insecure = isTrue(text('MLFLOW_TRACKING_INSECURE_TLS'));
  const ownCaPath = text('MLFLOW_TRACKING_SERVER_CERT_PATH');
  const timeoutSeconds = readNumber(environment, 'MLFLOW_HTTP_REQUEST_TIMEOUT');
  return {
    trackingUri: text('MLFLOW_TRACKING_URI'),
    options: {
      username: text('MLFLOW_TRACKING_USERNAME'),
      password: text('MLFLOW_TRACKING_PASSWORD'),
      token: text('MLFLOW_TRACKING_TOKEN'),
      workspace: text('MLFLOW_WORKSPACE'),
      requestTimeoutMs: timeoutSeconds === undefined ? undefined : timeoutSeconds * 1000,
      retry: maxRetries === undefined ? undefined : { maxRetries },
      tls: {
        // What is said of this server wins over what is said of all.
        caPath: ownCaPath ?? (insecure ? undefined : (text('REQUESTS_CA_BUNDLE') ?? text('CURL_CA_BUNDLE'))),
        clientCertificatePath: text('MLFLOW_TRACKING_CLIENT_CERT_PATH'),
        insecure,
      },
      proxy: { httpProxy: either('HTTP_PROXY'), httpsProxy: either('HTTPS_PROXY'), noProxy: either('NO_PROXY') },
    },
  };
}

function readNumber(environment: Environment, name: string): number | undefined {
  const text = environment[name];
  if (text === undefined || text === '') return undefined;
  const value = Number(text);
  if (!Number.isFinite(value) || value < 0) throw invalidArgument(name, JSON.stringify(text), 'a number ≥ 0');
  return value;
}

function isTrue(text: string | undefined): boolean | undefined {
  return text === undefined ? undefined : /^(true|1)$/i.test(text);
}

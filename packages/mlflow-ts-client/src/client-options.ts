/*
 * What a client can be told. Each option names its default and, where there is one, the environment variable that
 * `MlflowClient.fromEnvironment` reads it from.
 */

import type { NonFinitePolicy } from './non-finite.js';
import type { RetryNotice, RetryPolicy } from './retry.js';

/** The part of `fetch` that the client uses. */
export type FetchFunction = (url: string, init?: RequestInit) => Promise<Response>;

export interface TlsOptions {
  /** PEM file of the authorities to trust instead of the usual ones. MLFLOW_TRACKING_SERVER_CERT_PATH, REQUESTS_CA_BUNDLE, CURL_CA_BUNDLE. */
  readonly caPath?: string;
  /** PEM file with the client's certificate and its key. MLFLOW_TRACKING_CLIENT_CERT_PATH. */
  readonly clientCertificatePath?: string;
  /** Accept any certificate, for this client only. MLFLOW_TRACKING_INSECURE_TLS. Default false. */
  readonly insecure?: boolean;
}

export interface ProxyOptions {
  /** The proxy for servers at http://…, as a URL. HTTP_PROXY, or http_proxy, which wins. */
  readonly httpProxy?: string;
  /** The proxy for servers at https://…. HTTPS_PROXY, or https_proxy, which wins. */
  readonly httpsProxy?: string;
  /** Hosts that are asked without a proxy, separated by commas: `example.org` with all below it. NO_PROXY, or no_proxy. */
  readonly noProxy?: string;
}

export interface MultipartSettings {
  /** Files of at least so many bytes go in parts, where the server can. Default 500 MiB, as MLflow's own client has it. */
  readonly minimumBytes: number;
  /** Default 100 MiB. */
  readonly partBytes: number;
}

export const defaultMultipart: MultipartSettings = { minimumBytes: 500 * 2 ** 20, partBytes: 100 * 2 ** 20 };

export interface MlflowClientOptions {
  /** Basic authentication; wins over `token`, loses to user:password@ in the URI. MLFLOW_TRACKING_USERNAME. */
  readonly username?: string;
  /** MLFLOW_TRACKING_PASSWORD. */
  readonly password?: string;
  /** Bearer token. MLFLOW_TRACKING_TOKEN. */
  readonly token?: string;
  /** Sent as X-MLFLOW-WORKSPACE with every request (MLflow 3.10 and later). MLFLOW_WORKSPACE. */
  readonly workspace?: string;
  readonly tls?: TlsOptions;
  /** A server on the loopback is asked without. */
  readonly proxy?: ProxyOptions;
  /** Longest wait for a complete answer. Default 120 000 ms. MLFLOW_HTTP_REQUEST_TIMEOUT (in seconds). */
  readonly requestTimeoutMs?: number;
  /** The same for the transfer of one artifact. Default 3 600 000 ms. */
  readonly artifactTimeoutMs?: number;
  /** Departures from `defaultRetryPolicy`. MLFLOW_HTTP_REQUEST_MAX_RETRIES sets `maxRetries`. */
  readonly retry?: Partial<RetryPolicy>;
  /** Called before each wait for another try. */
  readonly onRetry?: (notice: RetryNotice) => void;
  /** Uploads in parts, where a server hands out addresses for them. Default: files of 500 MiB and more in parts of 100 MiB. */
  readonly multipart?: Partial<MultipartSettings>;
  /** Requests in flight at once over all runs; further ones wait for their turn. Default 8. */
  readonly maxConcurrentRequests?: number;
  /** What happens to NaN and infinite metric values. Default `skip-and-tag`. */
  readonly nonFinite?: NonFinitePolicy;
  /** Further headers of every request. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Replaces the global fetch; `tls` and `proxy` are then its own affair. */
  readonly fetch?: FetchFunction;
}

/** What every single call takes. */
export interface CallOptions {
  readonly signal?: AbortSignal;
}

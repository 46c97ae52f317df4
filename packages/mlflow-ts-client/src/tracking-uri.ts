/*
 * From a tracking URI to a base URL without secrets. fetch refuses URLs with user:password@, and such a URL must
 * never reach a message.
 */

import { MlflowError } from './errors.js';

export interface TrackingAddress {
  /** Scheme, host, port and path prefix; no credentials, no trailing slash. */
  readonly baseUrl: string;
  readonly username?: string;
  readonly password?: string;
}

/**
 * The base URL and the credentials of a tracking URI. A path prefix (reverse proxy, `--static-prefix`) is kept.
 * Throws INVALID_ARGUMENT for anything but http: and https:.
 */
export function parseTrackingUri(uri: string): TrackingAddress {
  const url = URL.canParse(uri) ? new URL(uri) : undefined;
  if (url === undefined || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    throw new MlflowError({
      code: 'INVALID_ARGUMENT',
      problem: `tracking URI: found ${JSON.stringify(stripUserinfo(uri))}; allowed: http://… or https://…`,
      advice: adviceFor(uri),
    });
  }
  // A `/`, `?` or `#` of a password ends the address before its `@`.
  if (`${url.pathname}${url.search}${url.hash}`.includes('@')) {
    throw new MlflowError({
      code: 'INVALID_ARGUMENT',
      problem: 'tracking URI: found an @ after the host; allowed: http://user:password@host:port',
      advice: 'Percent-encode the password (/ is %2F, ? is %3F, # is %23), or set it in MLFLOW_TRACKING_PASSWORD.',
    });
  }
  return {
    baseUrl: `${url.protocol}//${url.host}${url.pathname.replace(/\/+$/, '')}`,
    username: url.username === '' ? undefined : decodePercent(url.username),
    password: url.password === '' ? undefined : decodePercent(url.password),
  };
}

function adviceFor(uri: string): string {
  if (/^https?:/i.test(uri)) return 'The address cannot be read: check its host and port.';
  if (/^[\w.-]+:\d+(\/|$)/.test(uri)) return `A server's address begins with its scheme: http://${stripUserinfo(uri)}`;
  if (/^databricks/i.test(uri))
    return 'Give the address of the workspace, https://….cloud.databricks.com, and its token in MLFLOW_TRACKING_TOKEN.';
  return 'This client talks to a server; files and databases are served by `mlflow server --backend-store-uri <URI>`.';
}

/**
 * The text with the credentials of every URL in it removed: what stands before the last `@` of the host's part, or, where
 * a colon is followed by what is no port, before the last `@` at all.
 */
export function stripUserinfo(text: string): string {
  return text.replace(/([a-z][a-z0-9+.-]*:\/\/)(?:[^/?#\s"'<>]*|[^/?#\s"'<>:@]*:(?!\d+[/?#])[^\s"'<>]*)@/gi, '$1');
}

/** A function that removes URL credentials and the given secrets from texts. Secrets under 4 characters are left alone. */
export function createRedactor(secrets: readonly (string | undefined)[]): (text: string) => string {
  const literals = secrets.filter((secret): secret is string => secret !== undefined && secret.length >= 4);
  return (text) => literals.reduce((cleaned, secret) => cleaned.replaceAll(secret, '***'), stripUserinfo(text));
}

function decodePercent(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/*
 * Names of artifacts and where they lie. Pure.
 * Source: mlflow/utils/uri.py (validate_path_is_safe) and a real 3.17.2 server: `#` and `..` are refused, `%` is decoded
 * twice on the way (`a%20b` is stored as `a b`), a segment over 255 bytes is a 500.
 */

import { checkString } from './check-fields.js';
import { isLoopback } from './configured-fetch.js';
import { invalidArgument, MlflowError } from './errors.js';
import { limits } from './limits.js';

/** Where a run's or model's artifacts lie, from its artifact URI. */
export type ArtifactRoot =
  /** Behind a tracking server: `url` is the address of the root folder, without a trailing slash. */
  | { readonly kind: 'proxied'; readonly url: string }
  /** On a disk that this machine has to share with the server. */
  | { readonly kind: 'local'; readonly folder: string };

/**
 * The root that an artifact URI stands for. `mlflow-artifacts://host/…` names another server of the same scheme.
 * Throws NOT_SUPPORTED for object stores, and for local paths when the tracking server is on another machine.
 */
export function resolveArtifactRoot(artifactUri: string, baseUrl: string): ArtifactRoot {
  const proxied = /^mlflow-artifacts:(?:\/\/([^/]+))?\/*(.*)$/.exec(artifactUri);
  if (proxied !== null) {
    const [, host, path = ''] = proxied;
    const server = host === undefined ? baseUrl : `${new URL(baseUrl).protocol}//${host}`;
    return { kind: 'proxied', url: joinUrl(`${server}/api/2.0/mlflow-artifacts/artifacts`, path) };
  }
  const folder = toLocalFolder(artifactUri);
  if (folder === undefined) {
    throw new MlflowError({
      code: 'NOT_SUPPORTED',
      problem: `artifacts at ${artifactUri.split(':')[0]}: cannot be written by this client`,
      advice: 'Start the server with --artifacts-destination, so that artifacts go through it.',
    });
  }
  if (!isLoopback(new URL(baseUrl).hostname)) {
    throw new MlflowError({
      code: 'NOT_SUPPORTED',
      problem: `artifacts at ${artifactUri} lie on the disk of another machine`,
      advice: 'Start the server with --artifacts-destination, so that artifacts go through it.',
    });
  }
  return { kind: 'local', folder };
}

/**
 * Throws INVALID_ARGUMENT unless the path can be stored and read back: relative, `/` between segments, no `.` or `..`,
 * no `%`, `#`, back-slash or control character, segments of at most 255 bytes.
 */
export function checkArtifactPath(path: string): void {
  checkString('artifact path', path);
  const allowed = 'a relative path without %, #, back-slashes, control characters, empty, . and .. segments';
  const segments = path.split('/');
  const isUnsafe = segments.some((segment) => segment === '' || segment === '.' || segment === '..');
  if (isUnsafe || /[%#\\\p{Cc}\p{Surrogate}]/u.test(path)) {
    throw invalidArgument('artifact path', JSON.stringify(path), allowed);
  }
  const tooLong = segments.find((segment) => new TextEncoder().encode(segment).length > limits.artifactSegmentBytes);
  if (tooLong !== undefined) {
    throw invalidArgument('artifact path', `a segment of more than ${limits.artifactSegmentBytes} bytes`, allowed);
  }
}

/** The path with every character that cannot be stored replaced by `_`. */
export function sanitizeArtifactPath(path: string): string {
  const segments = path.replace(/[%#\\\p{Cc}\p{Surrogate}]/gu, '_').split('/');
  const kept = segments.filter((segment) => segment !== '' && segment !== '.');
  return kept.map((segment) => (segment === '..' ? '__' : segment)).join('/') || '_';
}

/** The URL of a path below a root; every segment is encoded once. */
export function joinUrl(root: string, path: string): string {
  const segments = path.split('/').filter((segment) => segment !== '');
  return [root, ...segments.map(encodeURIComponent)].join('/');
}

function toLocalFolder(artifactUri: string): string | undefined {
  if (artifactUri.startsWith('/')) return artifactUri;
  if (!artifactUri.startsWith('file:')) return undefined;
  const path = artifactUri.replace(/^file:(\/\/(localhost)?)?/, '');
  return path.startsWith('/') ? decodeURIComponent(path) : undefined;
}

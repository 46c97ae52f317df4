/*
 * From an answer that is not a success to an MlflowError. The texts that are matched were read from a 3.17.2 server.
 */

import { MlflowError, type MlflowErrorCode } from './errors.js';
import { parseRetryAfter } from './retry.js';

/** The parts of an answer that the error is made from. */
export interface FailedAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
}

/** The error that a failed answer stands for. `redact` removes secrets; `subject` names the request. */
export function errorFromResponse(
  answer: FailedAnswer,
  subject: string,
  redact: (text: string) => string,
  nowMs = Date.now(),
): MlflowError {
  const { serverCode, message } = parseServerError(answer.body);
  const location = answer.headers.get('location');
  const code = classify(answer, serverCode, message);
  return new MlflowError({
    code,
    subject,
    problem: redact(describeProblem(code, answer, serverCode, message, location)),
    advice: adviceFor(code, answer.status),
    status: answer.status,
    serverCode,
    retryAfterMs: parseRetryAfter(answer.headers.get('retry-after'), nowMs),
  });
}

/** The error for a success that is not MLflow's JSON: a login page, a proxy, another program. */
export function errorFromForeignBody(
  answer: FailedAnswer,
  subject: string,
  redact: (text: string) => string,
): MlflowError {
  return new MlflowError({
    code: 'NOT_MLFLOW',
    subject,
    problem: redact(`answered ${answer.status} with something that is not JSON: ${excerpt(answer.body)}`),
    advice: adviceFor('NOT_MLFLOW', answer.status),
    status: answer.status,
  });
}

/** How SQLite, PostgreSQL and MySQL name a row that is there already; MLflow passes it on as a 400. */
const duplicateRow = /UNIQUE constraint failed|duplicate key value|Duplicate entry/i;

function classify(
  { status, headers, body }: FailedAnswer,
  serverCode: string | undefined,
  message: string,
): MlflowErrorCode {
  if (status >= 300 && status < 400) return 'NOT_MLFLOW';
  if (status === 401 || serverCode === 'UNAUTHENTICATED') return 'UNAUTHENTICATED';
  if (status === 403) return /invalid host header/i.test(body) ? 'HOST_NOT_ALLOWED' : 'PERMISSION_DENIED';
  if (status === 413) return 'TOO_LARGE';
  if (status === 429) return 'RATE_LIMITED';
  if (status === 501 || serverCode === 'NOT_IMPLEMENTED' || serverCode === 'ENDPOINT_NOT_FOUND') return 'NOT_SUPPORTED';
  if (status >= 500 || status === 408) return 'SERVER_ERROR';
  if (serverCode === 'RESOURCE_ALREADY_EXISTS' || duplicateRow.test(message)) return 'ALREADY_EXISTS';
  if (/must be in the '?active'? (lifecycle_)?state/i.test(message)) return 'DELETED';
  if (/changing param values is not allowed/i.test(message)) return 'PARAM_CHANGED';
  if (serverCode === 'RESOURCE_DOES_NOT_EXIST') return 'NOT_FOUND';
  if (status === 404 || status === 405) return isJson(headers) && serverCode !== undefined ? 'NOT_FOUND' : 'NOT_MLFLOW';
  return 'INVALID_VALUE';
}

function describeProblem(
  code: MlflowErrorCode,
  answer: FailedAnswer,
  serverCode: string | undefined,
  message: string,
  location: string | null,
): string {
  const status = serverCode === undefined ? `${answer.status}` : `${answer.status} ${serverCode}`;
  if (location !== null && answer.status < 400) return `${status}, a redirect to ${location}`;
  // The server's text is a raw SQL statement with its values.
  if (code === 'ALREADY_EXISTS') return `${status}: it exists already`;
  const text = excerpt(message === '' ? answer.body : message);
  return text === '' ? status : `${status}: ${text}`;
}

function adviceFor(code: MlflowErrorCode, status: number): string | undefined {
  switch (code) {
    case 'HOST_NOT_ALLOWED':
      return (
        'Start the server with `--allowed-hosts <host[:port]>` (or MLFLOW_SERVER_ALLOWED_HOSTS) naming this host, ' +
        'or address it by IP or as localhost.'
      );
    case 'UNAUTHENTICATED':
      return (
        'Set MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, or MLFLOW_TRACKING_TOKEN; MLflow’s own ' +
        'basic-auth takes no token, and for artifacts only passwords in ASCII.'
      );
    case 'PERMISSION_DENIED':
      return 'The user is known but may not do this: ask the owner of the experiment or model for permission.';
    case 'NOT_MLFLOW':
      return status === 404 || status === 405
        ? 'MLflow does not answer there: check host, port and path prefix of the tracking URI (and that the server is ' +
            'new enough).'
        : 'Set the tracking URI to the address where MLflow itself answers (scheme, port and path prefix count).';
    case 'DELETED':
      return 'Restore it (`mlflow experiments restore`, `mlflow runs restore`) or use another one.';
    case 'PARAM_CHANGED':
      return 'A parameter is written once: put what changes between attempts into a tag or a metric.';
    case 'TOO_LARGE':
      return 'A proxy before the server limits request bodies: raise its limit (nginx: client_max_body_size).';
    case 'NOT_SUPPORTED':
      return 'The server has no such function: a newer MLflow or another store may have it.';
    case 'RATE_LIMITED':
      return 'Log less often or lower maxConcurrentRequests.';
    default:
      return undefined;
  }
}

function parseServerError(body: string): { serverCode?: string; message: string } {
  try {
    const parsed: unknown = JSON.parse(body);
    if (typeof parsed === 'object' && parsed !== null && 'error_code' in parsed) {
      const { error_code: serverCode, message } = parsed as { error_code: unknown; message?: unknown };
      return { serverCode: String(serverCode), message: typeof message === 'string' ? message : '' };
    }
  } catch {
    // Not JSON: a proxy's page or MLflow's plain text.
  }
  return { message: '' };
}

function isJson(headers: Headers): boolean {
  return headers.get('content-type')?.includes('json') ?? false;
}

/** One line of at most 400 characters: HTML tags, SQL statements and their values are left out. */
function excerpt(body: string): string {
  const text = body
    .replace(/<(script|style)[\s\S]*?<\/\1>/gi, ' ')
    .replace(/<[^>]*>/g, ' ')
    .replace(/\[SQL:[\s\S]*/, '')
    .replace(/\s+/g, ' ')
    .trim();
  return text.length > 400 ? `${text.slice(0, 400)}…` : text;
}

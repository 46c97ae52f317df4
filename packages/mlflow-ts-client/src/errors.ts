/*
 * The one error class of the client and the closed set of what can go wrong.
 * Built from a failed answer or a failed connection in error-from-response.ts and error-from-connection.ts.
 */

/** What went wrong, one word for each kind that a caller may want to treat differently. */
export type MlflowErrorCode =
  /** An argument was refused before anything was sent. */
  | 'INVALID_ARGUMENT'
  /** No tracking URI was given and the environment has none. */
  | 'NO_TRACKING_URI'
  /** Nothing answered at the address; the request was not sent. */
  | 'UNREACHABLE'
  /** The connection broke after the request was sent; it may or may not have been carried out. */
  | 'CONNECTION_LOST'
  /** No complete answer in time; the request may or may not have been carried out. */
  | 'TIMEOUT'
  /** The caller's AbortSignal fired. */
  | 'ABORTED'
  /** The certificate or the handshake was refused. */
  | 'TLS'
  /** 401. */
  | 'UNAUTHENTICATED'
  /** 403. */
  | 'PERMISSION_DENIED'
  /** 403 of the server's Host check (MLflow 3.5 and later). */
  | 'HOST_NOT_ALLOWED'
  /** The answer is not MLflow's: wrong base URL, a proxy's page, a redirect. */
  | 'NOT_MLFLOW'
  | 'NOT_FOUND'
  | 'ALREADY_EXISTS'
  /** The experiment or run is deleted, or the name belongs to a deleted experiment. */
  | 'DELETED'
  /** A parameter already has another value; parameters cannot be changed. */
  | 'PARAM_CHANGED'
  /** The server refused a value. */
  | 'INVALID_VALUE'
  | 'TOO_LARGE'
  | 'RATE_LIMITED'
  | 'SERVER_ERROR'
  /** The server or the artifact store cannot do that. */
  | 'NOT_SUPPORTED'
  /** A file on this machine could not be read or written. */
  | 'FILE';

export interface MlflowErrorDetails {
  readonly code: MlflowErrorCode;
  /** What was being done, e.g. `POST runs/create at http://localhost:5000`. */
  readonly subject?: string;
  /** What happened, without secrets. */
  readonly problem: string;
  /** What to do about it. */
  readonly advice?: string;
  readonly status?: number;
  readonly serverCode?: string;
  /** The wait that the server asked for. */
  readonly retryAfterMs?: number;
  readonly cause?: unknown;
}

/** Any failure of the client. `message` reads "subject: problem. advice" and never holds a secret. */
export class MlflowError extends Error {
  override readonly name = 'MlflowError';
  readonly code: MlflowErrorCode;
  readonly subject: string | undefined;
  readonly problem: string;
  readonly advice: string | undefined;
  /** HTTP status, when there was an answer. */
  readonly status: number | undefined;
  /** MLflow's own `error_code`, e.g. `RESOURCE_DOES_NOT_EXIST`. */
  readonly serverCode: string | undefined;
  readonly retryAfterMs: number | undefined;
  /** How often the request was sent; 0 when it was refused before. */
  attempts = 0;

  constructor(details: MlflowErrorDetails) {
    super(composeMessage(details), details.cause === undefined ? undefined : { cause: details.cause });
    this.code = details.code;
    this.subject = details.subject;
    this.problem = details.problem;
    this.advice = details.advice;
    this.status = details.status;
    this.serverCode = details.serverCode;
    this.retryAfterMs = details.retryAfterMs;
  }

  /** True when the request may have been carried out although no answer came: search before creating anew. */
  get isAmbiguous(): boolean {
    return (
      this.code === 'CONNECTION_LOST' ||
      this.code === 'TIMEOUT' ||
      this.code === 'ABORTED' ||
      this.code === 'SERVER_ERROR'
    );
  }
}

/** True for an `MlflowError`, of one of the given codes if any are given. */
export function isMlflowError(error: unknown, ...codes: readonly MlflowErrorCode[]): error is MlflowError {
  return error instanceof MlflowError && (codes.length === 0 || codes.includes(error.code));
}

/** An argument that was refused before anything was sent: found, allowed. */
export function invalidArgument(path: string, found: string, allowed: string): MlflowError {
  return new MlflowError({ code: 'INVALID_ARGUMENT', problem: `${path}: found ${found}; allowed: ${allowed}` });
}

function composeMessage({ subject, problem, advice }: MlflowErrorDetails): string {
  const statement = subject === undefined ? problem : `${subject}: ${problem}`;
  if (advice === undefined) return statement;
  return `${statement.replace(/[.\s]+$/, '')}. ${advice}`;
}

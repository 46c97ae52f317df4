/*
 * From what fetch throws (undici's codes in `cause`) to an MlflowError.
 */

import { MlflowError, type MlflowErrorCode } from './errors.js';

/** Nothing was sent: the connection was never made. */
const notSent = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EHOSTDOWN',
  'ENETDOWN',
  'UND_ERR_CONNECT_TIMEOUT',
]);

const certificateProblem =
  /^(CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_|ERR_TLS|ERR_SSL|ERR_OSSL|HOSTNAME_MISMATCH|EPROTO)/;

/** The error that a failed fetch stands for. */
export function errorFromConnection(thrown: unknown, subject: string, redact: (text: string) => string): MlflowError {
  const { code: systemCode, message: rawMessage } = findSystemError(thrown);
  const message = rawMessage.replace(/\s+/g, ' ').trim();
  const code = message === forbiddenPort ? 'UNREACHABLE' : classify(systemCode);
  return new MlflowError({
    code,
    subject,
    problem: redact(systemCode === undefined ? message : `${systemCode} (${message})`),
    advice: adviceFor(code, systemCode, message),
    cause: thrown,
  });
}

/** What fetch says of ports such as 9 or 6000, without a system code. */
const forbiddenPort = 'bad port';

function classify(systemCode: string | undefined): MlflowErrorCode {
  if (systemCode === undefined) return 'CONNECTION_LOST';
  if (notSent.has(systemCode)) return 'UNREACHABLE';
  if (certificateProblem.test(systemCode)) return 'TLS';
  if (systemCode === 'UND_ERR_HEADERS_TIMEOUT' || systemCode === 'UND_ERR_BODY_TIMEOUT') return 'TIMEOUT';
  return 'CONNECTION_LOST';
}

function adviceFor(code: MlflowErrorCode, systemCode: string | undefined, message: string): string | undefined {
  if (message === forbiddenPort) {
    return (
      'fetch uses no port that another protocol is known by (Fetch Standard, "port blocking"): let the server ' +
      'answer at another one.'
    );
  }
  if (systemCode === 'ENOTFOUND' || systemCode === 'EAI_AGAIN')
    return 'The host name is not known: check the tracking URI and the network.';
  if (code === 'UNREACHABLE')
    return 'Nothing answers there: is the server running, are host and port of the tracking URI right?';
  if (/wrong version number/i.test(message))
    return 'The server speaks plain HTTP there: write http:// in the tracking URI.';
  if (code === 'TLS') {
    return (
      'Name the server’s certificate authority in MLFLOW_TRACKING_SERVER_CERT_PATH (or NODE_EXTRA_CA_CERTS), or ' +
      'use http:// if the server speaks plain HTTP.'
    );
  }
  return undefined;
}

/** The innermost error that has a system code; fetch hides it one or two causes deep, or in an AggregateError. */
function findSystemError(thrown: unknown): { code?: string; message: string } {
  let found: { code?: string; message: string } = { message: 'the connection failed' };
  let current: unknown = thrown;
  for (let depth = 0; depth < 5 && current instanceof Error; depth++) {
    const code = (current as { code?: unknown }).code;
    if (current.message !== '' || typeof code === 'string') {
      found = {
        code: typeof code === 'string' ? code : found.code,
        message: current.message || 'the connection failed',
      };
    }
    current = current instanceof AggregateError ? current.errors[0] : current.cause;
  }
  return found;
}

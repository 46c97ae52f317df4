import { describe, expect, it } from 'vitest';
import { errorFromConnection } from '../src/error-from-connection.js';
import { errorFromResponse } from '../src/error-from-response.js';
import { createRedactor } from '../src/tracking-uri.js';

const unchanged = (text: string) => text;
const json = (code: string, message: string) => JSON.stringify({ error_code: code, message });

function respond(status: number, body: string, headers: Record<string, string> = {}) {
  const contentType = body.startsWith('{') ? 'application/json' : 'text/html';
  const answer = { status, headers: new Headers({ 'content-type': contentType, ...headers }), body };
  return errorFromResponse(answer, 'POST runs/create at http://host', unchanged);
}

describe('errors of answers', () => {
  const cases: readonly [name: string, error: ReturnType<typeof respond>, code: string, message: RegExp][] = [
    [
      '401 names the variables',
      respond(401, 'You are not authenticated.'),
      'UNAUTHENTICATED',
      /MLFLOW_TRACKING_USERNAME/,
    ],
    ['403', respond(403, 'Permission denied'), 'PERMISSION_DENIED', /403: Permission denied/],
    [
      '403 of the Host check names the fix',
      respond(403, 'Invalid Host header - possible DNS rebinding attack detected'),
      'HOST_NOT_ALLOWED',
      /--allowed-hosts/,
    ],
    [
      '404 in HTML is a wrong address',
      respond(404, '<html><h1>Not Found</h1></html>'),
      'NOT_MLFLOW',
      /check host, port and path prefix/,
    ],
    [
      '404 in JSON is a missing entity',
      respond(404, json('RESOURCE_DOES_NOT_EXIST', 'Run abc not found')),
      'NOT_FOUND',
      /Run abc not found/,
    ],
    [
      'a redirect is not followed',
      respond(301, '', { location: 'https://host/' }),
      'NOT_MLFLOW',
      /redirect to https:\/\/host\//,
    ],
    [
      'a taken name hides the SQL',
      respond(400, json('RESOURCE_ALREADY_EXISTS', 'Error: [SQL: INSERT INTO x VALUES (secret)]')),
      'ALREADY_EXISTS',
      /^POST runs\/create at http:\/\/host: 400 RESOURCE_ALREADY_EXISTS: it exists already$/,
    ],
    [
      'a row that is there already',
      respond(400, json('BAD_REQUEST', '(sqlite3.IntegrityError) UNIQUE constraint failed: inputs.source_type')),
      'ALREADY_EXISTS',
      /400 BAD_REQUEST: it exists already$/,
    ],
    [
      'a deleted run',
      respond(
        400,
        json('INVALID_PARAMETER_VALUE', "The run x must be in the 'active' state. Current state is deleted."),
      ),
      'DELETED',
      /Restore it/,
    ],
    [
      'a changed parameter',
      respond(400, json('INVALID_PARAMETER_VALUE', 'Changing param values is not allowed. Param …')),
      'PARAM_CHANGED',
      /into a tag or a metric/,
    ],
    ['413 names the proxy', respond(413, '<html>'), 'TOO_LARGE', /client_max_body_size/],
    ['429', respond(429, '', { 'retry-after': '2' }), 'RATE_LIMITED', /429/],
    [
      '500 in HTML',
      respond(500, '<html><style>x{}</style><p>Internal  Error</p>'),
      'SERVER_ERROR',
      /500: Internal Error$/,
    ],
    ['500 without the SQL', respond(500, json('INTERNAL_ERROR', 'failed [SQL: SELECT 1]')), 'SERVER_ERROR', /failed$/],
    ['501', respond(501, json('NOT_IMPLEMENTED', 'no')), 'NOT_SUPPORTED', /newer MLflow/],
  ];
  it.each(cases)('%s', (_name, error, code, message) => {
    expect(error.code).toBe(code);
    expect(error.message).toMatch(message);
  });

  it('carry the server’s wait', () => {
    expect(respond(503, '', { 'retry-after': '4' }).retryAfterMs).toBe(4000);
  });
});

describe('errors of connections', () => {
  const thrown = (code: string) =>
    new TypeError('fetch failed', { cause: Object.assign(new Error(`connect ${code}`), { code }) });
  const cases: readonly [string, string, boolean][] = [
    ['ECONNREFUSED', 'UNREACHABLE', false],
    ['ENOTFOUND', 'UNREACHABLE', false],
    ['UND_ERR_CONNECT_TIMEOUT', 'UNREACHABLE', false],
    ['UND_ERR_SOCKET', 'CONNECTION_LOST', true],
    ['ECONNRESET', 'CONNECTION_LOST', true],
    ['UND_ERR_HEADERS_TIMEOUT', 'TIMEOUT', true],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'TLS', false],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'TLS', false],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'TLS', false],
  ];
  it.each(cases)('%s is %s (may have been carried out: %s)', (systemCode, code, isAmbiguous) => {
    const error = errorFromConnection(thrown(systemCode), 'GET x', unchanged);
    expect({ code: error.code, isAmbiguous: error.isAmbiguous }).toEqual({ code, isAmbiguous });
    expect(error.message).toContain(systemCode);
  });

  it.each([
    ['bad port', undefined, 'UNREACHABLE', /port blocking/],
    [
      'routines:ssl3_get_record:wrong version number:../ssl3_record.c:350:\n',
      'ERR_SSL_WRONG_VERSION_NUMBER',
      'TLS',
      /write http:\/\//,
    ],
  ])('say in one line what %j means', (message, systemCode, code, advice) => {
    const cause = Object.assign(new Error(message), systemCode === undefined ? {} : { code: systemCode });
    const error = errorFromConnection(new TypeError('fetch failed', { cause }), 'GET x', unchanged);
    expect(error.code).toBe(code);
    expect(error.message).toMatch(advice);
    expect(error.message).not.toContain('\n');
  });

  it('finds the reason inside an AggregateError', () => {
    const inner = Object.assign(new Error('connect ECONNREFUSED ::1:5000'), { code: 'ECONNREFUSED' });
    const error = errorFromConnection(
      new TypeError('fetch failed', { cause: new AggregateError([inner]) }),
      'GET x',
      unchanged,
    );
    expect(error.code).toBe('UNREACHABLE');
  });
});

describe('secrets', () => {
  it('are removed from texts: URL credentials and the known values', () => {
    const redact = createRedactor(['hunter22', undefined, 'abc']);
    expect(redact('at https://me:pass@host/x?y=http://u@h with hunter22, abc')).toBe(
      'at https://host/x?y=http://h with ***, abc',
    );
  });
});

/*
 * One HTTP request to the server: headers, time limit, retries, errors. Everything else in the client goes through here.
 */

import { composeAuthorization } from './authorization.js';
import type { CallOptions, FetchFunction, MlflowClientOptions } from './client-options.js';
import { createConfiguredFetch, proxySecrets } from './configured-fetch.js';
import { errorFromConnection } from './error-from-connection.js';
import { errorFromForeignBody, errorFromResponse } from './error-from-response.js';
import { invalidArgument, MlflowError } from './errors.js';
import { RequestSlots } from './request-slots.js';
import { defaultRetryPolicy, type RetryPolicy, retry } from './retry.js';
import { TimeLimit } from './time-limit.js';
import { createRedactor, parseTrackingUri } from './tracking-uri.js';

/** Values of a query string; an absent one is left out, a list is repeated. */
export type Query = Readonly<Record<string, string | number | readonly string[] | undefined>>;

export interface ApiRequest extends CallOptions {
  readonly query?: Query;
  /** Sent as JSON. */
  readonly json?: unknown;
  /** JSON text that is already made. */
  readonly jsonText?: string;
  /** False for a request that must not be carried out twice: it is repeated only when it surely was not. Default true. */
  readonly isIdempotent?: boolean;
}

export interface RawRequest extends CallOptions {
  readonly method: 'GET' | 'PUT' | 'POST' | 'PATCH' | 'DELETE';
  readonly url: string;
  /** Names the request in messages. */
  readonly subject: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Makes the body anew for each try; a body that exists only once needs `isRepeatable: false`. */
  readonly body?: () => NonNullable<RequestInit['body']> | Promise<NonNullable<RequestInit['body']>>;
  readonly isRepeatable?: boolean;
  readonly isIdempotent?: boolean;
  readonly timeoutMs?: number;
}

/** Sends requests to one tracking server. */
export class Transport {
  readonly baseUrl: string;
  readonly artifactTimeoutMs: number;
  readonly #fetch: FetchFunction;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #redact: (text: string) => string;
  readonly #policy: RetryPolicy;
  readonly #requestTimeoutMs: number;
  readonly #slots: RequestSlots;
  readonly #onRetry: MlflowClientOptions['onRetry'];

  constructor(trackingUri: string, options: MlflowClientOptions = {}) {
    const address = parseTrackingUri(trackingUri);
    const hasUserinfo = address.username !== undefined || address.password !== undefined;
    const credentials = hasUserinfo ? address : options;
    const authorization = composeAuthorization(credentials);
    const slots = options.maxConcurrentRequests ?? 8;
    if (!Number.isSafeInteger(slots) || slots < 1) {
      throw invalidArgument('maxConcurrentRequests', String(slots), 'an integer ≥ 1');
    }
    this.baseUrl = address.baseUrl;
    this.artifactTimeoutMs = options.artifactTimeoutMs ?? 3_600_000;
    this.#fetch =
      options.fetch ??
      createConfiguredFetch(this.baseUrl, options.tls, options.proxy) ??
      ((url, init) => fetch(url, init));
    this.#redact = createRedactor([
      ...[address.password, options.password, options.token, authorization?.split(' ')[1]],
      ...proxySecrets(options.proxy ?? {}),
    ]);
    this.#policy = { ...defaultRetryPolicy, ...definedOnly(options.retry ?? {}) };
    this.#requestTimeoutMs = options.requestTimeoutMs ?? 120_000;
    for (const [name, value] of Object.entries({
      requestTimeoutMs: this.#requestTimeoutMs,
      artifactTimeoutMs: this.artifactTimeoutMs,
    })) {
      if (!(value > 0)) throw invalidArgument(name, String(value), 'milliseconds > 0');
    }
    this.#slots = new RequestSlots(slots);
    this.#onRetry = options.onRetry;
    this.#headers = {
      ...options.headers,
      ...(options.workspace === undefined ? {} : { 'x-mlflow-workspace': options.workspace }),
      ...(authorization === undefined ? {} : { authorization }),
    };
    checkHeaders(this.#headers);
  }

  /** The parsed JSON answer of `/api/<endpoint>`, e.g. `2.0/mlflow/runs/get`. Throws MlflowError. */
  async call(method: RawRequest['method'], endpoint: string, request: ApiRequest = {}): Promise<JsonObject> {
    const body = request.jsonText ?? (request.json === undefined ? undefined : JSON.stringify(request.json));
    const subject = this.describe(method, endpoint.replace(/^\d\.\d\/mlflow\//, ''));
    return await this.send(
      {
        method,
        url: `${this.baseUrl}/api/${endpoint}${composeQuery(request.query ?? {})}`,
        subject,
        headers: body === undefined ? {} : { 'content-type': 'application/json' },
        body: body === undefined ? undefined : () => body,
        isIdempotent: request.isIdempotent,
        signal: request.signal,
      },
      async (response) => {
        const text = await response.text();
        const parsed = parseObject(text);
        if (parsed !== undefined) return parsed;
        throw errorFromForeignBody(
          { status: response.status, headers: response.headers, body: text },
          subject,
          this.#redact,
        );
      },
    );
  }

  /**
   * What `consume` makes of the successful answer. `consume` runs within the time limit and is repeated with the
   * request, so that an answer that breaks off in the middle is asked for again.
   */
  async send<Result>(request: RawRequest, consume: (response: Response) => Promise<Result>): Promise<Result> {
    const policy = request.isRepeatable === false ? { ...this.#policy, maxRetries: 0 } : this.#policy;
    return await retry(() => this.#slots.run(() => this.#attempt(request, consume)), {
      policy,
      isIdempotent: request.isIdempotent ?? true,
      signal: request.signal,
      onRetry: this.#onRetry,
    });
  }

  /** A request's name in messages: method, what is asked for, server. */
  describe(method: string, what: string): string {
    return `${method} ${what} at ${this.baseUrl}`;
  }

  async #attempt<Result>(request: RawRequest, consume: (response: Response) => Promise<Result>): Promise<Result> {
    const { method, url, subject, signal } = request;
    const timeoutMs = request.timeoutMs ?? this.#requestTimeoutMs;
    if (signal?.aborted) throw abortedError(subject);
    const limit = new TimeLimit(timeoutMs, signal);
    try {
      const body = await request.body?.();
      const init = {
        method,
        headers: { ...this.#headersFor(url), ...request.headers },
        body,
        signal: limit.signal,
        // A redirect would turn a POST into a GET and may carry the credentials elsewhere.
        redirect: 'manual',
        ...(body instanceof ReadableStream ? { duplex: 'half' } : {}),
      } as RequestInit;
      const response = await this.#fetch(url, init);
      if (response.ok) return await consume(response);
      const answer = { status: response.status, headers: response.headers, body: await response.text() };
      throw errorFromResponse(answer, subject, this.#redact);
    } catch (error) {
      if (error instanceof MlflowError) throw error;
      if (signal?.aborted) throw abortedError(subject);
      if (limit.signal.aborted) {
        throw new MlflowError({
          code: 'TIMEOUT',
          subject,
          problem: `no complete answer within ${timeoutMs} ms`,
          advice:
            'The server hangs, or needs longer: requestTimeoutMs (MLFLOW_HTTP_REQUEST_TIMEOUT), artifactTimeoutMs.',
        });
      }
      throw errorFromConnection(error, subject, this.#redact);
    } finally {
      limit.release();
    }
  }

  /** Credentials go to the tracking server's host only: an artifact URI may name another one. */
  #headersFor(url: string): Readonly<Record<string, string>> {
    return new URL(url).host === new URL(this.baseUrl).host ? this.#headers : {};
  }
}

/** A JSON object of the server. Read by the functions of read-entities.ts. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** Throws INVALID_ARGUMENT, without the value, for a header that cannot be sent: fetch says so only when it is too late to tell it from a broken connection. */
function checkHeaders(headers: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(headers)) {
    try {
      new Headers([[name, value]]);
    } catch {
      throw invalidArgument(`header ${name}`, 'a name or value that cannot be sent', 'one line of Latin-1 characters');
    }
  }
}

function abortedError(subject: string): MlflowError {
  return new MlflowError({ code: 'ABORTED', subject, problem: 'aborted by the caller' });
}

function parseObject(text: string): JsonObject | undefined {
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed) ? (parsed as JsonObject) : undefined;
  } catch {
    return undefined;
  }
}

function composeQuery(query: Query): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    for (const item of value === undefined ? [] : Array.isArray(value) ? value : [value]) {
      parameters.append(name, String(item));
    }
  }
  const text = parameters.toString();
  return text === '' ? '' : `?${text}`;
}

function definedOnly<Values extends object>(values: Values): Partial<Values> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Partial<Values>;
}

/*
 * Which failures are tried again, how often and after what wait. Pure but for `retry` itself.
 * Source of the status set: mlflow/utils/request_utils.py (408, 429, 500, 502, 503, 504 and connection errors).
 */

import { MlflowError } from './errors.js';

export interface RetryPolicy {
  /** Tries after the first one. Default 5. */
  readonly maxRetries: number;
  /**
   * Tries after a 500, which MLflow also answers to requests that can never succeed (a broken body). Default 2.
   */
  readonly maxServerErrorRetries: number;
  /** Upper bound of the first wait. Default 500 ms. */
  readonly baseDelayMs: number;
  /** The bound grows by this factor with each try. Default 2. */
  readonly factor: number;
  /** Longest wait of the exponential series. Default 60 000 ms. */
  readonly maxDelayMs: number;
  /** A longer Retry-After is cut to this. Default 120 000 ms. */
  readonly maxRetryAfterMs: number;
}

export const defaultRetryPolicy: RetryPolicy = {
  maxRetries: 5,
  maxServerErrorRetries: 2,
  baseDelayMs: 500,
  factor: 2,
  maxDelayMs: 60_000,
  maxRetryAfterMs: 120_000,
};

/** Refused before it was carried out, so that a second try cannot double anything. */
const surelyNotCarriedOut = new Set([429, 503]);
const transientStatuses = new Set([408, 429, 500, 502, 503, 504]);

/**
 * True when the failure may go away by itself. For a request that must not be carried out twice
 * (`isIdempotent` false) only failures that prove it was not carried out count.
 */
export function isRetryable(error: MlflowError, isIdempotent: boolean): boolean {
  if (error.code === 'UNREACHABLE') return true;
  if (error.status !== undefined) {
    return isIdempotent ? transientStatuses.has(error.status) : surelyNotCarriedOut.has(error.status);
  }
  return isIdempotent && (error.code === 'CONNECTION_LOST' || error.code === 'TIMEOUT');
}

/** How many tries after the first one this failure is worth. */
export function retriesAllowed(error: MlflowError, policy: RetryPolicy): number {
  return error.status === 500 ? Math.min(policy.maxServerErrorRetries, policy.maxRetries) : policy.maxRetries;
}

/**
 * Milliseconds to wait before try `retry` (1 for the first repetition): the server's Retry-After if it sent one, else
 * a uniform draw from the upper half of [0, baseDelayMs · factor^(retry-1)], cut at `maxDelayMs`.
 * `random` is a draw from [0, 1).
 */
export function retryDelayMs(
  retry: number,
  policy: RetryPolicy,
  random: number,
  retryAfterMs: number | undefined,
): number {
  if (retryAfterMs !== undefined) return Math.min(retryAfterMs, policy.maxRetryAfterMs);
  const bound = Math.min(policy.baseDelayMs * policy.factor ** (retry - 1), policy.maxDelayMs);
  return (bound / 2) * (1 + random);
}

/** Milliseconds of a Retry-After header, in seconds or as an HTTP date; undefined when absent or unreadable. */
export function parseRetryAfter(header: string | null, nowMs: number): number | undefined {
  if (header === null) return undefined;
  if (/^\s*\d+(\.\d+)?\s*$/.test(header)) return Number(header) * 1000;
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(0, date - nowMs);
}

/** A failed try that will be repeated. */
export interface RetryNotice {
  readonly error: MlflowError;
  /** 1 for the first repetition. */
  readonly retry: number;
  readonly delayMs: number;
}

export interface RetryOptions {
  readonly policy: RetryPolicy;
  readonly isIdempotent: boolean;
  readonly signal?: AbortSignal;
  readonly onRetry?: (notice: RetryNotice) => void;
}

/** What `attempt` returns, tried again under the policy. The last error carries the number of tries. */
export async function retry<Result>(attempt: () => Promise<Result>, options: RetryOptions): Promise<Result> {
  const { policy, isIdempotent, signal, onRetry } = options;
  for (let retries = 0; ; retries++) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof MlflowError)) throw error;
      error.attempts = retries + 1;
      if (!isRetryable(error, isIdempotent) || retries >= retriesAllowed(error, policy)) throw error;
      const delayMs = retryDelayMs(retries + 1, policy, Math.random(), error.retryAfterMs);
      onRetry?.({ error, retry: retries + 1, delayMs });
      await wait(delayMs, signal, error);
    }
  }
}

/** Waits; when the signal fires first, throws ABORTED with the failure that was being waited out as its cause. */
async function wait(delayMs: number, signal: AbortSignal | undefined, failure: MlflowError): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const abort = () => {
      clearTimeout(timer);
      reject(
        new MlflowError({
          code: 'ABORTED',
          subject: failure.subject,
          problem: `aborted while waiting to try again after: ${failure.problem}`,
          cause: failure,
        }),
      );
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', abort);
      resolve();
    }, delayMs);
    if (signal?.aborted) abort();
    else signal?.addEventListener('abort', abort, { once: true });
  });
}

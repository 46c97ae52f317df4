import { describe, expect, it } from 'vitest';
import { MlflowError, type MlflowErrorCode } from '../src/errors.js';
import { defaultRetryPolicy, isRetryable, parseRetryAfter, retriesAllowed, retry, retryDelayMs } from '../src/retry.js';

const failure = (code: MlflowErrorCode, status?: number) => new MlflowError({ code, problem: 'failed', status });
const fast = { ...defaultRetryPolicy, baseDelayMs: 1 };

describe('what is tried again', () => {
  const cases: readonly [MlflowErrorCode, number | undefined, boolean, boolean][] = [
    ['UNREACHABLE', undefined, true, true],
    ['CONNECTION_LOST', undefined, true, false],
    ['TIMEOUT', undefined, true, false],
    ['SERVER_ERROR', 408, true, false],
    ['RATE_LIMITED', 429, true, true],
    ['SERVER_ERROR', 500, true, false],
    ['SERVER_ERROR', 502, true, false],
    ['SERVER_ERROR', 503, true, true],
    ['SERVER_ERROR', 504, true, false],
    ['NOT_SUPPORTED', 501, false, false],
    ['INVALID_VALUE', 400, false, false],
    ['UNAUTHENTICATED', 401, false, false],
    ['NOT_FOUND', 404, false, false],
    ['TLS', undefined, false, false],
    ['ABORTED', undefined, false, false],
    ['INVALID_ARGUMENT', undefined, false, false],
  ];
  it.each(cases)('%s %s: idempotent %s, otherwise %s', (code, status, idempotent, otherwise) => {
    expect(isRetryable(failure(code, status), true)).toBe(idempotent);
    expect(isRetryable(failure(code, status), false)).toBe(otherwise);
  });

  it('is bounded, and more tightly for a 500', () => {
    expect(retriesAllowed(failure('SERVER_ERROR', 500), defaultRetryPolicy)).toBe(2);
    expect(retriesAllowed(failure('SERVER_ERROR', 503), defaultRetryPolicy)).toBe(5);
    expect(retriesAllowed(failure('SERVER_ERROR', 500), { ...defaultRetryPolicy, maxRetries: 1 })).toBe(1);
  });
});

describe('the wait', () => {
  it('doubles from 500 ms to a minute, drawn from the upper half', () => {
    const waits = (random: number) =>
      [1, 2, 3, 7, 8, 20].map((retry) => retryDelayMs(retry, defaultRetryPolicy, random, undefined));
    expect(waits(0)).toEqual([250, 500, 1000, 16_000, 30_000, 30_000]);
    expect(waits(1)).toEqual([500, 1000, 2000, 32_000, 60_000, 60_000]);
  });

  it('is the one that the server asks for, within two minutes', () => {
    expect(retryDelayMs(1, defaultRetryPolicy, 0.5, 7000)).toBe(7000);
    expect(retryDelayMs(1, defaultRetryPolicy, 0.5, 3_600_000)).toBe(120_000);
  });

  it('reads Retry-After in seconds and as a date', () => {
    const now = Date.parse('2026-01-01T00:00:00Z');
    expect(parseRetryAfter('3', now)).toBe(3000);
    expect(parseRetryAfter('Thu, 01 Jan 2026 00:00:05 GMT', now)).toBe(5000);
    expect(parseRetryAfter('Wed, 31 Dec 2025 00:00:00 GMT', now)).toBe(0);
    expect([parseRetryAfter(null, now), parseRetryAfter('soon', now)]).toEqual([undefined, undefined]);
  });
});

describe('retry', () => {
  it('returns the first success and tells of each wait', async () => {
    const notices: number[] = [];
    let calls = 0;
    const attempt = async () => {
      calls += 1;
      if (calls < 3) throw failure('UNREACHABLE');
      return calls;
    };
    const onRetry = (notice: { retry: number }) => notices.push(notice.retry);
    expect(await retry(attempt, { policy: fast, isIdempotent: true, onRetry })).toBe(3);
    expect(notices).toEqual([1, 2]);
  });

  it('gives up after the bound with the number of attempts', async () => {
    const attempt = async () => {
      throw failure('SERVER_ERROR', 500);
    };
    await expect(retry(attempt, { policy: fast, isIdempotent: true })).rejects.toMatchObject({
      attempts: 3,
      status: 500,
    });
  });

  it('ends a wait when the signal fires, naming what it waited out', async () => {
    const controller = new AbortController();
    const attempt = async () => {
      throw failure('UNREACHABLE');
    };
    const patient = { ...defaultRetryPolicy, baseDelayMs: 60_000 };
    const result = retry(attempt, {
      policy: patient,
      isIdempotent: true,
      signal: controller.signal,
      onRetry: () => controller.abort(),
    });
    await expect(result).rejects.toMatchObject({ code: 'ABORTED', cause: { code: 'UNREACHABLE' } });
  });
});

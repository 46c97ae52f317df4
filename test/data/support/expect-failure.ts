// The one way in which tests look at failures: code, words of the message, and that there is a hint for the user.
import { expect } from 'vitest';
import { type FailureCode, OneshotError } from '../../../src/base/problem.js';

export async function expectFailure(
  action: () => unknown,
  code: FailureCode,
  message: RegExp | string,
): Promise<OneshotError> {
  const outcome = await Promise.resolve()
    .then(action)
    .then(
      () => undefined,
      (error: unknown) => error,
    );
  expect(outcome).toBeInstanceOf(OneshotError);
  const failure = outcome as OneshotError;
  expect(failure.code).toBe(code);
  expect(failure.message).toMatch(message);
  return failure;
}

/*
 * The Authorization header. MLflow's own Python client lets Basic win where both kinds are set; so does this one.
 */

import { MlflowError } from './errors.js';

export interface Credentials {
  readonly username?: string;
  readonly password?: string;
  readonly token?: string;
}

/** `Basic …`, `Bearer …` or undefined. Throws INVALID_ARGUMENT, without the token, for one that no header can hold. */
export function composeAuthorization({ username, password, token }: Credentials): string | undefined {
  if (username !== undefined || password !== undefined) {
    return `Basic ${Buffer.from(`${username ?? ''}:${password ?? ''}`, 'utf8').toString('base64')}`;
  }
  if (token === undefined) return undefined;
  if (!/^[\x21-\x7e]+$/.test(token)) {
    throw new MlflowError({
      code: 'INVALID_ARGUMENT',
      problem: 'the token holds a space, a line end or a character outside ASCII',
      advice: 'Check how MLFLOW_TRACKING_TOKEN was read: a line end at its close is the usual reason.',
    });
  }
  return `Bearer ${token}`;
}

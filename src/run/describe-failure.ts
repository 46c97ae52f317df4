// What went wrong in a trial, as data that its status keeps and its supervisor acts on.
import { type FailureCode, InputError, OneshotError } from '../base/problem.js';
import { describeSystemError } from '../base/system-error.js';

export interface Failure {
  readonly code: FailureCode;
  readonly message: string;
  readonly hint?: string;
}

/** The failure that a thrown value stands for: our own errors as they are, the system's by their code. */
export function describeFailure(error: unknown): Failure {
  if (error instanceof OneshotError)
    return { code: error.code, message: error.message, ...(error.hint === undefined ? {} : { hint: error.hint }) };
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof InputError)
    return { code: 'corrupt', message, hint: 'its experiment.yaml was edited; remove the run folder to start anew' };
  const system = describeSystemError(error);
  if (system !== undefined) return system;
  if (error instanceof RangeError && /allocation|Invalid (typed )?array( buffer)? length/i.test(message)) {
    return { code: 'out-of-memory', message, hint: 'a smaller training.microBatchSize needs less memory' };
  }
  return { code: 'internal', message };
}

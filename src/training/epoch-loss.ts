// The mean loss of an epoch. Losses stay on the engine, one number per step, until they are read back together: reading
// after each step would make the engine wait. Sums are taken in steps' order in double precision, so that the mean does
// not depend on when it was read back.
import type { Scalar } from '@tensorflow/tfjs';

/** Times per epoch that losses are read back, and the time after which they are read back at the latest. */
const READ_BACKS_PER_EPOCH = 4;
const READ_BACK_AFTER_MS = 30_000;

export interface EpochLoss {
  /** Takes the loss of the next step over. */
  add(loss: Scalar): void;
  /** Whether it is time to read back in an epoch of this length. */
  isReadBackDue(stepsPerEpoch: number): boolean;
  /** Reads back and returns the first step of the epoch, from 0, whose loss was not finite; undefined when all were. */
  readBack(): Promise<number | undefined>;
  /** Sum over the steps that were read back. */
  sum(): number;
  /** Mean over the steps that were read back; undefined when there is none. */
  meanSoFar(): number | undefined;
  /** Starts the next epoch. */
  reset(): void;
  dispose(): void;
}

/** The losses of an epoch of which `stepsDone` steps with the sum `initialSum` are done; `now` gives milliseconds. */
export function createEpochLoss(initialSum: number, stepsDone: number, now: () => number): EpochLoss {
  let sum = initialSum;
  let stepsRead = stepsDone;
  let lastReadAt = now();
  let pending: Scalar[] = [];

  function dispose(): void {
    for (const loss of pending) loss.dispose();
    pending = [];
  }

  return {
    add: (loss) => pending.push(loss),
    isReadBackDue: (stepsPerEpoch) =>
      pending.length >= Math.ceil(stepsPerEpoch / READ_BACKS_PER_EPOCH) || now() - lastReadAt >= READ_BACK_AFTER_MS,
    async readBack() {
      let firstBad: number | undefined;
      for (const loss of pending) {
        const value = (await loss.data<'float32'>())[0] as number;
        if (!Number.isFinite(value)) firstBad ??= stepsRead;
        sum += value;
        stepsRead++;
      }
      dispose();
      lastReadAt = now();
      return firstBad;
    },
    sum: () => sum,
    meanSoFar: () => (stepsRead === 0 ? undefined : sum / stepsRead),
    reset() {
      dispose();
      sum = 0;
      stepsRead = 0;
    },
    dispose,
  };
}

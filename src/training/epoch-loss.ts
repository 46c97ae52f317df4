// The mean loss of an epoch. Losses stay on the engine, one number per step, until they are read back together: reading
// after each step would make the engine wait. Sums are taken in steps' order in double precision, so that the mean does
// not depend on when it was read back.
import type { Scalar } from '@tensorflow/tfjs';

export interface EpochLoss {
  /** Takes the loss of the next step over. */
  add(loss: Scalar): void;
  /** Number of steps that were added and not read back. */
  pending(): number;
  /** Reads back and returns the first step of the epoch, from 0, whose loss was not finite; undefined when all were. */
  readBack(): number | undefined;
  /** Sum over the steps that were read back. */
  sum(): number;
  /** Starts the next epoch. */
  reset(): void;
  dispose(): void;
}

/** The losses of an epoch of which `steps` steps with the sum `initialSum` are done already. */
export function createEpochLoss(initialSum: number, steps: number): EpochLoss {
  let sum = initialSum;
  let stepsRead = steps;
  let losses: Scalar[] = [];
  const dispose = () => {
    for (const loss of losses) loss.dispose();
    losses = [];
  };
  return {
    add: (loss) => losses.push(loss),
    pending: () => losses.length,
    readBack() {
      let firstBad: number | undefined;
      for (const loss of losses) {
        const value = loss.dataSync<'float32'>()[0] as number;
        if (!Number.isFinite(value)) firstBad ??= stepsRead;
        sum += value;
        stepsRead++;
      }
      dispose();
      return firstBad;
    },
    sum: () => sum,
    reset() {
      dispose();
      sum = 0;
      stepsRead = 0;
    },
    dispose,
  };
}

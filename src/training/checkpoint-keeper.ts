// When and what a training stores: never a number that is not finite, since every resume would start from it.
import { OneshotError } from '../base/problem.js';
import { findNonFinite, hashArrays, type NamedArrays } from '../model/named-arrays.js';
import type { TrainingCheckpoint, TrainingPosition, WeightsCheckpoint } from './checkpoint.js';
import type { EpochLoss } from './epoch-loss.js';
import type { TrainingHooks } from './training-hooks.js';
import { selectEvaluatedWeights, type TrainingState } from './training-state.js';

export interface CheckpointKeeperOptions {
  readonly state: TrainingState;
  readonly losses: EpochLoss;
  readonly hooks: Pick<TrainingHooks, 'saveLast' | 'saveBest' | 'now'>;
  readonly stepsPerEpoch: number;
  /** Where the checkpoint that the training goes on from stands. */
  readonly restored: TrainingPosition | undefined;
}

export interface CheckpointKeeper {
  /** Reads the losses of the steps before `position` back. Throws a OneshotError 'non-finite' when one is NaN or infinite. */
  readBackLosses(position: TrainingPosition): Promise<void>;
  /** All numbers at `position`. Throws a OneshotError 'non-finite' when a loss or one of them is NaN or infinite. */
  takeSnapshot(position: TrainingPosition): Promise<NamedArrays>;
  saveLast(arrays: NamedArrays, description: Omit<TrainingCheckpoint, 'arrays'>): Promise<void>;
  /** Stores the weights of a snapshot that are evaluated. */
  saveBest(arrays: NamedArrays, description: Pick<WeightsCheckpoint, 'epoch' | 'metric' | 'value'>): Promise<void>;
  /** Whether the last checkpoint is that old. */
  isDue(everyMinutes: number): boolean;
  /** Whether the last checkpoint stands at `position`. */
  isSaved(position: TrainingPosition): boolean;
}

/** The keeper of one training's checkpoints. */
export function createCheckpointKeeper(options: CheckpointKeeperOptions): CheckpointKeeper {
  const { state, losses, hooks, stepsPerEpoch } = options;
  let saved = options.restored;
  let savedAt = hooks.now();

  function nonFinite(what: string, epoch: number, step: number): OneshotError {
    const stored =
      saved === undefined
        ? 'there is no checkpoint yet'
        : `the last good checkpoint is of epoch ${saved.epoch} after ${saved.step} of ${stepsPerEpoch} steps`;
    return new OneshotError('non-finite', `${what} at epoch ${epoch}, step ${step} of ${stepsPerEpoch}; ${stored}`, {
      hint: 'A smaller training.optimizer.learningRate, or another weight initializer, usually helps.',
    });
  }

  async function readBackLosses({ epoch }: TrainingPosition): Promise<void> {
    const badStep = await losses.readBack();
    if (badStep !== undefined) throw nonFinite('the loss is NaN or infinite', epoch, badStep + 1);
  }

  return {
    readBackLosses,
    async takeSnapshot(position) {
      await readBackLosses(position);
      const arrays = await state.snapshot();
      const bad = findNonFinite(arrays);
      if (bad !== undefined) throw nonFinite(`${bad} holds NaN or infinity`, position.epoch, position.step);
      return arrays;
    },
    async saveLast(arrays, description) {
      await hooks.saveLast({ ...description, arrays });
      saved = description.position;
      savedAt = hooks.now();
    },
    async saveBest(arrays, description) {
      const weights = selectEvaluatedWeights(arrays);
      await hooks.saveBest({ ...description, weightHash: hashArrays(weights), arrays: weights });
    },
    isDue: (everyMinutes) => hooks.now() - savedAt >= everyMinutes * 60_000,
    isSaved: (position) => saved?.epoch === position.epoch && saved.step === position.step,
  };
}

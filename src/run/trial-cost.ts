// What a trial costs before it runs: parameters, arithmetic, memory and disk, from its shapes alone.
import type { Experiment } from '../config/experiment.js';
import { describeData } from '../data/data-sets.js';
import { makesNewPictures } from '../data/distortion/distort.js';
import { countFixedLayers, shapeBehind } from '../model/front.js';
import { chooseMicroBatchSize, estimateActivationBytes } from '../model/micro-batch-size.js';
import { describeNetwork } from '../model/network-shape.js';
import { optimizerTypeOf } from '../optimizers/registry.js';
import { countEpochSteps, describeBatch } from '../tasks/describe-batch.js';

export interface TrialCost {
  /** Learned numbers of encoder and head. */
  readonly parameters: number;
  /** Floating-point operations of one step: two per multiplication with addition, three passes (forward and two backward). */
  readonly flopsPerStep: number;
  readonly stepsPerEpoch: number;
  /** Steps at most; early stopping may end sooner. */
  readonly steps: number;
  /** Pictures of one step. */
  readonly picturesPerStep: number;
  /** Pairs or groups that are computed at once. */
  readonly microBatchSize: number;
  /** Estimated peak of the process. */
  readonly memoryBytes: number;
  /** Largest size of the run folder while it trains, and what stays. */
  readonly diskBytes: number;
  readonly finalDiskBytes: number;
}

/** Node, TensorFlow.js and the engine's library, before any network. Measured: 190 MB. */
const PROCESS_BYTES = 190e6;
/** Journal, results and predictions, roughly. */
const RECORD_BYTES = 2e6;

/** The cost of a resolved experiment, or undefined when it trains nothing. */
export function estimateTrialCost(experiment: Experiment): TrialCost | undefined {
  const { model, training } = experiment;
  if (model === undefined || training === undefined) return undefined;
  const data = describeData(experiment.data);
  const whole = describeNetwork(model, data.imageSize, data.channels);
  const network = shapeBehind(whole, countFixedLayers(model));
  const { units, picturesPerUnit, pairsPerUnit } = describeBatch(training);
  const picturesPerStep = units * picturesPerUnit;
  const learning = network.encoder.layers.reduce((sum, { multiplyAdds }) => sum + multiplyAdds, 0);
  const multiplyAdds = picturesPerStep * learning + units * pairsPerUnit * network.multiplyAddsPerPair;
  // Layers that nothing changes see each picture as drawn once, and each distorted one forward.
  const isEachNew = makesNewPictures(experiment.augmentation);
  const fixed = isEachNew ? picturesPerStep * (whole.multiplyAddsPerPicture - learning) : 0;
  const trained = data.selections.train.reduce((sum, { characters, drawers }) => sum + characters * drawers, 0);
  const stepsPerEpoch = countEpochSteps(training, experiment.augmentation, trained);
  const microBatchSize = chooseMicroBatchSize(training.microBatchSize, units, picturesPerUnit, network.encoder);

  const numbers = network.parameters.reduce(
    (sum, { shape }) => sum + shape.reduce((product, size) => product * size, 1),
    0,
  );
  const moments = optimizerTypeOf(training.optimizer).slotNames.length;
  const averaged = training.averaging === undefined ? 0 : 1;
  const weightBytes = 4 * numbers;
  const { selections, sourceSize, imageSize, channels = 1 } = data;
  const pictures = Object.values(selections)
    .flat()
    .reduce((sum, { characters, drawers }) => sum + characters * drawers, 0);
  const pixelBytes = pictures * channels * (imageSize ** 2 + (sourceSize === imageSize ? 0 : sourceSize ** 2));
  // Weights and what the optimizer keeps, old and new, and the gradients.
  const stateBytes = weightBytes * (2 * (1 + moments + averaged) + 1);
  const activationBytes = microBatchSize * picturesPerUnit * estimateActivationBytes(network.encoder);
  const lastBytes = weightBytes * (1 + moments + averaged);
  return {
    parameters: network.parameterCount,
    flopsPerStep: 6 * multiplyAdds + 2 * fixed,
    stepsPerEpoch,
    steps: stepsPerEpoch * training.maxEpochs,
    picturesPerStep,
    microBatchSize,
    memoryBytes: PROCESS_BYTES + stateBytes + activationBytes + pixelBytes,
    // A checkpoint is written whole before it takes the place of the last one.
    diskBytes: 2 * lastBytes + weightBytes + RECORD_BYTES,
    finalDiskBytes: weightBytes + RECORD_BYTES,
  };
}

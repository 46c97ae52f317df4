// The evaluation of one trial: the best checkpoint and the baselines on every protocol, into results.json and predictions/.
import { mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { syncFolder, temporaryName } from '../base/atomic-file.js';
import { OneshotError } from '../base/problem.js';
import type { Experiment } from '../config/experiment.js';
import type { LoadedData } from '../data/loaded-data.js';
import type { Engine } from '../engine/engine.js';
import { fileNetworksBeside } from '../engine/open-file-network.js';
import { evaluate } from '../evaluation/evaluate.js';
import { type EvaluationResult, writeResults } from '../evaluation/records/evaluation-result.js';
import { writePredictions } from '../evaluation/records/predictions.js';
import { VERIFICATION_FILE, writePairs, writeVerifications } from '../evaluation/records/verification-result.js';
import { embedPictures, makeNetworkScorer } from '../evaluation/scorers/network.js';
import { verify } from '../evaluation/verification/verify.js';
import { type LoadedNetwork, loadNetwork } from '../model/load-network.js';
import type { NetworkFunctions } from '../model/network-functions.js';
import { chooseEmbeddingSample, writeEmbeddingSample } from '../run-folder/embedding-sample.js';
import { runFiles } from '../run-folder/run-folder.js';
import { readWeightsCheckpoint } from '../training/checkpoint.js';

export interface EvaluateTrialOptions {
  readonly folder: string;
  readonly experiment: Experiment;
  /** Needed where the trial has a network. */
  readonly engine: Engine | undefined;
  readonly data: LoadedData;
  readonly stopRequested: () => boolean;
  readonly onActivity: (activity: string) => void;
}

/** The results, which are in the folder by then. Throws OneshotError('interrupted') on a stop: nothing is changed then. */
export async function evaluateTrial(options: EvaluateTrialOptions): Promise<EvaluationResult[]> {
  const { folder, experiment, data, engine } = options;
  const files = runFiles(folder);
  // Without a task nobody looks at unseen pictures.
  const isMeasured = engine !== undefined && experiment.evaluation.length > 0;
  const network = isMeasured ? await loadBest(files.best, experiment, data, engine) : undefined;
  // Predictions go to a new folder that takes the old one's place when all are there.
  const predictions = temporaryName(files.predictions);
  mkdirSync(predictions);
  try {
    const measured = {
      sections: experiment.evaluation,
      baselines: experiment.baselines,
      data,
      ...(network === undefined
        ? {}
        : {
            network: makeNetworkScorer(stopBetweenBatches(network.functions, options.stopRequested), {
              augmentation: experiment.augmentation,
              batchSize: network.batchSize,
            }),
          }),
      report: (message: string) => {
        throwOnStop(options.stopRequested);
        options.onActivity(message);
      },
    };
    const results = await evaluate({ ...measured, keep: (record) => writePredictions(predictions, record) });
    const verifications = await verify({ ...measured, keep: (pairs) => writePairs(predictions, pairs) });
    if (network !== undefined) await keepEmbeddings(files.embeddings, network, data);
    rmSync(files.predictions, { recursive: true, force: true });
    renameSync(predictions, files.predictions);
    syncFolder(folder);
    if (verifications.length > 0) writeVerifications(folder, verifications);
    else rmSync(join(folder, VERIFICATION_FILE), { force: true });
    writeResults(files.results, results);
    return results;
  } finally {
    rmSync(predictions, { recursive: true, force: true });
    network?.dispose();
  }
}

async function loadBest(path: string, { model }: Experiment, data: LoadedData, engine: Engine): Promise<LoadedNetwork> {
  if (model === undefined) throw new OneshotError('internal', 'a trial without a model has no network to evaluate');
  const { imageSize, channels } = data.description;
  const host = { tf: engine.tf, openFile: fileNetworksBeside(engine) };
  return loadNetwork(host, model, { imageSize, channels }, readWeightsCheckpoint(path).arrays);
}

async function keepEmbeddings(
  path: string,
  { functions, batchSize }: LoadedNetwork,
  { split: { test }, source }: LoadedData,
): Promise<void> {
  const sample = chooseEmbeddingSample(test);
  if (sample.length === 0) return;
  const { set } = test;
  const { embeddings } = await embedPictures(functions, { batchSize }, { clean: set, source }, sample);
  const characters = Array.from(sample, (picture) => {
    const { alphabet, name } = set.characters[set.character[picture]!]!;
    return `${set.alphabets[alphabet]}/${name}`;
  });
  writeEmbeddingSample(path, { embeddings, characters });
}

function stopBetweenBatches(network: NetworkFunctions, stopRequested: () => boolean): NetworkFunctions {
  return {
    ...network,
    async embed(pictures, count) {
      throwOnStop(stopRequested);
      return network.embed(pictures, count);
    },
  };
}

function throwOnStop(stopRequested: () => boolean): void {
  if (stopRequested()) throw new OneshotError('interrupted', 'stopped during evaluation');
}

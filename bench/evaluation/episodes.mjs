// What evaluating a network costs: 400 episodes of 20 ways, of one alphabet each, on all cores:
//   node bench/evaluation/episodes.mjs [FILE] [ROUNDS] [DIST]      (default experiments/omniglot-small.yaml, 3, dist/)
// The network has the weights that training starts from, and no test-time augmentation; the baselines are left out.
import { availableParallelism } from 'node:os';
import { dirname, join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../..');
const [file = `${root}/experiments/omniglot-small.yaml`, rounds = '3', build = `${root}/dist`] = process.argv.slice(2);
const dist = (path) => import(`${resolve(build)}/${path}.js`);
const { loadExperiment } = await dist('check/load-experiment');
const { loadData } = await dist('data/data-sets');
const { userDataFolder } = await dist('base/environment');
const { startEngine } = await dist('engine/start-engine');
const { evaluate } = await dist('evaluation/evaluate');
const { makeNetworkScorer } = await dist('evaluation/scorers/network');
const { initializeNetwork } = await dist('model/initializers');
const { buildNetwork, uploadParameters } = await dist('model/network');
const { makeNetworkFunctions } = await dist('model/network-functions');
const { describeNetwork } = await dist('model/network-shape');
const { chooseEmbeddingBatchSize } = await dist('model/load-network');

const sets = ['evaluation=[{protocol: within-alphabet, nWay: 20, episodes: 400}]'];
const { experiment } = loadExperiment(file, { sets });
const data = await loadData(experiment.data, {
  env: process.env,
  baseFolder: root,
  cacheFolder: join(dirname(userDataFolder(process.env)), 'pictures'),
  report: () => undefined,
});
const engine = await startEngine('auto', { threads: availableParallelism() });
const { tf } = engine;
const shape = describeNetwork(experiment.model, data.description.imageSize);
const weights = uploadParameters(tf, shape, initializeNetwork(shape, 1));
const functions = makeNetworkFunctions(tf, buildNetwork(tf, experiment.model, shape, weights));

for (let round = 1; round <= Number(rounds); round++) {
  const times = { embed: 0, scoreQueries: 0 };
  let pictures = 0;
  // What an evaluation asks of the network, timed.
  const timed =
    (name) =>
    async (...given) => {
      const startedAt = performance.now();
      const result = await functions[name](...given);
      times[name] += performance.now() - startedAt;
      if (name === 'embed') pictures += given[1];
      return result;
    };
  const network = { ...functions, embed: timed('embed'), scoreQueries: timed('scoreQueries') };
  const before = process.cpuUsage();
  const startedAt = performance.now();
  const [result] = await evaluate({
    sections: experiment.evaluation,
    baselines: [],
    data,
    network: makeNetworkScorer(network, { batchSize: chooseEmbeddingBatchSize(shape.encoder) }),
  });
  const seconds = (performance.now() - startedAt) / 1000;
  const { user, system } = process.cpuUsage(before);
  const parts = [
    `${pictures} pictures embedded in ${(times.embed / 1000).toFixed(2)} s`,
    `scored in ${(times.scoreQueries / 1000).toFixed(2)} s`,
  ];
  console.log(
    `${result.n} answers in ${seconds.toFixed(2)} s, ${((user + system) / 1e6).toFixed(2)} s of processor time (${parts.join(', ')})`,
  );
}
engine.dispose();

// Omniglot's background drawings, for what is chosen on them: `ONESHOT_DATA` names the folder, `npm run build` comes first.
import { dirname, join, resolve } from 'node:path';
import { inkFrom } from '../../packages/stroke-programs/dist/index.js';

const root = resolve(import.meta.dirname, '../..');
const dist = (path) => import(`${root}/dist/${path}.js`);

/**
 * The background selection of Lake's split at 105 x 105: its pictures' numbers, ink by number, and 20-way episodes; and
 * the scorers of `baselines`, written as in an experiment file.
 */
export async function loadBackground(baselines = ['chance']) {
  const { userDataFolder } = await dist('base/environment');
  const { randomStream } = await dist('base/random-stream');
  const { loadExperiment } = await dist('check/load-experiment');
  const { loadData } = await dist('data/data-sets');
  const { pictureAt } = await dist('data/pictures/picture-set');
  const { drawEpisodes } = await dist('data/sampling/draw-episodes');
  const { makeBaselineScorer } = await dist('evaluation/scorers/registry');
  const { experiment } = loadExperiment(`${root}/experiments/hbpl.yaml`, {
    sets: [`baselines=${JSON.stringify(baselines)}`],
  });
  const { split } = await loadData(experiment.data, {
    env: process.env,
    baseFolder: root,
    cacheFolder: join(dirname(userDataFolder(process.env)), 'pictures'),
    report: () => undefined,
  });
  const { set, pictures } = split.train;
  return {
    set,
    pictures,
    inkAt: (number) => inkFrom(pictureAt(set, number), set.width, set.height),
    /** Episodes shaped like Lake's runs: 20 characters of one alphabet, each by one drawer, asked for by another. */
    drawEpisodes: (episodes, seed) =>
      drawEpisodes(split.train, { protocol: 'within-alphabet', nWay: 20, kShot: 1, episodes, seed }).episodes,
    scorers: experiment.baselines.map(makeBaselineScorer),
    randomStream,
  };
}

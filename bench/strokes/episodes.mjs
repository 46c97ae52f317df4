// How many background queries elastic matching and strokes answer right:
//   node bench/strokes/episodes.mjs [EPISODES] [SEED] [SETTINGS]       (10, 1, {})
import { loadBackground } from './load-background.mjs';

const [episodes = '10', seed = '1', settings = '{}'] = process.argv.slice(2);
const { set, drawEpisodes, scorers } = await loadBackground([
  'elasticMatching',
  { type: 'hbpl', ...JSON.parse(settings) },
]);
const { wilsonInterval } = await import('../../dist/evaluation/statistics/wilson-interval.js');

const all = drawEpisodes(Number(episodes), Number(seed));
for (const scorer of scorers) {
  const startedAt = process.cpuUsage().user;
  const right = [];
  for (const { supportSet, queries } of all) {
    const supports = Int32Array.from(supportSet, ([first]) => first);
    const asked = Int32Array.from(queries, ({ picture }) => picture);
    const numbers = Int32Array.from([...supports, ...asked]).sort();
    const scores = await (await scorer.embed({ clean: set }, numbers)).score(asked, supports);
    queries.forEach(({ truth }, row) => {
      const own = scores.subarray(row * supports.length, (row + 1) * supports.length);
      right.push(own.indexOf(Math.max(...own)) === truth ? 1 : 0);
    });
  }
  const sum = right.reduce((total, value) => total + value, 0);
  const [low, high] = wilsonInterval(sum, right.length);
  const percent = (value) => (100 * value).toFixed(1);
  const seconds = ((process.cpuUsage().user - startedAt) / 1e6).toFixed(0);
  console.log(
    `${scorer.name}: ${sum} of ${right.length} right, ${percent(sum / right.length)} % (${percent(low)}–${percent(high)}), ${seconds} s of processor time`,
  );
}

// The dictionary of `simpleStrokes`: a thousand shapes that stand for the strokes of Omniglot's background drawings.
//   ONESHOT_DATA=DATA node bench/strokes/choose-shapes.mjs       writes packages/stroke-programs/src/parsing/stroke-shapes.generated.ts
// Strokes are those of the cheapest parse of every sixth background picture, each as one spline in pixels; shapes are the means
// of k-means (Lloyd 1982), started from strokes drawn at random, rounded to pixels.
import { writeFileSync } from 'node:fs';
import { loadBackground } from './load-background.mjs';

const SHAPES = 1000;
const EVERY = 6;
const ROUNDS = 10;
const NUMBERS = 10;

const { pictures, inkAt, randomStream } = await loadBackground();
const { describeStroke } = await import('../../packages/stroke-programs/dist/parsing/simplify-parse.js');
const { parsePicture } = await import('../../packages/stroke-programs/dist/index.js');

const strokes = [];
for (let at = 0; at < pictures.length; at += EVERY) {
  const [parse] = parsePicture(inkAt(pictures[at]), { walks: 20, parses: 1 })?.parses ?? [];
  for (const stroke of parse?.strokes ?? []) strokes.push(describeStroke(stroke).shape);
}
let means = randomStream(1, 'stroke-shapes').sample(strokes, SHAPES);
for (let round = 0; round < ROUNDS; round++) {
  const sums = means.map(() => new Float64Array(NUMBERS));
  const counts = new Int32Array(SHAPES);
  let error = 0;
  for (const stroke of strokes) {
    let [best, least] = [0, Number.POSITIVE_INFINITY];
    for (let shape = 0; shape < SHAPES; shape++) {
      const mean = means[shape];
      let distance = 0;
      for (let k = 0; k < NUMBERS && distance < least; k++) distance += (mean[k] - stroke[k]) ** 2;
      if (distance < least) [best, least] = [shape, distance];
    }
    counts[best]++;
    error += least;
    for (let k = 0; k < NUMBERS; k++) sums[best][k] += stroke[k];
  }
  console.error(
    `round ${round}: ${strokes.length} strokes, ${Math.sqrt(error / strokes.length / 5).toFixed(2)} pixels a point`,
  );
  means = means.map((mean, shape) => (counts[shape] === 0 ? mean : sums[shape].map((sum) => sum / counts[shape])));
}
const bytes = Int8Array.from(
  means.flatMap((mean) => [...mean].map((value) => Math.max(-127, Math.min(127, Math.round(value))))),
);
writeFileSync(
  new URL('../../packages/stroke-programs/src/parsing/stroke-shapes.generated.ts', import.meta.url),
  `// Made by bench/strokes/choose-shapes.mjs: [${SHAPES}, ${NUMBERS}] whole pixels, control points about their mean; bytes in base64.
export const STROKE_SHAPES =
  '${Buffer.from(bytes.buffer).toString('base64')}';
`,
);

// Inside the network: its first filters, what it was shown, how it sees unseen characters, and whether its probabilities are any.

import type { Words } from '../../data/words.js';
import { type Block, heading, type Picture, type Plot, paragraph } from '../document.js';
import type { Calibration } from '../figures/calibration.js';
import type { DistortionSamples } from '../figures/distortion-samples.js';
import type { EmbeddingMap } from '../figures/embedding-map.js';
import type { FirstFilters } from '../figures/first-filters.js';
import type { LinkRuns } from '../figures/run-numbers.js';
import { formatCount, formatPercent, PERCENT } from '../format-figures.js';
import type { Report } from '../make-report.js';
import { drawLines } from '../plots/draw-lines.js';
import { drawPoints } from '../plots/draw-points.js';

/** Pictures smaller than this are enlarged. */
const LEAST_PICTURE_SIZE = 48;
/** Bins of fewer pairs say nothing and are not drawn. */
const LEAST_PAIRS = 10;

/** The blocks of the section; none where no run kept anything to show. */
export async function makeInsideSection(report: Report, linkRuns: LinkRuns): Promise<Block[]> {
  const { firstFilters, distortions, embeddingMap, calibration, words } = report;
  const plots = [
    ...(calibration ? [await plotCalibration(calibration, words)] : []),
    ...(embeddingMap ? [await plotMap(embeddingMap, words)] : []),
  ];
  if (plots.length === 0 && !firstFilters && !distortions) return [];
  const shown = firstFilters ?? distortions ?? embeddingMap;
  return [
    heading('inside', 'Inside the network'),
    ...(shown ? [paragraph('Of ', { name: shown.system }, ', ', ...linkRuns([shown.folder]), '.')] : []),
    ...(calibration ? [explainCalibration(calibration, words)] : []),
    ...(plots.length > 0 ? [{ type: 'plots', plots } as const] : []),
    ...(firstFilters ? [{ type: 'picture', picture: describeFilters(firstFilters) } as const] : []),
    ...(distortions ? [{ type: 'picture', picture: describeDistortions(distortions, words) } as const] : []),
  ];
}

function explainCalibration({ task, same, different, error, accuracy }: Calibration, { character }: Words): Block {
  return paragraph(
    `Calibration: ${formatCount(same, 'pair')} of the same ${character} and ${formatCount(different, 'pair')} of ` +
      `different ones from ${task}, both kinds weighted alike. `,
    `Expected calibration error ${formatPercent(error)}${PERCENT}; the answer “same” from a probability of one half on ` +
      `is right in ${formatPercent(accuracy)}${PERCENT}.`,
  );
}

async function plotCalibration({ bins: all }: Calibration, { character }: Words): Promise<Plot> {
  const bins = all.filter(({ pairs }) => pairs >= LEAST_PAIRS);
  const title = 'Probability of “same” against how often it is so';
  const said = bins.map(
    ({ probability, frequency }) => `${formatPercent(probability)} % said, ${formatPercent(frequency)} % true`,
  );
  const points = [
    ...bins.map(({ probability, frequency }) => ({ series: 'network', x: probability, y: frequency })),
    ...[0, 1].map((end) => ({ series: 'perfectly calibrated', x: end, y: end })),
  ];
  return {
    title,
    description: `${title}: ${said.join('; ')}`,
    svg: await drawLines({
      xTitle: 'probability that the network gives',
      yTitle: `part that is the same ${character}`,
      points,
      percent: true,
      xPercent: true,
      marks: true,
    }),
    data: {
      file: 'calibration.csv',
      head: ['probability', 'frequency', 'pairs'],
      rows: all.map(({ probability, frequency, pairs }) => [probability, frequency, pairs]),
    },
  };
}

async function plotMap({ points, explained }: EmbeddingMap, words: Words): Promise<Plot> {
  const count = new Set(points.map(({ character }) => character)).size;
  const title = `Embeddings of unseen ${words.characters}`;
  const axis = (index: number) =>
    `principal component ${index + 1} (${formatPercent(explained[index] ?? 0)} % of the variance)`;
  return {
    title,
    description:
      `${title}: ${points.length} ${words.drawings} of ${count} ${words.characters} on their first two ` +
      'principal components; the figures are in the CSV file',
    svg: await drawPoints(
      points.map(({ character, x, y }) => ({ series: character, x, y })),
      axis(0),
      axis(1),
    ),
    data: {
      file: 'embeddings.csv',
      head: ['character', 'component 1', 'component 2'],
      rows: points.map(({ character, x, y }) => [character, x, y]),
    },
  };
}

function describeFilters({ layer, filters, kernel, largest, png }: FirstFilters): Picture {
  const size = kernel.join(' × ');
  return {
    title: ['First filters, ', { name: layer }, `: ${filters} of ${size} weights`],
    description:
      `${filters} filters of ${size} weights; white is positive, black negative, each scaled to its own ` +
      `largest weight; the largest of all is ${largest.toPrecision(3)}`,
    png,
    file: 'filters.png',
    scale: 1,
  };
}

function describeDistortions(
  { drawings, copies, probability, augmentation, pictureSize, png }: DistortionSamples,
  words: Words,
): Picture {
  const { affine, elastic, dilation, strokes, colorJitter, flip } = augmentation;
  const kinds = [
    strokes && 'strokes',
    affine && 'affine',
    elastic && 'elastic',
    dilation && 'dilation',
    flip && 'mirrored',
    colorJitter && 'colours',
  ].filter((kind) => kind);
  return {
    title: [`What the ${kinds.join(' and ')} distortion does`],
    description:
      `${drawings} ${words.drawings}, each first as it is, then ${copies} times distorted with the settings ` +
      `of this run; in training ${formatPercent(probability)} % of pictures are distorted`,
    png,
    file: 'distortions.png',
    scale: Math.max(1, Math.round(LEAST_PICTURE_SIZE / pictureSize)),
  };
}

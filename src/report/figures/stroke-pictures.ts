// What the strokes' scorer saw in two queries: the first that it lost and the first that it won of Lake's runs, or of
// whatever comes first.
import { drawPanels, type InkPicture, inkFrom, StrokeScorer } from 'stroke-programs';
import { loadPng } from '../../base/load-png.js';
import type { BaselineHbpl } from '../../config/experiment.js';
import { type GalleryItem, pickGallery } from '../../evaluation/records/gallery.js';
import { strokeSettingsOf } from '../../evaluation/scorers/stroke-programs.js';
import { type ReportRun, tryReadPredictions } from '../load-runs.js';
import { PLOT_COLORS, SERIES_COLORS } from '../plots/plot-style.js';
import { panelsOfPair, panelsOfPicture } from './stroke-panels.js';

export interface StrokePicture {
  readonly task: string;
  /** The scorer's name. */
  readonly system: string;
  readonly won: boolean;
  /** `Kannada/character07`: the query's, and of the class that it was taken for. */
  readonly truth: string;
  readonly prediction: string;
  /** With the colours of light pages. */
  readonly svg: string;
  /** Scores of the right class and of the answer; null where none is kept. */
  readonly scores: readonly { readonly character: string; readonly score: number | null }[];
}

const STYLE = {
  text: PLOT_COLORS.ink!,
  frame: PLOT_COLORS.faint!,
  ink: PLOT_COLORS.faint!,
  skeleton: PLOT_COLORS.ink!,
  paper: PLOT_COLORS.card!,
  strokes: SERIES_COLORS,
};

/** Pictures of the first scorer of strokes that a run has queries of; none where there is none. */
export function drawStrokePictures(runs: readonly ReportRun[]): StrokePicture[] {
  for (const run of runs) {
    const section = run.experiment?.baselines.find((baseline): baseline is BaselineHbpl => baseline.type === 'hbpl');
    if (section === undefined) continue;
    const { type, name = type, candidates, ...settings } = section;
    const result = run.results.find(({ scorer, selection }) => scorer === name && selection === 'test');
    const record = result && tryReadPredictions(run, result);
    if (result === undefined || record === undefined) continue;
    const scorer = new StrokeScorer(strokeSettingsOf(settings));
    const { task } = result;
    return pickGallery(record, 1).flatMap((item) => drawItem(item, scorer, { task, system: name }));
  }
  return [];
}

function drawItem(item: GalleryItem, scorer: StrokeScorer, of: Pick<StrokePicture, 'task' | 'system'>) {
  const query = readInk(item.query);
  const asked = panelsOfPicture('query', query);
  if (asked === undefined) return [];
  const shown = item.support.filter(({ isTruth, isPrediction }) => isTruth || isPrediction);
  const rows = shown.flatMap(({ picture, isTruth, character }) => {
    const name = isTruth ? 'right class' : 'answer';
    const pair = panelsOfPair(scorer, query, readInk(picture), name);
    return pair === undefined ? [] : [{ ...pair, character }];
  });
  return [
    {
      ...of,
      won: item.won,
      truth: item.truth,
      prediction: shown.find(({ isPrediction }) => isPrediction)?.character ?? item.truth,
      svg: drawPanels([asked, ...rows.map(({ panels }) => panels)], STYLE),
      scores: shown.map(({ character, score }) => ({ character, score })),
    },
  ];
}

/** A gallery's PNG: ink black on white. */
function readInk(base64: string): InkPicture {
  const { width, height, data } = loadPng().sync.read(Buffer.from(base64, 'base64'));
  return inkFrom(
    Uint8Array.from({ length: width * height }, (_, at) => 255 - data[4 * at]!),
    width,
    height,
  );
}

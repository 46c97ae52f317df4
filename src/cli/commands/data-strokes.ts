import { userPicturesFolder } from '../../base/environment.js';
import { loadData } from '../../data/data-sets.js';
import { measureStrokes, type Spread, type StrokeStatistics } from '../../data/omniglot-strokes/stroke-statistics.js';
import { createPlainTable } from '../plain-table.js';
import type { ExitCode } from '../report-error.js';
import { colorsFor, printJson, printNote, printResult } from '../terminal.js';
import type { DataOptions } from './data.js';

/** `oneshot data strokes`: what the pens of Omniglot's drawers did, and what is read from the pictures that they left. */
export async function dataStrokesCommand(options: DataOptions & { readonly every: number }): Promise<ExitCode> {
  const { pens, source } = await loadData(
    {
      dataset: 'omniglot-strokes',
      ...(options.folder === undefined ? {} : { path: options.folder }),
      parts: ['small1', 'small2'],
      pictures: 'drawn',
      validationAlphabets: [],
      testAlphabets: [],
      imageSize: 105,
      inkGain: 1,
    },
    {
      env: process.env,
      baseFolder: process.cwd(),
      cacheFolder: userPicturesFolder(process.env),
      report: printNote,
    },
  );
  const statistics = measureStrokes(pens!, source, options.every);
  if (options.json) printJson(statistics);
  else printStatistics(statistics);
  return 0;
}

function printStatistics({ parses, ...pens }: StrokeStatistics): void {
  const { alphabets, characters, drawings } = pens;
  const many = (count: number) => count.toLocaleString('en');
  printResult(`${many(drawings)} drawings with their pens: ${characters} characters of ${alphabets} alphabets`);
  const table = createPlainTable(
    ['of the pens', 'mean', 'quarter', 'half', 'three quarters'],
    colorsFor(process.stdout),
    [1, 2, 3, 4],
  );
  const row = (title: string, { mean, quartiles }: Spread, digits: number) =>
    table.push([title, mean.toFixed(2), ...quartiles.map((value) => value.toFixed(digits))]);
  row('strokes of a drawing', pens.strokes, 0);
  row('sub-strokes of a stroke', pens.subStrokes, 0);
  row('length of a stroke, pixels', pens.length, 1);
  row('time of a stroke, seconds', inSeconds(pens.strokeMs), 2);
  row('time of a drawing, seconds', inSeconds(pens.drawingMs), 2);
  printResult(table.toString());
  const read = createPlainTable(
    [`of the cheapest parses of ${many(parses.count)} pictures`, 'mean', 'quarter', 'half', 'three quarters'],
    colorsFor(process.stdout),
    [1, 2, 3, 4],
  );
  const readRow = (title: string, { mean, quartiles }: Spread, digits: number) =>
    read.push([title, mean.toFixed(2), ...quartiles.map((value) => value.toFixed(digits))]);
  readRow('strokes of a drawing', parses.strokes, 0);
  readRow('sub-strokes of a stroke', parses.subStrokes, 0);
  readRow('from the skeleton to the pen’s line, pixels', parses.skeletonToPen, 2);
  readRow('from the parse to the pen’s line, pixels', parses.parseToPen, 2);
  readRow('from the pen’s line to the parse, pixels', parses.penToParse, 2);
  printResult(read.toString());
  const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
  printResult(
    `as many strokes as the pen drew: ${percent(parses.sameStrokes)} of the parses; one more or less at most: ${percent(parses.nearStrokes)}`,
  );
}

function inSeconds({ mean, quartiles: [first, second, third] }: Spread): Spread {
  return { mean: mean / 1000, quartiles: [first / 1000, second / 1000, third / 1000] };
}

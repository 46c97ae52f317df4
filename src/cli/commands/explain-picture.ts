import { writeFile } from 'node:fs/promises';
import { countInk, drawPanels, extractSkeleton, type InkPicture, inkFrom, StrokeScorer } from 'stroke-programs';
import { OneshotError } from '../../base/problem.js';
import type { PictureForm } from '../../data/pictures/see-picture.js';
import { panelsOfPair, panelsOfPicture } from '../../report/figures/stroke-panels.js';
import { rasterizePlot } from '../../report/plots/rasterize.js';
import { createPictureReader } from '../../trained/read-pictures.js';
import type { ExitCode } from '../report-error.js';
import { printNote, printResult } from '../terminal.js';

export interface ExplainPictureOptions {
  readonly with?: string;
  readonly out: string;
  readonly ink?: PictureForm['ink'];
}

/** Height and width at which strokes are read: Omniglot's. */
const SIZE = 105;

/** `oneshot explain-picture`: what the scorer of strokes sees in a picture, as a drawing. */
export async function explainPictureCommand(path: string, options: ExplainPictureOptions): Promise<ExitCode> {
  const { out, ink = 'auto' } = options;
  if (!/\.(svg|png)$/i.test(out))
    throw new OneshotError('usage', `--out ${out} names no drawing`, { hint: 'its name ends with .svg or .png' });
  const read = createPictureReader({
    imageSize: SIZE,
    sourceSize: SIZE,
    color: 'grey',
    fit: 'pad',
    background: '#ffffff',
    inkGain: 1,
    ink,
  });
  const readInk = async (file: string): Promise<InkPicture> => {
    try {
      return inkFrom((await read(file)).pixels, SIZE, SIZE);
    } catch (error) {
      throw new OneshotError('data', `${file} ${(error as Error).message}`, { cause: error });
    }
  };
  const query = await readInk(path);
  const asked = panelsOfPicture('query', query);
  if (asked === undefined) throw refuse(path, query);
  const rows = [asked];
  const [{ skeleton }] = asked as [(typeof asked)[0]];
  const lines = [
    `${path}: ${skeleton!.edges.length} lines between ${skeleton!.nodes.length} places, ${asked.length - 1} parses`,
  ];
  if (options.with !== undefined) {
    const support = await readInk(options.with);
    const pair = panelsOfPair(new StrokeScorer(), query, support, 'support picture');
    if (pair === undefined) throw refuse(options.with, support);
    rows.push(pair.panels);
    lines.push(`as a drawing of ${options.with}: ${pair.score.toFixed(3)} nats for each pixel of ink`);
  }
  const svg = drawPanels(rows);
  await writeFile(out, /\.png$/i.test(out) ? rasterizePlot(svg) : svg);
  printResult(lines.join('\n'));
  printNote(`drawn into ${out}`);
  return 0;
}

function refuse(path: string, picture: InkPicture): OneshotError {
  if (countInk(picture) === 0)
    return new OneshotError('data', `${path} has no ink`, { hint: 'say which tone is ink with --ink dark or light' });
  const { edges, nodes } = extractSkeleton(picture);
  return new OneshotError('data', `${path} is no drawing of strokes: ${edges.length} lines, ${nodes.length} places`, {
    hint: 'noise of a scan? At most 200 lines are read as strokes; clean the picture, or make it smaller',
  });
}

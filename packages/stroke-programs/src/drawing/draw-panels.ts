// What was read from a picture, drawn as SVG: panels with the picture's ink, its skeleton, and strokes in their order.
import type { InkLine } from '../image/image-model.js';
import type { InkPicture } from '../ink-picture.js';
import type { SkeletonGraph } from '../skeleton/skeleton-graph.js';

/** One picture and what is drawn over it. */
export interface Panel {
  readonly title: string;
  readonly picture: InkPicture;
  readonly skeleton?: SkeletonGraph;
  /** Strokes, each in a colour of its own with its number where it begins. */
  readonly strokes?: InkLine;
}

export interface PanelStyle {
  readonly text: string;
  readonly frame: string;
  readonly ink: string;
  readonly skeleton: string;
  readonly paper: string;
  /** Of strokes, again from the first when there are more. */
  readonly strokes: readonly string[];
}

/** Colours that those who see few colours tell apart (Okabe and Ito 2008). */
export const PANEL_STYLE: PanelStyle = {
  text: '#222222',
  frame: '#c8c8c4',
  ink: '#dcdcd8',
  skeleton: '#222222',
  paper: '#ffffff',
  strokes: ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9', '#7f6000', '#555555'],
};

/** Side of a panel's picture, height of its title, and space between panels, in pixels of the drawing. */
const SIDE = 168;
const TITLE = 20;
const GAP = 12;

/** The SVG file of panels, row by row; those of a row stand in columns. Text is left to the reader's font. */
export function drawPanels(rows: readonly (readonly Panel[])[], style: PanelStyle = PANEL_STYLE): string {
  const columns = Math.max(1, ...rows.map(({ length }) => length));
  const width = columns * (SIDE + GAP) + GAP;
  const height = rows.length * (SIDE + TITLE + GAP) + GAP;
  const panels = rows.flatMap((row, y) =>
    row.map((panel, x) => {
      const [left, top] = [GAP + x * (SIDE + GAP), GAP + y * (SIDE + TITLE + GAP)];
      return `<g transform="translate(${left} ${top})">${drawPanel(panel, style)}</g>`;
    }),
  );
  const size = `viewBox="0 0 ${width} ${height}" width="${width}" height="${height}"`;
  const font = 'font-family="sans-serif" font-size="12"';
  return `<svg xmlns="http://www.w3.org/2000/svg" ${size} ${font}>${panels.join('')}</svg>`;
}

function drawPanel({ title, picture, skeleton, strokes }: Panel, style: PanelStyle): string {
  const unit = SIDE / Math.max(picture.width, picture.height);
  return [
    `<text y="13" fill="${style.text}">${escapeXml(title)}</text>`,
    `<g transform="translate(0 ${TITLE}) scale(${round(unit)})">`,
    `<rect width="${picture.width}" height="${picture.height}" fill="${style.paper}" ` +
      `stroke="${style.frame}" stroke-width="${round(1 / unit)}"/>`,
    `<path d="${inkPath(picture)}" fill="${style.ink}"/>`,
    // A pixel's middle is its place.
    `<g transform="translate(.5 .5)">`,
    skeleton === undefined ? '' : drawSkeleton(skeleton, style),
    strokes === undefined ? '' : drawStrokes(strokes, style, unit),
    '</g></g>',
  ].join('');
}

/** Rows of ink as rectangles. */
function inkPath({ width, height, ink }: InkPicture): string {
  let path = '';
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (ink[y * width + x] === 0) continue;
      const first = x;
      while (x < width && ink[y * width + x] === 1) x++;
      path += `M${first} ${y}h${x - first}v1H${first}z`;
    }
  }
  return path;
}

function drawSkeleton({ nodes, edges }: SkeletonGraph, { skeleton, paper }: PanelStyle): string {
  const lines = edges.map(({ path }) => `M${path.map(([x, y]) => `${round(x)} ${round(y)}`).join('L')}`).join('');
  const dots = nodes.map(
    ([x, y]) =>
      `<circle cx="${round(x)}" cy="${round(y)}" r="1.8" fill="${paper}" stroke="${skeleton}" stroke-width=".8"/>`,
  );
  return `<path d="${lines}" fill="none" stroke="${skeleton}" stroke-width=".8"/>${dots.join('')}`;
}

function drawStrokes({ x, y, isStart }: InkLine, { strokes: colors, paper }: PanelStyle, unit: number): string {
  const starts = [...isStart.keys()].filter((i) => isStart[i] === 1);
  const colorOf = (stroke: number) => colors[stroke % colors.length]!;
  const lines = starts.map((first, stroke) => {
    const last = (starts[stroke + 1] ?? x.length) - 1;
    const places = Array.from(
      { length: last - first + 1 },
      (_, i) => `${round(x[first + i]!)} ${round(y[first + i]!)}`,
    );
    const pen = 'stroke-width="1.6" stroke-linecap="round" stroke-linejoin="round"';
    return `<path d="M${places.join('L')}" fill="none" stroke="${colorOf(stroke)}" ${pen}/>`;
  });
  // Numbers above all lines, as large on pictures of any size.
  const size = 9 / unit;
  const numbers = starts.map((first, stroke) => {
    const [left, top] = [round(x[first]!), round(y[first]!)];
    const color = colorOf(stroke);
    const outline = `fill="${paper}" stroke="${color}" stroke-width="${round(1 / unit)}"`;
    const font = `font-size="${round(size)}" text-anchor="middle" fill="${color}"`;
    return (
      `<circle cx="${left}" cy="${top}" r="${round(size * 0.62)}" ${outline}/>` +
      `<text x="${left}" y="${round(y[first]! + size * 0.36)}" ${font}>${stroke + 1}</text>`
    );
  });
  return lines.join('') + numbers.join('');
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

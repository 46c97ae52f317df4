// What is drawn, read as strokes by the program, which sees ink alone and not the pen: in their order, each in a colour of its own
// with its number where the pen is put down.
import { type InkLine, lineOfParse, PANEL_STYLE, parsePicture } from 'stroke-programs';
import { readInk, STROKE_SIZE } from '../../data/strokes/read-ink.js';
import type { Pixels } from './pictures.js';

/** Pixels of the canvas for one of the picture. */
const SCALE = 3;
const LINE_WIDTH = 2.6;
/** Numbers of more strokes than this would hide them. */
const MOST_NUMBERS = 9;

/**
 * Makes the canvas show the picture in pale ink with its strokes, and gives their number: 0 where there is no ink, or so much
 * that it is no drawing.
 */
export function paintStrokes(canvas: HTMLCanvasElement, { size, values }: Pixels): number {
  const ink = readInk({ width: size, height: size, pixels: Uint8Array.from(values) }, 0);
  const parse = parsePicture(ink, { parses: 1, walks: 0 })?.parses[0];
  canvas.width = canvas.height = SCALE * STROKE_SIZE;
  const pen = canvas.getContext('2d')!;
  pen.fillStyle = PANEL_STYLE.paper;
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.fillStyle = PANEL_STYLE.ink;
  ink.ink.forEach((value, at) => {
    if (value === 1) pen.fillRect(SCALE * (at % STROKE_SIZE), SCALE * Math.floor(at / STROKE_SIZE), SCALE, SCALE);
  });
  if (parse === undefined) return 0;
  paintLine(pen, lineOfParse(parse));
  return parse.strokes.length;
}

function paintLine(pen: CanvasRenderingContext2D, { x, y, isStart }: InkLine): void {
  const starts = [...isStart.keys()].filter((i) => isStart[i] === 1);
  const toCanvas = (place: number) => SCALE * (place + 0.5);
  const colorOf = (stroke: number) => PANEL_STYLE.strokes[stroke % PANEL_STYLE.strokes.length]!;
  pen.lineCap = pen.lineJoin = 'round';
  pen.lineWidth = SCALE * LINE_WIDTH;
  starts.forEach((first, stroke) => {
    pen.strokeStyle = colorOf(stroke);
    pen.beginPath();
    pen.moveTo(toCanvas(x[first]!), toCanvas(y[first]!));
    for (let i = first; i < (starts[stroke + 1] ?? x.length); i++) pen.lineTo(toCanvas(x[i]!), toCanvas(y[i]!));
    pen.stroke();
  });
  if (starts.length > MOST_NUMBERS) return;
  // Above all lines.
  pen.font = `600 ${SCALE * 11}px system-ui, sans-serif`;
  pen.textAlign = 'center';
  pen.textBaseline = 'middle';
  starts.forEach((first, stroke) => {
    const [left, top] = [toCanvas(x[first]!), toCanvas(y[first]!)];
    pen.fillStyle = PANEL_STYLE.paper;
    pen.beginPath();
    pen.arc(left, top, SCALE * 6.5, 0, 2 * Math.PI);
    pen.fill();
    pen.fillStyle = colorOf(stroke);
    pen.fillText(String(stroke + 1), left, top + SCALE * 0.6);
  });
}

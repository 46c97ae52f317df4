// The drawing area: strokes by mouse, finger, pen or keys, or a picture that is shown on it.
import type { Point } from '../../data/glyphs/draw-strokes.js';
import { type DrawnStroke, drawWithin } from './pictures.js';

export interface Pad {
  readonly strokes: readonly DrawnStroke[];
  /** Takes back the last stroke, or the picture. */
  undo(): void;
  clear(): void;
  /** Shows a picture instead of strokes. */
  show(picture: ImageBitmap | HTMLCanvasElement): void;
}

export interface PadOptions {
  /** As a share of the area's width. */
  readonly penWidth: number;
  /** What was drawn has changed; `isSettled`: the pen is up. Not called for `show`. */
  readonly onChange: (isSettled: boolean) => void;
}

/** How far an arrow key moves the pen, and with Shift. */
const STEPS = { usual: 0.04, small: 0.01 } as const;
const INK = '#1d1d1b';

export function createPad(canvas: HTMLCanvasElement, { penWidth, onChange }: PadOptions): Pad {
  const frame = canvas.parentElement!;
  let strokes: Point[][] = [];
  let picture: ImageBitmap | HTMLCanvasElement | undefined;
  let pointer: number | undefined;
  /** The pen of the keyboard, while it is used. */
  let keyPen: { at: Point; isDown: boolean } | undefined;

  const render = () => {
    const size = Math.round(canvas.clientWidth * devicePixelRatio);
    if (size === 0) return;
    if (canvas.width !== size) canvas.width = canvas.height = size;
    const pen = canvas.getContext('2d')!;
    pen.clearRect(0, 0, size, size);
    if (picture !== undefined) drawWithin(pen, picture, size);
    pen.strokeStyle = INK;
    pen.lineWidth = Math.max(1, penWidth * size);
    pen.lineCap = pen.lineJoin = 'round';
    for (const [first, ...rest] of strokes) {
      pen.beginPath();
      pen.moveTo(first!.x * size, first!.y * size);
      for (const { x, y } of rest.length === 0 ? [first!] : rest) pen.lineTo(x * size, y * size);
      pen.stroke();
    }
    if (keyPen !== undefined) renderKeyPen(pen, keyPen, size, penWidth);
  };

  const change = (isSettled: boolean) => {
    render();
    onChange(isSettled);
  };
  const begin = (point: Point) => {
    picture = undefined;
    strokes.push([point]);
  };
  const goOn = (point: Point) => strokes.at(-1)!.push(point);

  const place = ({ clientX, clientY }: MouseEvent): Point => {
    const { left, top, width, height } = canvas.getBoundingClientRect();
    const clip = (value: number) => Math.min(1, Math.max(0, value));
    return { x: clip((clientX - left) / width), y: clip((clientY - top) / height) };
  };
  canvas.addEventListener('pointerdown', (event) => {
    if (pointer !== undefined || event.button !== 0) return;
    event.preventDefault();
    canvas.focus({ preventScroll: true });
    frame.classList.add('by-pointer');
    pointer = event.pointerId;
    keyPen = undefined;
    begin(place(event));
    change(false);
  });
  // On the window: a stroke may leave the area and come back.
  addEventListener('pointermove', (event) => {
    if (event.pointerId !== pointer) return;
    const between = event.getCoalescedEvents();
    for (const part of between.length > 0 ? between : [event]) goOn(place(part));
    change(false);
  });
  for (const end of ['pointerup', 'pointercancel'] as const)
    addEventListener(end, (event) => {
      if (event.pointerId !== pointer) return;
      pointer = undefined;
      change(true);
    });

  const pad: Pad = {
    get strokes() {
      return strokes;
    },
    undo() {
      if (picture !== undefined) picture = undefined;
      else strokes.pop();
      if (keyPen !== undefined) keyPen.isDown = false;
      change(true);
    },
    clear() {
      strokes = [];
      picture = undefined;
      keyPen = undefined;
      change(true);
    },
    show(shown) {
      strokes = [];
      picture = shown;
      keyPen = undefined;
      render();
    },
  };

  canvas.addEventListener('keydown', (event) => {
    frame.classList.remove('by-pointer');
    const move = MOVES[event.key];
    if (event.key === 'z' && (event.ctrlKey || event.metaKey)) pad.undo();
    else if (event.ctrlKey || event.metaKey || event.altKey) return;
    else if (event.key === 'Delete' || event.key === 'Escape') pad.clear();
    else if (event.key === 'Backspace') pad.undo();
    else if (event.key === ' ' || event.key === 'Enter') {
      keyPen ??= { at: { x: 0.5, y: 0.5 }, isDown: false };
      keyPen.isDown = !keyPen.isDown;
      if (keyPen.isDown) begin(keyPen.at);
      change(!keyPen.isDown);
    } else if (move !== undefined) {
      keyPen ??= { at: { x: 0.5, y: 0.5 }, isDown: false };
      const step = event.shiftKey ? STEPS.small : STEPS.usual;
      const clip = (value: number) => Math.min(1, Math.max(0, value));
      keyPen.at = { x: clip(keyPen.at.x + move[0] * step), y: clip(keyPen.at.y + move[1] * step) };
      if (keyPen.isDown) {
        goOn(keyPen.at);
        change(false);
      } else render();
    } else return;
    event.preventDefault();
  });
  canvas.addEventListener('blur', () => {
    const wasDown = keyPen?.isDown === true;
    keyPen = undefined;
    if (wasDown) change(true);
    else render();
  });

  new ResizeObserver(render).observe(canvas);
  return pad;
}

const MOVES: Readonly<Record<string, readonly [x: number, y: number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

function renderKeyPen(
  pen: CanvasRenderingContext2D,
  { at, isDown }: { readonly at: Point; readonly isDown: boolean },
  size: number,
  penWidth: number,
): void {
  pen.beginPath();
  pen.arc(at.x * size, at.y * size, Math.max(6, penWidth * size), 0, 2 * Math.PI);
  pen.lineWidth = 3;
  pen.strokeStyle = '#0066c8';
  pen.stroke();
  pen.fillStyle = isDown ? '#0066c8' : 'transparent';
  pen.fill();
}

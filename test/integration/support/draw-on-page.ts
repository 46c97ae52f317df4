/// <reference lib="dom" />
// The page of `oneshot demo` as a hand uses it: strokes by pointer events that the browser itself makes.
import type { CDPSession, Page } from 'playwright-core';
import type { RandomStream } from '../../../src/base/random-stream.js';
import type { Point } from '../../../src/data/glyphs/draw-strokes.js';

/** What the page says. */
export interface Verdict {
  readonly name: string;
  readonly why: string;
  /** The class of the picture that is shown as the nearest one. */
  readonly nearest: string;
}

/** What the page says once it has looked at all that was drawn. */
export function readVerdict(page: Page): Promise<Verdict> {
  return page.evaluate(async () => {
    const verdict = document.getElementById('verdict')!;
    while (verdict.getAttribute('aria-busy') !== 'false') await new Promise((resolve) => setTimeout(resolve, 5));
    return {
      name: document.getElementById('name')!.textContent,
      why: document.getElementById('why')!.textContent,
      nearest: document.getElementById('winner')!.ariaLabel!.replace('nearest known: ', ''),
    };
  });
}

/** Points between those of a path, 1/15 of the area apart at most, each off by a tremble of 1/250. */
export function tremble(random: RandomStream, path: readonly Point[]): Point[] {
  const fine = path.flatMap((to, i) => {
    const from = path[Math.max(0, i - 1)]!;
    const pieces = Math.max(1, Math.ceil(Math.hypot(to.x - from.x, to.y - from.y) * 15));
    return Array.from({ length: pieces }, (_, piece) => {
      const along = (piece + 1) / pieces;
      return { x: from.x + along * (to.x - from.x), y: from.y + along * (to.y - from.y) };
    });
  });
  return fine.map(({ x, y }) => ({ x: x + random.normal() / 250, y: y + random.normal() / 250 }));
}

/** Draws strokes, from (0, 0) to (1, 1), on a cleared drawing area. */
export async function drawStrokes(
  page: Page,
  browser: CDPSession,
  strokes: readonly (readonly Point[])[],
): Promise<void> {
  const { x, y, width, height } = await page.evaluate(() => {
    document.getElementById('clear')!.click();
    return document.getElementById('pad')!.getBoundingClientRect().toJSON() as DOMRect;
  });
  const events: Promise<unknown>[] = [];
  const send = (type: 'mousePressed' | 'mouseMoved' | 'mouseReleased', point: Point) => {
    const clip = (value: number) => Math.min(0.999, Math.max(0.001, value));
    const at = { x: x + clip(point.x) * width, y: y + clip(point.y) * height };
    const buttons = type === 'mouseReleased' ? 0 : 1;
    events.push(
      browser.send('Input.dispatchMouseEvent', {
        type,
        ...at,
        button: 'left',
        buttons,
        clickCount: 1,
        pointerType: 'pen',
      }),
    );
  };
  for (const [first, ...rest] of strokes) {
    send('mousePressed', first!);
    for (const point of rest) send('mouseMoved', point);
    send('mouseReleased', rest.at(-1) ?? first!);
  }
  await Promise.all(events);
}

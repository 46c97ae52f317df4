// One line on standard error that says how far something has come: redrawn on a terminal, now and then a line elsewhere.
import { createLogUpdate } from 'log-update';
import { showLine } from '../base/printable.js';
import { printNote } from './terminal.js';

const REDRAW_MS = 150;
const PLAIN_LINE_MS = 5000;

export interface ProgressLine {
  show(text: string): void;
  /** A line that stays. */
  note(line: string): void;
  /** Takes the line away. */
  close(): void;
}

/** The line for this terminal, or for a stream that is none. */
export function openProgressLine(): ProgressLine {
  const stream = process.stderr;
  const isLive = stream.isTTY === true && process.env.TERM !== 'dumb' && process.env.CI === undefined;
  const update = isLive ? createLogUpdate(stream, { showCursor: true }) : undefined;
  let shownAt = isLive ? Number.NEGATIVE_INFINITY : performance.now();
  let shown = '';
  return {
    show(text) {
      const now = performance.now();
      if (text === shown || now - shownAt < (isLive ? REDRAW_MS : PLAIN_LINE_MS)) return;
      shownAt = now;
      shown = text;
      if (update === undefined) printNote(text);
      else update(showLine(text).slice(0, (stream.columns ?? 80) - 1));
    },
    note(line) {
      update?.clear();
      printNote(line);
      if (update !== undefined && shown !== '') update(shown);
    },
    close() {
      update?.clear();
      update?.done();
    },
  };
}

// Lines that fit a terminal: what would wrap is cut. Escape sequences take no room.
import { stripVTControlCharacters } from 'node:util';

/** The line without what stands beyond `width` columns, its colours closed. */
export function cutLine(line: string, width: number): string {
  let seen = 0;
  let kept = '';
  for (const piece of line.match(/\u001b\[[0-9;]*m|./gu) ?? []) {
    if (piece.startsWith('\u001b')) kept += piece;
    else if (seen < width - 1) {
      kept += piece;
      seen++;
    }
  }
  return kept;
}

/** The text in `length` characters at most: its middle gives way, since names of trials differ at both ends. */
export function shortenMiddle(text: string, length: number): string {
  if (text.length <= length) return text;
  const end = Math.floor((length - 1) / 2);
  return `${text.slice(0, length - 1 - end)}…${end === 0 ? '' : text.slice(-end)}`;
}

/** Columns that the longest line of a text takes. */
export function measureWidth(text: string): number {
  return Math.max(
    ...stripVTControlCharacters(text)
      .split('\n')
      .map((line) => line.trimEnd().length),
  );
}

// How figures are written in reports: the same in HTML, Markdown and on the terminal.
import type { Interval } from '../evaluation/statistics/interval.js';

/** The sign with a space that does not break. */
export const PERCENT = '\u00a0%';

/** `21.8`: a fraction in per cent, without the sign. */
export function formatPercent(fraction: number): string {
  return (100 * fraction).toFixed(1);
}

/** `17.9–26.1`. */
export function formatInterval([low, high]: Interval): string {
  return `${formatPercent(low)}–${formatPercent(high)}`;
}

/** `87`, or `12.3` where ties were shared: a sum of credits. */
export function formatCorrect(correct: number): string {
  return Number.isInteger(correct) ? String(correct) : correct.toFixed(1);
}

/** `0.031`, or `< 0.0001`. */
export function formatPValue(pValue: number): string {
  return pValue < 0.0001 ? '< 0.0001' : pValue.toPrecision(2);
}

/** `45 s`, `12 min`, `3.4 h`. */
export function formatDuration(seconds: number): string {
  if (seconds < 120) return `${Math.round(seconds)} s`;
  if (seconds < 7200) return `${Math.round(seconds / 60)} min`;
  return `${(seconds / 3600).toFixed(1)} h`;
}

/** `1 run`, `3 runs`. */
export function formatCount(count: number, noun: string, plural = `${noun}s`): string {
  return `${count.toLocaleString('en')} ${count === 1 ? noun : plural}`;
}

/** `35 × 35 px`, kept on one line. */
export function formatSize([height, width]: readonly [number, number]): string {
  return `${height}\u00a0×\u00a0${width}\u00a0px`;
}

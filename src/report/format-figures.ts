// How figures are written in reports: the same in HTML, Markdown and on the terminal.
import type { Interval } from '../evaluation/statistics/interval.js';

/** The sign with a space that does not break. */
export const PERCENT = '\u00a0%';

/** `21.8`: a fraction in per cent, without the sign. */
export function formatPercent(fraction: number): string {
  return (100 * fraction).toFixed(1);
}

/** `+2.3`, `−0.4`: a difference of fractions in percentage points. */
export function formatDifference(difference: number): string {
  const text = formatPercent(Math.abs(difference));
  if (Number(text) === 0) return text;
  return `${difference > 0 ? '+' : '\u2212'}${text}`;
}

/** `17.9–26.1`. */
export function formatInterval([low, high]: Interval): string {
  return `${formatPercent(low)}–${formatPercent(high)}`;
}

/** `87`, or `12.3` where ties were shared: a sum of credits. */
export function formatCorrect(correct: number): string {
  return Number.isInteger(correct) ? String(correct) : correct.toFixed(1);
}

/**
 * `0.031`, or `< 0.0001`. Of one that was counted on random `draws`, as many decimals as twice its standard error leaves:
 * `0.03`.
 */
export function formatPValue(pValue: number, draws = Number.POSITIVE_INFINITY): string {
  if (pValue < 0.0001) return '< 0.0001';
  if (draws === Number.POSITIVE_INFINITY) return pValue.toPrecision(2);
  const error = 2 * Math.sqrt((pValue * (1 - pValue)) / draws);
  const decimals = error === 0 ? 2 : Math.min(4, Math.max(1, Math.floor(-Math.log10(error))));
  const text = pValue.toFixed(decimals);
  return Number(text) === 0 ? `< ${10 ** -decimals}` : text;
}

/** `1 run`, `3 runs`. */
export function formatCount(count: number, noun: string, plural = `${noun}s`): string {
  return `${count.toLocaleString('en')} ${count === 1 ? noun : plural}`;
}

/** `0.4`, `28`, `1,240`: minutes of one core. */
export function formatCoreMinutes(minutes: number): string {
  return minutes < 9.95 ? minutes.toFixed(1) : Math.round(minutes).toLocaleString('en');
}

/** `35 × 35 px`, kept on one line. */
export function formatSize([height, width]: readonly [number, number]): string {
  return `${height}\u00a0×\u00a0${width}\u00a0px`;
}

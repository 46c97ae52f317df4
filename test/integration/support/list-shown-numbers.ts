// The ways in which a report may write the numbers that it is made of.
import { formatDuration } from '../../../src/base/format-quantity.js';

/**
 * Every number of the data, as a text for each format that a page has; lengths of lists are counts, and places in them
 * numbers of runs.
 */
export function listShownNumbers(data: unknown): ReadonlySet<string> {
  const texts = new Set<string>();
  const add = (text: string) => texts.add(text.replace('-', '\u2212'));
  const visit = (value: unknown): void => {
    if (typeof value === 'number') for (const text of writeNumber(value)) add(text);
    // Dates, versions and tasks have numbers in them.
    if (typeof value === 'string') for (const text of value.match(/\d+(?:,\d{3})*(?:\.\d+)?/g) ?? []) add(text);
    if (Array.isArray(value)) for (let place = 1; place <= value.length; place++) add(place.toLocaleString('en'));
    if (typeof value === 'object' && value !== null) for (const own of Object.values(value)) visit(own);
  };
  visit(data);
  return texts;
}

function writeNumber(value: number): string[] {
  const durations = formatDuration(Math.abs(value)).match(/[\d.]+/g) ?? [];
  const percent = 100 * value;
  const decimals = [0, 1, 2, 4].flatMap((digits) => [value.toFixed(digits), percent.toFixed(digits)]);
  return [
    String(value),
    value.toLocaleString('en'),
    value.toPrecision(3),
    value.toPrecision(4),
    ...durations,
    ...decimals,
  ];
}

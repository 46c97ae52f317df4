// Text from outside (names, messages, files, answers of servers) as it may be shown: nothing in it steers a terminal, turns
// the direction of writing or hides, and no address in it shows its password. Each sign stays one sign, so that what stands
// below it still fits.
import { hideCredentials } from './hide-credentials.js';

/**
 * C0 controls and DEL have pictures of their own (U+2400 and on); C1 controls, marks of direction and lone surrogates
 * have none.
 */
const CONTROLS = /[\u0000-\u0008\u000b-\u001f\u007f]/g;
const INVISIBLE = /[\u0080-\u009f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]|\p{Surrogate}/gu;

/** The text with its control signs shown as signs: ESC is ␛. Line breaks and tabs stay. */
export function showControls(text: string): string {
  return hideCredentials(text)
    .replace(CONTROLS, (sign) => (sign === '\u007f' ? '\u2421' : String.fromCharCode(0x2400 + sign.charCodeAt(0))))
    .replace(INVISIBLE, '\ufffd');
}

/** Text for a single line: line breaks are shown as well, tabs are spaces. */
export function showLine(text: string): string {
  return showControls(text.replaceAll('\t', ' ').replaceAll('\n', '\u240a'));
}

/** The plain value as JSON, laid out for people. What could steer a terminal is escaped, which readers of JSON undo. */
export function toJsonText(value: unknown): string {
  return hideCredentials(JSON.stringify(value, null, 2) ?? 'null').replace(
    new RegExp(`[\\u007f]|${INVISIBLE.source}`, 'gu'),
    (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

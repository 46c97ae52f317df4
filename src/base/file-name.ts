// File names made of labels: what varies between trials, tasks, metrics, key paths. Labels come from users and grow with what
// they write, file systems do not: one function makes every such name.
import { hashBytes } from './stable-hash.js';

/** Longest stem. File systems take names of 255 bytes; ids, endings and the marks of temporary files come on top. */
const LONGEST_STEM = 120;
const HASH_LENGTH = 8;

/** What Windows keeps for devices, whatever the ending: https://learn.microsoft.com/windows/win32/fileio/naming-a-file. */
const RESERVED = /^(con|prn|aux|nul|conin\$|conout\$|com[0-9\u00b9\u00b2\u00b3]|lpt[0-9\u00b9\u00b2\u00b3])(\.|$)/i;

/** Whether some system cannot keep a file or folder of this name: a device's name, or one that ends with a dot or space. */
export function isReservedName(name: string): boolean {
  return RESERVED.test(name.trimEnd()) || /[. ]$/.test(name);
}

/**
 * The label as a file name without ending, at most `longest` letters that every file system takes: `A-Z a-z 0-9 . _ = + , -`.
 * Runs of other signs become `gap`. Where signs are lost that told labels apart (beyond `longest`, outside of ASCII), and
 * where the name would be reserved, 8 hex digits of the label's hash end it, so that different labels have different names.
 */
export function fileNameOf(label: string, { gap = '-', longest = LONGEST_STEM } = {}): string {
  const letters = label.replace(/[^A-Za-z0-9._=+,-]+/g, gap).replace(/^[.-]+|[.-]+$/g, '');
  const isLossy =
    letters === '' || letters.length > longest || /[^\u0020-\u007e]/.test(label) || isReservedName(letters);
  if (!isLossy) return letters;
  const hash = hashBytes(label).slice(0, HASH_LENGTH);
  const tame = isReservedName(letters) ? letters.replaceAll('.', gap) : letters;
  const kept = tame.slice(0, longest - HASH_LENGTH - 1).replace(/[.-]+$/, '');
  return kept === '' ? hash : `${kept}-${hash}`;
}

// Whatever stands in a file, it gives problems with a place in it, and never another error.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { findProblems, validFile } from './broken-file.js';

const fragments = [
  '{',
  '}',
  '[',
  ']',
  ': ',
  ',',
  '\n',
  '  ',
  '\t',
  '"',
  "'",
  '- ',
  '#',
  '&a ',
  '*a',
  '!!str ',
  '|',
  '?',
  '@',
  '%',
  '~',
  '-1',
  '.nan',
  '---\n',
  '<<: ',
  '\u0000',
  '\u00a0',
  '\r',
  '가',
  'type: ',
  'sweep: {method: grid, parameters: {',
];

/** The valid file with a few places replaced by fragments. */
const brokenText = fc
  .array(fc.record({ at: fc.nat(validFile.length), remove: fc.nat(6), insert: fc.constantFrom(...fragments) }), {
    minLength: 1,
    maxLength: 4,
  })
  .map((edits) =>
    edits.reduce((text, { at, remove, insert }) => text.slice(0, at) + insert + text.slice(at + remove), validFile),
  );

test('a broken file gives problems within its lines and columns', () => {
  fc.assert(
    fc.property(brokenText, (text) => {
      const lines = text.split(/\r\n|\n|\r/);
      for (const { line, column, found, allowed } of findProblems({ text })) {
        expect(line).toBeGreaterThanOrEqual(1);
        expect(column).toBeGreaterThanOrEqual(1);
        expect(column).toBeLessThanOrEqual((lines[line - 1] ?? expect.unreachable()).length + 1);
        expect(found).not.toBe('');
        expect(allowed).not.toBe('');
      }
    }),
    { seed: 2015, numRuns: 300 },
  );
});

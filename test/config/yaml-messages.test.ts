// The parser tells mistakes of one code apart by its English messages alone, and src/config/yaml-syntax.ts reads them: another
// version of it that words them otherwise has to be seen here, not in what people are told.
import { expect, test } from 'vitest';
import { parseDocument } from 'yaml';

test.each([
  [
    'a: [1, 2\nb: 3\n',
    'BAD_INDENT',
    'Flow sequence in block collection must be sufficiently indented and end with a ]',
  ],
  ['a: {b: [1, 2}\n', 'BAD_INDENT', 'Flow map in block collection must be sufficiently indented and end with a }'],
  ['{a: 1', 'MISSING_CHAR', 'Flow map must end with a }'],
  ['a: "x\n', 'MISSING_CHAR', 'Missing closing "quote'],
  ["a: 'x\nb: 1\n", 'MISSING_CHAR', "Missing closing 'quote"],
  ['a: 1\nb\nc: 2\n', 'MISSING_CHAR', 'Implicit map keys need to be followed by map values'],
  ['a: ["x" "y"]\n', 'MISSING_CHAR', 'Missing , or : between flow sequence items'],
  ['a: "x"#c\n', 'MISSING_CHAR', 'Comments must be separated from other tokens by white space characters'],
  ['a: 1\n]\n', 'UNEXPECTED_TOKEN', 'Unexpected flow-seq-end token in YAML stream: "]"'],
  ['a: [,1]\n', 'UNEXPECTED_TOKEN', 'Unexpected , in flow sequence'],
  ['a: - 1\n', 'UNEXPECTED_TOKEN', 'Unexpected block-seq-ind on same line with key'],
])('%j is said to be %s: %s', (text, code, message) => {
  const { errors } = parseDocument(text, { prettyErrors: false });
  expect(errors.map((error) => [error.code, error.message])).toContainEqual([code, message]);
});

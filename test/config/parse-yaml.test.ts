// What YAML 1.2 core gives for values that YAML 1.1 reads otherwise. Mistakes: broken-files/syntax.ts.
import { describe, expect, test } from 'vitest';
import { parseYaml } from '../../src/config/parse-yaml.js';
import { type SourceNode, toPlain } from '../../src/config/source-tree.js';

const read = (text: string): unknown => {
  const { root, problems } = parseYaml(text, { file: 't.yaml' });
  expect(problems).toEqual([]);
  return root && toPlain(root);
};

describe('parseYaml', () => {
  test.each<[string, unknown]>([
    ['1e-4', 1e-4],
    ['1E3', 1000],
    ['0x10', 16],
    ['0o17', 15],
    ['010', 10],
    ['1_000', '1_000'],
    ['on', 'on'],
    ['yes', 'yes'],
    ['No', 'No'],
    ['true', true],
    ['True', true],
    ['~', null],
    ['null', null],
    ['2015-05-01', '2015-05-01'],
    ['12:30', '12:30'],
    ['.inf', Number.POSITIVE_INFINITY],
    ['"1"', '1'],
    ['!!str 1', '1'],
  ])('reads %s as the core schema does', (text, value) => {
    expect(read(`key: ${text}\n`)).toEqual({ key: value });
  });

  test('takes << as an ordinary key', () => {
    expect(read('base: &base {a: 1}\nmap: {<<: *base}\n')).toEqual({ base: { a: 1 }, map: { '<<': { a: 1 } } });
  });

  test('follows aliases', () => {
    expect(read('a: &x {n: 1}\nb: *x\nc: [*x, 2]\n')).toEqual({ a: { n: 1 }, b: { n: 1 }, c: [{ n: 1 }, 2] });
  });

  test('takes the last of two anchors of one name', () => {
    expect(read('a: &x 1\nb: &x 2\nc: *x\n')).toEqual({ a: 1, b: 2, c: 2 });
  });

  test('gives an alias its own position, and what it stands for the position of the anchor', () => {
    const { root } = parseYaml('a: &x\n  n: 1\nb: *x\n', { file: 't.yaml' });
    const entry = (node: SourceNode, key: string) =>
      node.kind === 'map' ? node.entries.get(key)! : expect.unreachable();
    const alias = entry(root!, 'b');
    expect(alias.node.start).toEqual({ file: 't.yaml', line: 3, column: 4 });
    expect(entry(alias.node, 'n').node.start).toEqual({ file: 't.yaml', line: 2, column: 6 });
  });

  test('counts columns from where the text begins in what the user wrote', () => {
    const { root } = parseYaml('[a,\n b]', { file: '--set 1', column: 7 });
    expect(root?.start).toEqual({ file: '--set 1', line: 1, column: 7 });
    expect(root?.kind === 'list' && root.items.map(({ start }) => start)).toEqual([
      { file: '--set 1', line: 1, column: 8 },
      { file: '--set 1', line: 2, column: 2 },
    ]);
  });

  test('skips a byte-order mark and takes all line ends', () => {
    expect(read('\uFEFFa: 1\r\nb: 2\rc: 3\n')).toEqual({ a: 1, b: 2, c: 3 });
  });

  test('goes on behind a syntax error and marks its section', () => {
    const { root, damage } = parseYaml('a: {b: 1\nc:\n  d: 2\n', { file: 't.yaml' });
    expect(root && toPlain(root)).toEqual({ a: { b: 1 }, c: { d: 2 } });
    expect([...damage.keys]).toEqual(['a']);
  });

  test('has no root for an empty text', () => {
    expect(parseYaml('# nothing\n', { file: 't.yaml' }).root).toBeUndefined();
  });
});

// Files of at most 1 MiB that take the most work to check, each by one shape repeated: what a checker that is not linear, not
// bounded or recursive meets first. Used in full by test/soak, at a tenth of the size by the unit tests.

/** Files by name; the first is the one that is checked. */
export type HostileFiles = Readonly<Record<string, string>>;

const MIB = 1024 * 1024;

/** As many of the piece as fit. */
function fill(piece: string | ((index: number) => string), bytes: number): string {
  const pieces: string[] = [];
  let size = 0;
  for (let index = 0; ; index++) {
    const next = typeof piece === 'string' ? piece : piece(index);
    size += Buffer.byteLength(next);
    if (size > bytes) return pieces.join('');
    pieces.push(next);
  }
}

/** Pieces that are repeated behind a beginning, with an end. */
const REPEATED: Readonly<
  Record<string, readonly [before: string, piece: string | ((index: number) => string), after: string]>
> = {
  'explicit keys in each other': ['d: ', '? ', 'x'],
  'explicit keys on lines': ['', (i) => `? a${i}\n`, ''],
  'items in each other': ['d: ', '- ', 'x'],
  'opening brackets': ['d: ', '[', ''],
  'opening braces': ['d: ', '{', ''],
  'braces with keys': ['d: ', '{a: ', ''],
  'closing brackets': ['d: []', ']', ''],
  'closing braces on lines': ['d: {}\n', '}\n', ''],
  'brackets in pairs': ['d: [', '[],', ']'],
  commas: ['d: [', ',', ']'],
  colons: ['d: {', ':,', '}'],
  'colons in a row': ['d: ', 'a: ', '1'],
  'a hundred colons on each line': ['', (i) => `k${i}: ${'a: '.repeat(90)}1\n`, ''],
  'two colons on each line': ['', (i) => `k${i}: a: 1\n`, ''],
  'deeper with each colon': ['', (i) => `${' '.repeat(i)}k: a: 1\n`, ''],
  'texts with colons over lines': ['', (i) => `k${i}:\n  a b\n  c: d\n`, ''],
  'document marks': ['name: a\n', '---\n', ''],
  'document ends': ['name: a\n', '...\n', ''],
  documents: ['', (i) => `---\na${i}: 1\n`, ''],
  directives: ['', '%YAML 1.2\n', '---\nname: a\n'],
  'bad escapes': ['d: "', '\\q', '"'],
  'bad escapes on lines': ['', (i) => `a${i}: "\\q"\n`, ''],
  'open quotes': ['', (i) => `a${i}: "x\n`, ''],
  'single quotes': ['d: ', "'", ''],
  'unknown keys': ['name: a\n', (i) => `k${i}: 1\n`, ''],
  'unknown keys in braces': ['training: {', (i) => `k${i}: 1,`, '}'],
  'nearly known keys': ['training:\n', (i) => `  maxEpochs${i}: 1\n`, ''],
  'long unknown keys': ['', (i) => `${'k'.repeat(900)}${i}: 1\n`, ''],
  'one long key': ['', 'k', ': 1\n'],
  'one long path as a key': ['? sweep', '.parametersname', '\n: 1\n'],
  'dotted keys': ['', (i) => `training.maxEpochs.a${i}: 1\n`, ''],
  'look-alike keys': ['', (i) => `nаme${i}: 1\n`, ''],
  'one key again and again': ['', 'name: a\n', ''],
  'one key again in braces': ['d: {', 'a: 1,', '}'],
  'keys without values': ['', (i) => `k${i}:\n`, ''],
  'missing colons': ['', (i) => `word${i}\n`, ''],
  'missing spaces': ['', (i) => `k${i}:1\n`, ''],
  anchors: ['', (i) => `k${i}: &a${i} 1\n`, ''],
  'anchors of one value': ['d: ', '&a ', '1'],
  'one anchor again': ['', (i) => `k${i}: &a 1\n`, ''],
  aliases: ['k: &a [1, 2]\nd: [', '*a,', ']'],
  'aliases of nothing': ['d: [', (i) => `*b${i},`, ']'],
  'aliases of aliases': ['a0: &a0 [x]\n', (i) => `a${i + 1}: &a${i + 1} [*a${i}, *a${i}]\n`, ''],
  'aliases of wrong items': ['k: &a {filtres: 1}\nmodel: {encoder: [', '*a,', ']}'],
  'merge keys': ['a: &a {b: 1}\n', (i) => `c${i}: {<<: *a}\n`, ''],
  tags: ['d: [', '!t 1,', ']'],
  'tags of one value': ['d: ', '!t ', '1'],
  'lone tags': ['d: [', '!,', ']'],
  tabs: ['d:\n', '\t', 'a: 1'],
  'tabs as indentation': ['d:\n', '\ta: 1\n', ''],
  'odd indentation': ['', (i) => `${' '.repeat(i % 40)}k${i}: 1\n`, ''],
  'steps of indentation': ['', (i) => `${' '.repeat(i)}k:\n`, ''],
  'falling indentation': ['', (i) => `${' '.repeat(1000 - (i % 1000))}k${i}: 1\n`, ''],
  'line breaks': ['name: a', '\n', ''],
  'carriage returns': ['name: a', '\r', 'b: 1'],
  spaces: ['name:', ' ', 'a'],
  'no-break spaces': ['', '\u00a0a: 1\n', ''],
  comments: ['', '# a\n', 'name: a\n'],
  'comments without space': ['d: [1', '#a\n', ']'],
  'control characters': ['d: "', '\u0007', '"'],
  'control characters on lines': ['', (i) => `a${i}: \u0007\n`, ''],
  'invisible signs': ['', (i) => `\u200bk${i}: 1\n`, ''],
  'a block of text': ['description: |\n', '  word word word\n', ''],
  'blocks of text': ['', (i) => `k${i}: |\n  a\n`, ''],
  'folded text': ['name: >\n', '  a\n\n', ''],
  'long text': ['name: ', 'a', ''],
  'words as a name': ['name: ', 'a b ', ''],
  digits: ['seeds: [', '9', ']'],
  seeds: ['name: a\nseeds: [', (i) => `${i},`, ']'],
  'the same seed': ['name: a\nseeds: [', '1,', ']'],
  'seeds that are text': ['name: a\nseeds: [', 'a,', ']'],
  'seeds that are maps': ['name: a\nseeds: [', '{a: 1},', ']'],
  extends: ['name: a\nextends: [', 'missing.yaml,', ']'],
  'extends of many': ['name: a\nextends: [', (i) => `m${i}.yaml,`, ']'],
  layers: ['name: a\nmodel:\n  encoder:\n', (i) => `    - {name: c${i}, type: relu}\n`, '  head: {type: l1}\n'],
  'layers without names': ['name: a\nmodel:\n  encoder:\n', '    - {type: relu}\n', '  head: {type: l1}\n'],
  'layers of one name': ['name: a\nmodel:\n  encoder:\n', '    - {name: a, type: relu}\n', '  head: {type: l1}\n'],
  'layers of no kind': ['name: a\nmodel:\n  encoder:\n', '    - {type: cnv}\n', '  head: {type: l1}\n'],
  'layers with wrong keys': ['name: a\nmodel:\n  encoder:\n', '    - {type: conv, filtres: 1}\n', ''],
  'residual layers': ['name: a\nmodel: {head: {type: l1}, encoder: [', '{type: residual, layers: [', ''],
  'residual layers, closed': [
    'name: a\nmodel: {head: {type: l1}, encoder: [',
    '{type: residual, layers: [{type: relu}]},',
    ']}',
  ],
  convolutions: [
    'name: a\nmodel:\n  encoder:\n',
    '    - {type: conv, filters: 4, kernelSize: 1}\n',
    '  head: {type: l1}\n',
  ],
  evaluations: ['name: a\ndata: {dataset: glyphs}\nevaluation:\n', '  - {protocol: within-alphabet, nWay: 5}\n', ''],
  'wrong evaluations': [
    'name: a\ndata: {dataset: glyphs}\nevaluation:\n',
    '  - {protocol: within-alphabet, nWay: 900}\n',
    '',
  ],
  ways: [
    'name: a\ndata: {dataset: glyphs}\nevaluation:\n  - {protocol: within-alphabet, nWay: [',
    (i) => `${i + 2},`,
    ']}\n',
  ],
  baselines: ['name: a\nbaselines: [', 'chance,', ']'],
  'wrong baselines': ['name: a\nbaselines: [', (i) => `chnce${i},`, ']'],
  alphabets: ['name: a\ndata: {dataset: omniglot, validationAlphabets: [', (i) => `Latn${i},`, ']}'],
  digits10: ['name: a\ndata: {dataset: mnist, trainDigits: [', (i) => `${i % 12},`, ']}'],
  'values of a grid': ['name: a\nsweep: {method: grid, parameters: {training.batchSize: [', (i) => `${i},`, ']}}'],
  'wrong values of a grid': [
    'name: a\nsweep: {method: grid, parameters: {training.batchSize: [',
    (i) => `x${i},`,
    ']}}',
  ],
  'paths of a grid': [
    'name: a\nsweep:\n  method: grid\n  parameters:\n',
    (i) => `    training.batchSize${i}: [1, 2]\n`,
    '',
  ],
  'points of a list': ['name: a\nsweep:\n  method: list\n  points:\n', (i) => `    - {training.batchSize: ${i}}\n`, ''],
  'deep paths': ['name: a\nsweep: {method: grid, parameters: {"', 'a.', '": [1]}}'],
};

/** The text that is around each shape in `within an experiment`. */
const EXPERIMENT = `name: q
data: {dataset: glyphs, trainAlphabets: 2, validationAlphabets: 1, testAlphabets: 1, charactersPerAlphabet: 5, drawers: 4, imageSize: 14}
model:
  encoder:
    - {name: conv1, type: conv, filters: 4, kernelSize: 3}
    - {type: flatten}
    - {type: dense, units: 8}
  head: {type: weightedL1}
training:
  task: {type: allPairs, alphabets: 1, characters: 4, drawers: 2}
  optimizer: {type: sgd, learningRate: 0.01}
  stepsPerEpoch: 2
  maxEpochs: 2
evaluation:
  - {protocol: within-alphabet, nWay: 5, episodes: 4}
`;

/** All shapes, each of `bytes` at most. */
export function listHostileShapes(bytes = MIB): ReadonlyMap<string, HostileFiles> {
  const shapes = new Map<string, HostileFiles>();
  for (const [name, [before, piece, after]] of Object.entries(REPEATED)) {
    const room = bytes - Buffer.byteLength(before) - Buffer.byteLength(after);
    shapes.set(name, { 'shape.yaml': before + fill(piece, room) + after });
  }
  const repeat = (begin: string, piece: (index: number) => string) =>
    EXPERIMENT.replace(...([begin, begin + fill(piece, bytes - EXPERIMENT.length)] as const));
  shapes.set('an experiment of many layers', {
    'shape.yaml': repeat('  encoder:\n', (i) => `    - {name: c${i}, type: relu}\n`),
  });
  shapes.set('an experiment of many convolutions', {
    'shape.yaml': repeat('  encoder:\n', () => '    - {type: conv, filters: 2, kernelSize: 1}\n'),
  });
  shapes.set('an experiment of many evaluations', {
    'shape.yaml':
      EXPERIMENT + fill('  - {protocol: within-alphabet, nWay: 5, episodes: 4}\n', bytes - EXPERIMENT.length),
  });
  shapes.set('an experiment of many values', {
    'shape.yaml': `${EXPERIMENT}sweep: {method: grid, parameters: {training.optimizer.learningRate: [${fill((i) => `${(i + 1) / 1e7},`, bytes - EXPERIMENT.length - 100)}]}}`,
  });
  shapes.set('an experiment of many points', {
    'shape.yaml': `${EXPERIMENT}sweep:\n  method: list\n  points:\n${fill((i) => `    - {training.optimizer.learningRate: ${(i + 1) / 1e7}}\n`, bytes - EXPERIMENT.length - 100)}`,
  });
  shapes.set('an experiment of many wrong values', {
    'shape.yaml': `${EXPERIMENT}sweep: {method: grid, parameters: {training.optimizer.learningRate: [${fill((i) => `-${(i + 1) / 1e7},`, bytes - EXPERIMENT.length - 100)}]}}`,
  });
  shapes.set('an experiment of many seeds', {
    'shape.yaml': `seeds: [${fill((i) => `${i},`, bytes - EXPERIMENT.length - 100)}]\n${EXPERIMENT}`,
  });
  const twice = (count: number) =>
    Object.fromEntries(
      Array.from({ length: count }, (_, i) => [
        i === 0 ? 'shape.yaml' : `f${i}.yaml`,
        i === count - 1 ? 'name: a\n' : `extends: [f${i + 1}.yaml, f${i + 1}.yaml]\n`,
      ]),
    );
  shapes.set('files that each extend the next twice', twice(20));
  shapes.set('one file extended again and again', {
    'shape.yaml': `extends: [${fill('base.yaml,', bytes - 20)}]\n`,
    'base.yaml': EXPERIMENT,
  });
  shapes.set('itself, again and again', { 'shape.yaml': `extends: [${fill('shape.yaml,', bytes - 20)}]\n` });
  shapes.set('a large file extended by many', {
    'shape.yaml': `extends: [${Array.from({ length: 50 }, (_, i) => `g${i}.yaml`).join(', ')}]\n`,
    ...Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`g${i}.yaml`, `extends: large.yaml\nname: g${i}\n`])),
    'large.yaml': `name: a\nseeds: [${fill((i) => `${i},`, bytes - 100)}]\n`,
  });
  return shapes;
}

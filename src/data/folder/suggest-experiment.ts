// An experiment for a folder of pictures, as commented YAML: photographs meet a network that learned on photographs, drawings
// a small one that learns from them alone.
import { OneshotError } from '../../base/problem.js';
import type { DataFolder } from '../../config/experiment.js';
import { countDivision, divideFolder } from './divide-folder.js';
import { type FolderListing, listFolder } from './list-folder.js';
import type { FolderLook } from './look-at-folder.js';

/** Ways and shots that are asked for where there are enough classes and pictures. */
const WAYS = [5, 20];
const SHOTS = [1, 5];

/** The text of an experiment file; `path` is the folder as the file names it. */
export function suggestExperiment(name: string, path: string, section: DataFolder, look: FolderLook): string {
  const head = [
    '# yaml-language-server: $schema=editor.schema.json',
    ...describeLook(look).map((line) => `# ${line}`),
    `name: ${name}`,
  ];
  const body = look.isColored ? suggestPretrained(path, section, look) : suggestTrained(path, section, look);
  return `${[...head, ...body].join('\n')}\n`;
}

function describeLook(look: FolderLook): string[] {
  const { classes, groups, pictures, fewest, most, smallest, largest, isColored, notes } = look;
  const inGroups = groups > 1 ? ` in ${groups} groups` : '';
  const each = fewest === most ? `${fewest}` : `${fewest} to ${most}`;
  const size = ([height, width]: readonly [number, number]) => `${width} x ${height}`;
  const sizes = size(smallest) === size(largest) ? size(largest) : `${size(smallest)} to ${size(largest)}`;
  return [
    `${classes} classes${inGroups} with ${pictures} pictures (${each} of each), ${isColored ? 'in colour' : 'grey'}, ` +
      `${sizes} pixels.`,
    ...notes.map((note) => `${note[0]!.toUpperCase()}${note.slice(1)}.`),
  ];
}

function suggestPretrained(path: string, section: DataFolder, look: FolderLook): string[] {
  const listing = listFolder(section);
  // Nothing is trained: half of the classes say what all pictures have in common, the others are the test.
  const share = { ...section, validation: 0, test: 0.5 };
  const isTiny = !look.hasSplit && countDivision(listing, share).test.classes < 2;
  const isDivided = look.hasSplit || look.classes > 2;
  const divided = isDivided ? (isTiny ? { ...share, test: 0.9 } : share) : { ...share, divideBy: 'pictures' as const };
  return [
    'data:',
    '  dataset: folder',
    `  path: ${JSON.stringify(path)}`,
    ...labelsLine(section),
    ...minimumLine(section),
    '  color: rgb              # as people see them; grey: ink on paper',
    '  imageSize: 160          # pictures are cropped to squares of this size (fit: pad keeps all of them)',
    ...(look.hasSplit ? [] : isDivided ? testOfClasses(isTiny ? 0.9 : 0.5) : TEST_OF_PICTURES),
    ...(look.hasSplit ? [] : ['  validation: 0           # nothing is chosen, so nothing is kept for choosing']),
    'model:',
    '  encoder:',
    '    # Learned on 1.3 million photographs, used as it is: nothing is trained, a run takes seconds to minutes.',
    '    - {name: features, type: pretrained, network: efficientnet-lite0}',
    '    # Less what all pictures have in common.',
    '    - {type: center}',
    '  head: {type: cosine}',
    'evaluation:',
    ...evaluationLines(
      listing,
      divided,
      'How often the right one of nWay classes is named, by kShot pictures of each.',
    ),
    '# With a hundred classes and more, let its last layers learn on: trainLast: 9 and learningRate: 0.0005 above, some classes',
    '# for validation, and a section `training` as in experiments/emoji.yaml.',
  ];
}

function testOfClasses(share: number): string[] {
  return [`  test: ${share}               # half of the classes are measured on, by data.seed; or a list of names`];
}

// Of two classes none can be kept from training and still be told from another.
const TEST_OF_PICTURES = [
  '  divideBy: pictures      # of two classes: some pictures of each, on both sides',
  '  test: 0.5               # half of the pictures of each class, by data.seed',
];

function suggestTrained(path: string, section: DataFolder, look: FolderLook): string[] {
  const listing = listFolder(section);
  const divided = look.hasSplit ? { ...section, ...SHARES[0] } : chooseShares(listing, section, look);
  const { train, validation } = countDivision(listing, divided);
  const hasValidation = validation.classes >= 2;
  const characters = Math.min(10, train.classes);
  return [
    'data:',
    '  dataset: folder',
    `  path: ${JSON.stringify(path)}`,
    ...labelsLine(section),
    ...minimumLine(section),
    '  color: grey             # ink on paper; rgb: as people see them',
    '  imageSize: 32           # what the network sees; fine detail takes 64 or more, and four times the time',
    '  sourceSize: 64          # what distorted pictures are sampled from',
    ...(look.hasSplit
      ? []
      : [`  test: ${divided.test}               # classes that are measured on, by data.seed; or a list of names`]),
    ...(look.hasSplit ? [] : [VALIDATION_LINES[divided.validation]]),
    'augmentation:',
    '  affine: {componentProbability: 0.5, rotationDegrees: 10, shear: 0.2, scale: [0.85, 1.15], translationPixels: 2}',
    'model:',
    '  encoder:',
    ...[16, 32, 64].flatMap((filters) => [
      `    - {type: conv, filters: ${filters}, kernelSize: 3, padding: same, useBias: false}`,
      '    - {type: batchNorm}',
      '    - {type: relu}',
      '    - {type: maxPool, size: 2}',
    ]),
    '    - {type: flatten}',
    '    - {name: embedding, type: dense, units: 128, useBias: false}',
    '    - {type: batchNorm}',
    '    - {type: sigmoid}',
    '  head: {type: weightedL1, weightInitializer: {type: constant, value: -0.3125}, biasInitializer: {type: ' +
      'constant, value: 3}}',
    'training:',
    '  # Drawers are pictures of a class here.',
    `  task: {type: allPairs, alphabets: 4, characters: ${characters}, drawers: ${Math.min(4, train.fewest)}, negatives: hard}`,
    '  optimizer: {type: adamW, learningRate: 0.005, beta1: 0.9, beta2: 0.98, weightDecay: 0.02}',
    '  schedule: {type: cosine, warmupFraction: 0.08}',
    '  averaging: {decay: 0.99}',
    '  stepsPerEpoch: 50',
    '  maxEpochs: 12',
    ...(hasValidation ? validationLines(validation.classes) : []),
    'evaluation:',
    ...evaluationLines(
      listing,
      divided,
      'How often the right one of nWay classes is named, by kShot pictures of each, classes that it has never seen.',
    ),
  ];
}

/** Shares of the classes, the better ones first: of a few none is kept for choosing the epoch. */
const SHARES = [
  { validation: 0.2, test: 0.3 },
  { validation: 0, test: 0.5 },
] as const;
const VALIDATION_LINES = {
  0.2: '  validation: 0.2         # classes that choose the best epoch',
  0: '  validation: 0           # of so few classes none is kept for choosing the best epoch',
} as const;

/** The section with the first shares that leave two classes to learn from and two to measure. Throws OneshotError('usage'). */
function chooseShares(listing: FolderListing, section: DataFolder, { classes }: FolderLook) {
  for (const shares of SHARES) {
    const { train, validation, test } = countDivision(listing, { ...section, ...shares });
    if (train.classes >= 2 && test.classes >= 2 && validation.classes !== 1) return { ...section, ...shares };
  }
  throw new OneshotError(
    'usage',
    `${classes} ${classes === 1 ? 'class is' : 'classes are'} too few to learn from some and measure others; expected 4 at least`,
    {
      hint: 'a network that has learned from other pictures names them all the same: `oneshot classify RUN --support FOLDER`',
    },
  );
}

// Where the folder's own split has the same classes on both sides, its question is another: which of these is it?
function evaluationLines(listing: FolderListing, section: DataFolder, question: string): string[] {
  const { train, test } = countDivision(listing, section);
  if (divideFolder(listing, section).sharedClasses.length < 2)
    return [
      `  # ${question}`,
      `  - {protocol: cross-alphabet, nWay: ${list(waysFor(test.classes))}, kShot: ${list(shotsFor(test.fewest))}, ` +
        'episodes: 100}',
    ];
  return [
    '  # The folder has the same classes for training and the test: how often each test picture is named right among all of',
    '  # them, by kShot training pictures of each. No figure on classes that it has never seen.',
    `  - {protocol: closed-set, kShot: ${list(SHOTS.filter((kShot) => kShot <= train.fewest))}}`,
  ];
}

function validationLines(classes: number): string[] {
  const nWay = Math.min(5, classes);
  return [`  validation: {protocol: cross-alphabet, nWay: ${nWay}, queries: ${60 * nWay}}`];
}

function labelsLine({ labels }: DataFolder): string[] {
  const files = [labels ?? []].flat().map((file) => JSON.stringify(file));
  return files.length === 0 ? [] : [`  labels: ${files.length === 1 ? files[0] : `[${files.join(', ')}]`}`];
}

function minimumLine({ minimumPictures }: DataFolder): string[] {
  return minimumPictures === undefined
    ? []
    : [`  minimumPictures: ${minimumPictures}      # classes with fewer are left out`];
}

function waysFor(classes: number): number[] {
  const ways = WAYS.filter((nWay) => nWay <= classes);
  return ways.length === 0 ? [classes] : ways;
}

// The query takes a picture as well.
function shotsFor(fewest: number): number[] {
  return SHOTS.filter((kShot) => kShot < fewest);
}

function list(values: readonly number[]): string {
  return values.length === 1 ? String(values[0]) : `[${values.join(', ')}]`;
}

// The data set `glyphs`: drawn by the program itself, everything from a seed, so that there is something to train on
// without any download. Alphabets are invented in glyph-alphabet.ts, people's hands in glyph-hand.ts.
import { randomStream } from '../../base/random-stream.js';
import { stableHash } from '../../base/stable-hash.js';
import type { DataGlyphs } from '../../config/experiment.js';
import { gatherData } from '../gather-data.js';
import type { DataDescription, DataSetType } from '../loaded-data.js';
import { allocatePixels, sealPictureSet } from '../pictures/picture-file.js';
import type { Character, PictureSet } from '../pictures/picture-set.js';
import { CLEAN_VERSION, cacheSizedPictures, resolveSizes } from '../pictures/picture-sizes.js';
import { countSelection, SPLIT_PURPOSES, type SplitRule } from '../splits.js';
import { createStrokePen } from './draw-strokes.js';
import { inventAlphabet } from './glyph-alphabet.js';
import { drawByHand, inventHand } from './glyph-hand.js';

/** Changes whenever the same section gives other drawings than before. */
const GLYPHS_VERSION = 2;

export const glyphsDataSet: DataSetType<DataGlyphs> = {
  describe,
  nothingToTrain: { keys: [['trainAlphabets'], []], found: 'no alphabets for training', allowed: 'at least one' },
  fillSelection: (selection) => `raise data.${selection}Alphabets`,
  async load(section, options) {
    const sizes = resolveSizes(section);
    const cache = { folder: options.cacheFolder, report: options.report };
    const pictures = await cacheSizedPictures(cache, 'glyphs', sourceKey(section), sizes, () => {
      options.report?.(`drawing glyphs (once; kept in ${options.cacheFolder})`);
      return drawGlyphs(section);
    });
    return gatherData(pictures, splitRule(section), describe(section));
  },
};

/**
 * All drawings at `sourceSize`: alphabets of training, validation, test; in each by character, then by drawer. The same
 * geometry at every size.
 */
export function drawGlyphs(section: DataGlyphs): PictureSet {
  const { seed, charactersPerAlphabet, drawers } = section;
  const { sourceSize: size, inkGain } = resolveSizes(section);
  const alphabets = listAlphabets(section);
  const count = alphabets.length * charactersPerAlphabet * drawers;
  const pixels = allocatePixels(count * size * size);
  const characters: Character[] = [];
  const character = new Int32Array(count);
  const drawer = new Int32Array(count);
  const pen = createStrokePen(size);
  const ink = new Float64Array(size * size);
  let picture = 0;
  alphabets.forEach((name, alphabet) => {
    const glyphs = inventAlphabet(randomStream(seed, 'glyphs', name), charactersPerAlphabet);
    const hands = Array.from({ length: drawers }, (_, d) => inventHand(randomStream(seed, 'glyphs', name, 'hand', d)));
    glyphs.forEach((glyph, number) => {
      characters.push({ alphabet, name: `character${String(number + 1).padStart(2, '0')}` });
      hands.forEach((hand, d) => {
        const drawing = drawByHand(randomStream(seed, 'glyphs', name, 'drawing', number, d), hand, glyph);
        ink.fill(0);
        pen.draw(ink, drawing.strokes, drawing.place, drawing.penRadius);
        for (let p = 0; p < ink.length; p++) {
          pixels[picture * ink.length + p] = Math.min(255, Math.round(255 * inkGain * ink[p]!));
        }
        character[picture] = characters.length - 1;
        drawer[picture] = d;
        picture++;
      });
    });
  });
  return sealPictureSet({
    // The same character of another seed is another drawing: episodes of the two must not be taken for the same.
    name: `glyphs-${seed}`,
    height: size,
    width: size,
    pixels,
    alphabets,
    characters,
    character,
    drawer,
  });
}

function describe(section: DataGlyphs): DataDescription {
  const rule = splitRule(section);
  const sizes = resolveSizes(section);
  const characters = new Map(listAlphabets(section).map((name) => [name, section.charactersPerAlphabet]));
  const count = (purpose: 'train' | 'validation' | 'test') =>
    countSelection(rule[purpose], characters, section.drawers);
  return {
    dataset: 'glyphs',
    ...sizes,
    selections: { train: count('train'), validation: count('validation'), test: count('test') },
    disjointDrawers: rule.disjointDrawers,
    hasLakeRuns: false,
    identity: stableHash({ ...sourceKey(section), ...sizes, cleanVersion: CLEAN_VERSION }),
  };
}

function sourceKey(section: DataGlyphs) {
  const { seed, trainAlphabets, validationAlphabets, testAlphabets, charactersPerAlphabet, drawers } = section;
  const { sourceSize, inkGain } = resolveSizes(section);
  return {
    dataset: 'glyphs',
    version: GLYPHS_VERSION,
    ...{
      seed,
      trainAlphabets,
      validationAlphabets,
      testAlphabets,
      charactersPerAlphabet,
      drawers,
      sourceSize,
      inkGain,
    },
  };
}

// Numbered within each purpose: more alphabets for training leave those of the test as they are.
function splitRule(section: DataGlyphs): SplitRule {
  const names = (purpose: string, count: number) =>
    Array.from({ length: count }, (_, i) => `${purpose}-${String(i + 1).padStart(2, '0')}`);
  return {
    train: { alphabets: names('train', section.trainAlphabets) },
    validation: { alphabets: names('validation', section.validationAlphabets) },
    test: { alphabets: names('test', section.testAlphabets) },
    disjointDrawers: false,
  };
}

function listAlphabets(section: DataGlyphs): string[] {
  const rule = splitRule(section);
  return SPLIT_PURPOSES.flatMap((purpose) => rule[purpose].alphabets);
}

// Pictures that somebody brings go through the very path of the training data: the same pixels come out.
import { describe, expect, test } from 'vitest';
import type { DataGlyphs } from '../../src/config/experiment.js';
import { drawGlyphs } from '../../src/data/glyphs/glyphs-data-set.js';
import { decodePicture } from '../../src/data/pictures/decode-picture.js';
import { encodePng } from '../../src/data/pictures/encode-png.js';
import { type PictureSet, pictureAt } from '../../src/data/pictures/picture-set.js';
import { cleanPictures } from '../../src/data/pictures/picture-sizes.js';
import { resizePictures } from '../../src/data/pictures/resize.js';
import { createViewer, type PictureForm } from '../../src/data/pictures/see-picture.js';

const SECTION: DataGlyphs = {
  dataset: 'glyphs',
  seed: 3,
  trainAlphabets: 1,
  validationAlphabets: 0,
  testAlphabets: 0,
  charactersPerAlphabet: 3,
  drawers: 2,
  imageSize: 105,
  inkGain: 1,
};

const FORM: PictureForm = {
  imageSize: 28,
  sourceSize: 28,
  color: 'grey',
  fit: 'pad',
  ink: 'auto',
  inkGain: 1,
  background: '#ffffff',
};

const pngOf = (set: PictureSet, index: number) => encodePng(pictureAt(set, index), set);

describe('createViewer', () => {
  // Omniglot's gain is applied before rounding, that of files after it: they may differ by the rounding.
  test('gives the pixels that the data set has, at two sizes with a gain, but for rounding', async () => {
    const drawn = drawGlyphs(SECTION);
    const trained = cleanPictures(resizePictures(drawn, 56, 1.3), 28);
    const view = createViewer({ ...FORM, sourceSize: 56, inkGain: 1.3 });
    for (let index = 0; index < 6; index++) {
      const seen = view(await decodePicture(pngOf(drawn, index)));
      expect(seen).toMatchObject({ height: 105, width: 105, ink: 'dark' });
      const differences = pictureAt(trained, index).map((ink, pixel) => Math.abs(ink - seen.pixels[pixel]!));
      expect(Math.max(...differences)).toBeLessThanOrEqual(1);
    }
  });

  test('tells light ink on dark paper by the edge, and takes a tone that is asked for', async () => {
    const drawn = drawGlyphs(SECTION);
    const negative = { ...drawn, pixels: drawn.pixels.map((ink) => 255 - ink) };
    const dark = createViewer({ ...FORM })(await decodePicture(pngOf(drawn, 0)));
    const light = createViewer({ ...FORM })(await decodePicture(pngOf(negative, 0)));
    expect(light.ink).toBe('light');
    expect(light.pixels).toEqual(dark.pixels);
    const forced = createViewer({ ...FORM, ink: 'dark' })(await decodePicture(pngOf(negative, 0)));
    expect(forced.pixels[0]).toBe(255);
  });
});

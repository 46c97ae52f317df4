// A plot as a PNG file, for texts and slides that take no SVG. Drawn by resvg with a font that comes along, so that a
// machine without fonts draws its letters too; the system's fonts are read where a name needs signs that this one lacks.
import { createRequire } from 'node:module';
import { Resvg } from '@resvg/resvg-js';

/** Pixels of the file for each pixel of the plot: sharp on paper and on dense screens. */
const SCALE = 2;

const FONT = {
  family: 'DejaVu Sans Condensed',
  // About as wide as the common fonts that widths are estimated by (`estimateWidth`).
  path: createRequire(import.meta.url).resolve('dejavu-fonts-ttf/ttf/DejaVuSansCondensed.ttf'),
  /** What it certainly lacks: the scripts of South and East Asia, and pictographs. Punctuation lies between. */
  lacks: /[\u0900-\u1dff\u2e80-\ufb0f]|[\u{1f000}-\u{3ffff}]/u,
};

/** The PNG file of an SVG from `drawSpec`, on white. */
export function rasterizePlot(svg: string): Buffer {
  const image = new Resvg(svg, {
    background: '#fff',
    fitTo: { mode: 'zoom', value: SCALE },
    font: {
      fontFiles: [FONT.path],
      loadSystemFonts: FONT.lacks.test(svg),
      defaultFontFamily: FONT.family,
      sansSerifFamily: FONT.family,
    },
  });
  return image.render().asPng();
}

// What all plots share: their size, their colours by role, and how names fit into them.

/** Width and height of the plotting area in pixels: a plot with its axis fits a phone without being shrunk. */
export const WIDTH = 300;
export const HEIGHT = 200;
export const FONT_SIZE = 11;

/** Letters of a row's label, and of a name in a legend. */
export const MOST_ROW_LETTERS = 34;
export const MOST_LEGEND_LETTERS = 52;

/**
 * Width of a text in pixels, by the mean of common fonts: without a browser Vega takes every letter for as wide as the
 * widest and leaves empty room.
 */
export function estimateWidth(text: string, fontSize: number): number {
  const widthOf = (letter: string) => {
    if (/[\u1100-\u11ff\u2e80-\ud7ff\uf900-\ufaff]/.test(letter)) return 1;
    if (/[%mwMW@]/.test(letter)) return 0.9;
    return /\d/.test(letter) ? 0.62 : 0.55;
  };
  return Math.ceil(fontSize * [...text].reduce((ems, letter) => ems + widthOf(letter), 0));
}

/** Names cut to a length, still different from each other: signs without width are added where two would be the same. */
export function shortenNames(names: readonly string[], mostLetters: number): ReadonlyMap<string, string> {
  const short = new Map<string, string>();
  const taken = new Set<string>();
  for (const name of new Set(names)) {
    const letters = [...name];
    let cut = letters.length <= mostLetters ? name : `${letters.slice(0, mostLetters - 1).join('')}…`;
    while (taken.has(cut)) cut += '\u200b';
    taken.add(cut);
    short.set(name, cut);
  }
  return short;
}

/**
 * Colours of light pages by their role; `plotForPage` replaces them by CSS variables. Series: Okabe and Ito 2008,
 * readable without colour vision.
 */
export const PLOT_COLORS: Readonly<Record<string, string>> = {
  ink: '#1c1c1b',
  faint: '#dededb',
  card: '#ffffff',
  'series-1': '#0072b2',
  'series-2': '#d55e00',
  'series-3': '#009e73',
  'series-4': '#cc79a7',
  'series-5': '#946c00',
  'series-6': '#3a9bd1',
  'series-7': '#7b5ea7',
  'series-8': '#6a6a67',
};

/** The colours of series in their order. */
export const SERIES_COLORS = Object.entries(PLOT_COLORS)
  .filter(([role]) => role.startsWith('series'))
  .map(([, color]) => color);

/** Series that a plot tells apart by colour; more of them are drawn in one colour without a legend. */
export const MOST_COLORED_SERIES = SERIES_COLORS.length;

// What Omniglot consists of, known without its files: the alphabets of both sets with their numbers of characters, each
// drawn by 20 people (Lake, Salakhutdinov, Tenenbaum 2015; counted in the zips of github.com/brendenlake/omniglot).

/** People who drew each character; their numbers in the file names count from 01. */
export const OMNIGLOT_DRAWERS = 20;

/** Height and width of the files. */
export const OMNIGLOT_SIZE = 105;

/** The 30 alphabets of images_background.zip with their numbers of characters: 964 in all. */
export const BACKGROUND_ALPHABETS: ReadonlyMap<string, number> = new Map([
  ['Alphabet_of_the_Magi', 20],
  ['Anglo-Saxon_Futhorc', 29],
  ['Arcadian', 26],
  ['Armenian', 41],
  ['Asomtavruli_(Georgian)', 40],
  ['Balinese', 24],
  ['Bengali', 46],
  ['Blackfoot_(Canadian_Aboriginal_Syllabics)', 14],
  ['Braille', 26],
  ['Burmese_(Myanmar)', 34],
  ['Cyrillic', 33],
  ['Early_Aramaic', 22],
  ['Futurama', 26],
  ['Grantha', 43],
  ['Greek', 24],
  ['Gujarati', 48],
  ['Hebrew', 22],
  ['Inuktitut_(Canadian_Aboriginal_Syllabics)', 16],
  ['Japanese_(hiragana)', 52],
  ['Japanese_(katakana)', 47],
  ['Korean', 40],
  ['Latin', 26],
  ['Malay_(Jawi_-_Arabic)', 40],
  ['Mkhedruli_(Georgian)', 41],
  ['N_Ko', 33],
  ['Ojibwe_(Canadian_Aboriginal_Syllabics)', 14],
  ['Sanskrit', 42],
  ['Syriac_(Estrangelo)', 23],
  ['Tagalog', 17],
  ['Tifinagh', 55],
]);

/** The 20 alphabets of images_evaluation.zip with their numbers of characters: 659 in all. */
export const EVALUATION_ALPHABETS: ReadonlyMap<string, number> = new Map([
  ['Angelic', 20],
  ['Atemayar_Qelisayer', 26],
  ['Atlantean', 26],
  ['Aurek-Besh', 26],
  ['Avesta', 26],
  ['Ge_ez', 26],
  ['Glagolitic', 45],
  ['Gurmukhi', 45],
  ['Kannada', 41],
  ['Keble', 26],
  ['Malayalam', 47],
  ['Manipuri', 40],
  ['Mongolian', 30],
  ['Old_Church_Slavonic_(Cyrillic)', 45],
  ['Oriya', 46],
  ['Sylheti', 28],
  ['Syriac_(Serto)', 23],
  ['Tengwar', 25],
  ['Tibetan', 42],
  ['ULOG', 26],
]);

/**
 * The 10 evaluation alphabets of Lake's runs, two runs each (jvlmdr/omniglot-eval, lake-evaluation/run_alphabets.txt).
 * Koch et al. 2015 test on them.
 */
export const LAKE_ALPHABETS: readonly string[] = [
  'Atlantean',
  'Ge_ez',
  'Glagolitic',
  'Gurmukhi',
  'Kannada',
  'Malayalam',
  'Manipuri',
  'Old_Church_Slavonic_(Cyrillic)',
  'Tengwar',
  'Tibetan',
];

/** The other 10 evaluation alphabets; Koch et al. 2015 validate on them (inferred: the paper names none). */
export const KOCH_VALIDATION_ALPHABETS: readonly string[] = [...EVALUATION_ALPHABETS.keys()].filter(
  (name) => !LAKE_ALPHABETS.includes(name),
);

// The characters of Omniglot of which the pens were recorded, as a data set: pictures as people drew them or painted from the
// pens, with the strokes beside them.
import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { DataOmniglotStrokes } from '../../config/experiment.js';
import type { SettingProblem } from '../../config/setting-problem.js';
import { resolveDataFolder } from '../files/data-folder.js';
import { requireFile } from '../files/require-file.js';
import { findUnpacked } from '../files/unpacked-zip.js';
import type { DataSetType } from '../loaded-data.js';
import { suggestName } from '../suggest-name.js';
import { describeOmniglotStrokes } from './describe-omniglot-strokes.js';
import { alphabetsOf, explainStrokeFiles, STROKE_PARTS } from './stroke-files.js';

export const omniglotStrokesDataSet: DataSetType<DataOmniglotStrokes> = {
  describe: describeOmniglotStrokes,
  nothingToTrain: {
    keys: [['validationAlphabets'], ['testAlphabets'], []],
    found: 'all alphabets for validation or the test',
    allowed: 'some of them: training needs the others',
  },
  fillSelection: (selection) => `name some in data.${selection}Alphabets`,
  findProblems,
  downloadsPath: ({ path }) => path,
  requireFiles(section, place) {
    const folder = resolveDataFolder(section.path, place);
    if (statSync(folder, { throwIfNoEntry: false })?.isFile()) return;
    for (const part of section.parts) {
      const { strokes, pictures } = STROKE_PARTS[part];
      for (const file of section.pictures === 'drawn' ? [strokes, pictures] : [strokes]) {
        const path = join(folder, file);
        if (findUnpacked(path) === undefined) requireFile(path, explainStrokeFiles(folder));
      }
    }
  },
  async load(section, options) {
    const { loadOmniglotStrokes } = await import('./load-omniglot-strokes.js');
    return loadOmniglotStrokes(section, options);
  },
};

function findProblems({ parts, validationAlphabets, testAlphabets }: DataOmniglotStrokes): SettingProblem[] {
  const choices = [...alphabetsOf(parts).keys()];
  const unknown = (['validationAlphabets', 'testAlphabets'] as const).flatMap((key) =>
    ({ validationAlphabets, testAlphabets })[key].flatMap((name, index): SettingProblem[] => {
      if (choices.includes(name)) return [];
      const found = JSON.stringify(name);
      return [
        {
          code: 'wrong-value',
          keys: [[key, index]],
          found,
          allowed: choices.join(', '),
          ...suggestName(name, choices),
        },
      ];
    }),
  );
  const twice = validationAlphabets.flatMap((name, index): SettingProblem[] =>
    testAlphabets.includes(name)
      ? [
          {
            code: 'leak',
            keys: [['validationAlphabets', index]],
            found: `${name}, which is in testAlphabets too`,
            allowed: 'other alphabets than those of the test',
          },
        ]
      : [],
  );
  return [...unknown, ...twice];
}

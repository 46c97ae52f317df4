// The characters that were taken for one another most often, with a picture of each.

import type { Words } from '../../data/words.js';
import { type Block, heading, type Text } from '../document.js';
import type { Report } from '../make-report.js';

/** The blocks of the section; none where there is nothing to say. */
export function makeConfusionsSection({ confusedPairs, words }: Report): Block[] {
  if (!confusedPairs) return [];
  return [
    heading('confusions', `Most confused ${words.characters}`),
    {
      type: 'table',
      caption: `${confusedPairs.task}: how often one was taken for the other, and in how many queries both were there`,
      table: {
        head: [words.character, 'taken for', 'times', 'of chances'],
        align: ['left', 'left', 'right', 'right'],
        rows: confusedPairs.pairs.map(({ truth, prediction, pictures, times, chances }) => [
          showCharacter(truth, pictures.truth, words),
          showCharacter(prediction, pictures.prediction, words),
          [String(times)],
          [String(chances)],
        ]),
      },
    },
  ];
}

function showCharacter(name: string, picture: string | undefined, { drawing }: Words): Text {
  return [...(picture === undefined ? [] : [{ picture, alt: `a ${drawing} of ${name}` }]), { name }];
}

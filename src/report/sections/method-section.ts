// How the figures came about, for readers who want to trust them.
import { type Block, heading, type Text } from '../document.js';
import type { Report } from '../make-report.js';

/** The blocks of the section; none where there is nothing to say. */
export function makeMethodSection({ skippedAlphabets, measurements, verifications, words }: Report): Block[] {
  if (measurements.length === 0 && verifications.length === 0) return [];
  const severalRuns = [...measurements, ...verifications].some(({ folders }) => folders.length > 1);
  return [
    heading('method', 'How to read the figures'),
    {
      type: 'list',
      items: [
        [
          'A query gets the class with the largest score. Where m classes share it, the right one among them, the ' +
            'answer counts 1/m: a network that says the same of everything scores chance.',
        ],
        [
          severalRuns
            ? 'The interval of one run comes from Wilson or from resampled episodes, whichever reaches further, since ' +
              'queries of one episode share a support set. Over several runs Student’s interval of their accuracies is ' +
              'added in quadrature: it speaks of training seeds that were not tried, which makes it wide with two or ' +
              'three of them.'
            : 'Intervals come from Wilson or from resampled episodes (clustered bootstrap, 2,000 resamples), whichever ' +
              'reaches further, since queries of one episode share a support set.',
        ],
        ...(verifications.length > 0
          ? [
              [
                `Intervals of verifications resample whole ${words.alphabets}, whose pairs share ${words.characters} ` +
                  'and pictures. Thresholds were chosen on validation pairs.',
              ],
            ]
          : []),
        [
          'Only the test selection speaks in the headline, and only validation chooses: of several configurations the ' +
            'one with the best mean of the validation over its seeds, whatever it reaches on the test.',
        ],
        ['Nearest neighbours and chance answer the same episodes as the networks.'],
        ...skippedAlphabets.map(
          ({ task, alphabets: names }): Text => [
            `Too small for an episode of ${task}: `,
            { name: names.join(', ') },
            '.',
          ],
        ),
      ],
    },
  ];
}

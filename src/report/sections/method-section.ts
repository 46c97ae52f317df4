// How the figures came about, for readers who want to trust them.
import { type Block, heading, type Text } from '../document.js';
import type { Report } from '../make-report.js';

/** The blocks of the section; none where there is nothing to say. */
export function makeMethodSection({ skippedAlphabets, measurements, verifications }: Report): Block[] {
  if (measurements.length === 0 && verifications.length === 0) return [];
  const episodes = measurements.some(({ intervalKind }) => intervalKind === 'seeds-and-episodes');
  return [
    heading('method', 'How to read the figures'),
    {
      type: 'list',
      items: [
        [
          'A query gets the class with the largest score. Where m classes share it, the right one among them, the answer counts 1/m: a network that says the same of everything scores chance.',
        ],
        [
          episodes
            ? 'Intervals over several runs resample seeds, then episodes (hierarchical bootstrap, 2,000 resamples); those of one run come from Wilson or from resampled episodes, whichever reaches further, since queries of one episode share a support set. Few seeds make an interval too narrow.'
            : 'Intervals come from Wilson or from resampled episodes (clustered bootstrap, 2,000 resamples), whichever reaches further, since queries of one episode share a support set.',
        ],
        ...(verifications.length > 0
          ? [
              [
                'Intervals of verifications resample whole alphabets, whose pairs share characters and pictures, and over several runs seeds as well; Wilson’s is taken where it reaches further. Thresholds were chosen on validation pairs.',
              ],
            ]
          : []),
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

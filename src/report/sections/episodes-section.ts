// Pictures of episodes lost and won.
import { type Block, heading, paragraph } from '../document.js';
import type { Report } from '../make-report.js';

/** The blocks of the section; none where there is nothing to say. */
export function makeEpisodesSection({ galleries: all }: Report): Block[] {
  if (all.length === 0) return [];
  return [
    heading('episodes', 'Episodes lost and won'),
    paragraph(
      'The query stands first, then its support set with scores; green is the right class, red a wrong answer; of ' +
        'several shots the first is shown. Chosen by order alone: the first ones lost and won.',
    ),
    ...all.map(
      ({ task, system, seed, items }): Block => ({
        type: 'gallery',
        title: [`${task}, `, { name: system }, `, seed ${seed}`],
        items,
      }),
    ),
  ];
}

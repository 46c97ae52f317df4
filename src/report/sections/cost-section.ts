// Accuracy against the processor time it took.
import { type Block, heading, paragraph, type Text } from '../document.js';
import type { CostedSystem } from '../figures/cost.js';
import { formatPercent } from '../format-figures.js';
import type { Report } from '../make-report.js';
import { makeLinePlot } from './line-plot.js';

/** The blocks of the section; none where there is nothing to say. */
export async function makeCostSection({ cost }: Report): Promise<Block[]> {
  if (cost === undefined) return [];
  const { task, systems } = cost;
  const front = systems.filter(({ isOnFront }) => isOnFront);
  const toPoint = (series: string, { coreMinutes, accuracy, interval: [low, high] }: CostedSystem) => ({
    series,
    x: coreMinutes,
    y: accuracy,
    ...(series === 'each system' ? { low, high } : {}),
  });
  return [
    heading('cost', 'What accuracy costs'),
    paragraph(
      `Core-minutes are the processor time of all threads for training and evaluation of one network (of an ensemble: all its members), the mean over seeds. No other system of the page is as accurate on ${task} for less: `,
      ...front.flatMap((system, index): Text => [index === 0 ? '' : ', ', ...describeSystem(system)]),
      '.',
    ),
    {
      type: 'plots',
      plots: [
        await makeLinePlot('Accuracy against processor time', 'cost', {
          xTitle: 'core-minutes',
          yTitle: `accuracy, ${task}`,
          points: [
            ...front.map((system) => toPoint('Pareto front', system)),
            ...systems.map((system) => toPoint('each system', system)),
          ],
          percent: true,
          marks: false,
          scattered: ['each system'],
        }),
      ],
    },
  ];
}

function describeSystem({ system, coreMinutes, accuracy }: CostedSystem): Text {
  return [{ name: system }, ` (${formatPercent(accuracy)} % for ${formatMinutes(coreMinutes)})`];
}

/** `0.4 core-minutes`, `28 core-minutes`. */
export function formatMinutes(minutes: number): string {
  return `${minutes < 9.95 ? minutes.toFixed(1) : Math.round(minutes).toLocaleString('en')} core-minutes`;
}

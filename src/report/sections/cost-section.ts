// Accuracy against the processor time it took.
import { type Block, heading, type Plot, paragraph, type Text } from '../document.js';
import type { CostedSystem, CostOfAccuracy } from '../figures/cost.js';
import { formatCoreMinutes, formatPercent } from '../format-figures.js';
import type { Report } from '../make-report.js';
import { makeLinePlot } from './line-plot.js';

/** Values that make a plot of scale. */
const LEAST_VALUES = 3;

/** The blocks of the section; none where there is nothing to say. */
export async function makeCostSection({ cost }: Report): Promise<Block[]> {
  if (cost === undefined) return [];
  const { task, systems } = cost;
  const front = systems.filter(({ isOnFront }) => isOnFront);
  return [
    heading('cost', 'What accuracy costs'),
    paragraph(
      `Core-minutes are the processor time of all threads for training and evaluation of one network (of an ` +
        `ensemble: all its members), the mean over seeds. No other system of the page is as accurate on ${task} for less: `,
      ...front.flatMap((system, index): Text => [index === 0 ? '' : ', ', ...describeSystem(system)]),
      '.',
    ),
    { type: 'plots', plots: [await plotCosts(cost), ...(await plotScaling(cost))] },
  ];
}

const EACH = 'each system';

function plotCosts({ task, systems }: CostOfAccuracy): Promise<Plot> {
  const toPoint = (series: string, { coreMinutes, accuracy }: CostedSystem) => ({
    series,
    x: coreMinutes,
    y: accuracy,
  });
  return makeLinePlot('Accuracy against processor time', 'cost', {
    xTitle: 'core-minutes',
    yTitle: `accuracy, ${task}`,
    points: [
      ...systems.filter(({ isOnFront }) => isOnFront).map((system) => toPoint('Pareto front', system)),
      ...systems.map((system) => toPoint(EACH, system)),
    ],
    percent: true,
    marks: false,
    scattered: [EACH],
    xLogarithmic: true,
  });
}

/** Against what training was shown, and against what the network can learn, where systems differ in it. */
function plotScaling({ task, systems }: CostOfAccuracy): Promise<Plot[]> {
  const draw = async (
    title: string,
    xTitle: string,
    name: string,
    read: (system: CostedSystem) => number | undefined,
  ) => {
    const points = systems.flatMap((system) => {
      const x = read(system);
      return x === undefined || x === 0 ? [] : [{ series: EACH, x, y: system.accuracy }];
    });
    if (new Set(points.map(({ x }) => x)).size < LEAST_VALUES) return [];
    const plot = {
      xTitle,
      yTitle: `accuracy, ${task}`,
      percent: true,
      marks: false,
      scattered: [EACH],
      xLogarithmic: true,
    };
    return [await makeLinePlot(title, name, { ...plot, points })];
  };
  return Promise.all([
    draw('Accuracy against pictures seen', 'pictures', 'cost-pictures', ({ pictures }) => pictures),
    draw('Accuracy against learned numbers', 'parameters', 'cost-parameters', ({ parameters }) => parameters),
  ]).then((plots) => plots.flat());
}

function describeSystem({ system, coreMinutes, accuracy }: CostedSystem): Text {
  return [{ name: system }, ` (${formatPercent(accuracy)} % for ${formatCoreMinutes(coreMinutes)} core-minutes)`];
}

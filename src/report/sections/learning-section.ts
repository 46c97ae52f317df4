// Learning curves: what was logged in every epoch, and the rates of layers that have their own.
import { type Block, heading, type Plot, paragraph } from '../document.js';
import type { LayerCurve, LearningCurve } from '../figures/curves.js';
import type { Report } from '../make-report.js';
import { makeLinePlot } from './line-plot.js';

/** The blocks of the section; none where there is nothing to say. */
export async function makeLearningSection({ learningCurves, layerCurves, choice }: Report): Promise<Block[]> {
  if (learningCurves.length === 0) return [];
  return [
    heading('learning', 'Learning curves'),
    ...(learningCurves.some(({ isAveraged }) => isAveraged)
      ? [paragraph('A line is the mean over the runs of a configuration that were still training.')]
      : []),
    { type: 'plots', plots: await Promise.all(learningCurves.map(plotMetric)) },
    ...(layerCurves.length > 0
      ? [
          paragraph('By layer, of ', { name: choice?.system ?? '' }, ', from its settings and the logged schedule:'),
          { type: 'plots', plots: await Promise.all(layerCurves.map(plotLayers)) } as const,
        ]
      : []),
  ];
}

function plotMetric({ metric, points }: LearningCurve): Promise<Plot> {
  return makeLinePlot(metric, `curve-${metric}`, {
    xTitle: 'epoch',
    yTitle: metric,
    points,
    percent: metric.endsWith('accuracy'),
    marks: false,
    logarithmic: metric.endsWith('loss') || metric.endsWith('learning-rate'),
  });
}

function plotLayers({ quantity, points }: LayerCurve): Promise<Plot> {
  return makeLinePlot(`${quantity} by layer`, `layers-${quantity}`, {
    xTitle: 'epoch',
    yTitle: quantity,
    points,
    percent: false,
    marks: false,
    logarithmic: quantity === 'learning rate',
  });
}

import { inflateSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { chooseRunView, encodeViewState } from '../../src/tracking/run-view.js';

const run = (config: string, seed: string, rate: string, accuracy: number) => ({
  params: { 'training.optimizer.learningRate': rate, 'data.dataset': 'glyphs' },
  tags: { config_id: config, seed },
  latestMetrics: Object.fromEntries(
    [
      'accuracy',
      'best/train-loss',
      'best/validation-one-shot-accuracy',
      'final/best-epoch',
      'test/lake-runs/20-way-1-shot',
      'train/loss',
    ].map((key) => [key, { key, value: accuracy, step: 0, timestamp: 0 }]),
  ),
});
const sweep = { params: { 'sweep.method': 'grid' }, tags: {}, latestMetrics: {} };
const seeds = [run('a', '1', '0.1', 0.5), run('a', '2', '0.1', 0.6), run('b', '1', '0.2', 0.7), sweep];

const decode = (text: string) => {
  const [kind, state = ''] = text.split(';');
  expect(kind).toBe('deflate');
  return JSON.parse(inflateSync(Buffer.from(state, 'base64')).toString());
};

describe('the view of an experiment in MLflow', () => {
  test('shows the headline first, what was reached and what varies; at the top the run that validation finds the best', () => {
    expect(chooseRunView(seeds)).toEqual({
      orderBy: { metric: 'best/validation-one-shot-accuracy', ascending: false },
      params: ['training.optimizer.learningRate'],
      metrics: ['accuracy', 'best/train-loss', 'best/validation-one-shot-accuracy', 'test/lake-runs/20-way-1-shot'],
      hasSeeds: true,
    });
    const state = decode(encodeViewState(chooseRunView(seeds), { grouped: false }));
    expect(state).toMatchObject({ orderByKey: 'metrics.`best/validation-one-shot-accuracy`', orderByAsc: false });
    expect(state.selectedColumns).toEqual([
      'metrics.`accuracy`',
      'metrics.`best/train-loss`',
      'metrics.`best/validation-one-shot-accuracy`',
      'metrics.`test/lake-runs/20-way-1-shot`',
      'params.`training.optimizer.learningRate`',
      'tags.`seed`',
    ]);
    // Grouping would take MLflow's tables and pictures away.
    expect(state).not.toHaveProperty('groupBy');
  });

  test('has charts of the headline over all that was swept and over each parameter', () => {
    const { compareRunCharts, compareRunSections, isAccordionReordered } = decode(
      encodeViewState(chooseRunView(seeds), { grouped: false }),
    );
    // In the order given here, which MLflow keeps only where both say so; made by nobody's hand and by no rule of MLflow's.
    expect(isAccordionReordered).toBe(true);
    expect(compareRunSections).toMatchObject([
      { name: 'what was swept', display: true, isReordered: true, deleted: false, isGenerated: false },
    ]);
    expect(compareRunCharts).toMatchObject([
      {
        type: 'PARALLEL',
        selectedParams: ['training.optimizer.learningRate'],
        selectedMetrics: ['best/validation-one-shot-accuracy', 'accuracy'],
      },
      { type: 'SCATTER', xaxis: { key: 'training.optimizer.learningRate', type: 'PARAM' }, yaxis: { key: 'accuracy' } },
    ]);
  });

  test('groups the seeds of a point where it is asked to', () => {
    expect(decode(encodeViewState(chooseRunView(seeds), { grouped: true }))).toMatchObject({
      groupBy: { aggregateFunction: 'average', groupByKeys: [{ mode: 'tag', groupByData: 'config_id' }] },
    });
  });

  test('orders a loss upwards, and has neither seeds nor charts where nothing is swept', () => {
    const only = {
      params: {},
      tags: { config_id: 'a', seed: '1' },
      latestMetrics: { 'best/train-loss': { key: '', value: 1, step: 0, timestamp: 0 } },
    };
    const view = chooseRunView([only]);
    expect(view).toEqual({
      orderBy: { metric: 'best/train-loss', ascending: true },
      params: [],
      metrics: ['best/train-loss'],
      hasSeeds: false,
    });
    expect(decode(encodeViewState(view, { grouped: false }))).not.toHaveProperty('compareRunCharts');
    expect(chooseRunView([])).toEqual({ params: [], metrics: [], hasSeeds: false });
  });
});

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { loadExperiment } from '../../../src/check/load-experiment.js';
import { type Configuration, describeConfiguration } from '../../../src/report/figures/configuration.js';
import type { ReportRun } from '../../../src/report/load-runs.js';

const QUICKSTART = resolve(import.meta.dirname, '../../../experiments/quickstart.yaml');

let folder: string;
let configuration: Configuration;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'configuration-'));
  mkdirSync(folder, { recursive: true });
  const { experiment } = loadExperiment(QUICKSTART);
  writeFileSync(join(folder, 'experiment.yaml'), stringify(experiment));
  const run = { folder, experiment, results: [] } as unknown as ReportRun;
  configuration = describeConfiguration({ label: 'quickstart', runs: [run] })!;
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('describeConfiguration', () => {
  it('lists the layers of the quickstart with shapes and parameters', () => {
    const { network } = configuration;
    expect(network!.input).toEqual([28, 28, 1]);
    const shown = network!.layers.map(({ name, output, parameters }) => [name, output.join('x'), parameters]);
    // 3 x 3 x 1 x 16 and so on without biases; a scale and an offset for each channel of batch normalisation.
    expect(shown).toEqual([
      ['conv1', '28x28x16', 144],
      ['batchNorm1', '28x28x16', 32],
      ['relu2', '28x28x16', 0],
      ['maxPool3', '14x14x16', 0],
      ['conv2', '14x14x32', 4608],
      ['batchNorm5', '14x14x32', 64],
      ['relu6', '14x14x32', 0],
      ['maxPool7', '7x7x32', 0],
      ['conv3', '7x7x64', 18_432],
      ['batchNorm9', '7x7x64', 128],
      ['relu10', '7x7x64', 0],
      ['maxPool11', '3x3x64', 0],
      ['flatten12', '576', 0],
      ['embedding', '128', 73_728],
      ['batchNorm14', '128', 256],
      ['sigmoid15', '128', 0],
    ]);
    expect(network!.headParameters).toBe(129);
    expect(network!.parameters).toBe(shown.reduce((sum, [, , count]) => sum + (count as number), 129));
  });

  it('says what trains it in a line each, defaults included', () => {
    const settings = new Map(configuration.parts.map((part) => [part.name, part.settings]));
    expect(settings.get('optimizer')).toBe(
      'adamW, learningRate 0.005, beta1 0.9, beta2 0.98, weightDecay 0.02, epsilon 1e-8',
    );
    expect(settings.get('data')).toMatch(/^glyphs, imageSize 28/);
    expect(settings.get('augmentation')).toMatch(/^affine \(componentProbability 0\.5, /);
    expect(settings.get('evaluation 1')).toMatch(/^within-alphabet, nWay \[5, 20\], kShot \[1, 5\], episodes 100/);
    expect(settings.has('early stopping')).toBe(false);
  });

  it('holds the resolved file', () => {
    expect(configuration.yaml).toContain('learningRate: 0.005');
  });
});

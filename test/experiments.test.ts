// The experiment files that come with the program: each is valid as it stands, and counts what its comments say.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadPlan } from '../src/check/load-plan.js';
import { describeNetwork } from '../src/model/network-shape.js';

const folder = join(import.meta.dirname, '../experiments');
const files = ['', 'presets'].flatMap((below) =>
  readdirSync(join(folder, below))
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => join(below, name)),
);

/** Learned numbers of the network of a file's first trial. */
function countParameters(file: string): number {
  const { model, data } = loadPlan(join(folder, file)).trials[0]!.experiment;
  return describeNetwork(model!, (data as { imageSize: number }).imageSize).parameterCount;
}

describe('the experiments that come with the program', () => {
  it.each(files)('%s is valid', (file) => {
    expect(() => loadPlan(join(folder, file))).not.toThrow();
  });

  it.each([
    ['presets/koch2015.yaml', 38_951_745],
    ['presets/blog-keras.yaml', 38_951_745],
    // 11,025 x 1,024 + 1,024, then 1,024 x 1,024 + 1,024, then 1,024 + 1.
    ['dense-siamese.yaml', 12_341_249],
    ['prototypes.yaml', 536_034],
  ])('%s has %i parameters', (file, expected) => {
    expect(countParameters(file)).toBe(expected);
  });
});

import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { InputError } from '../../src/base/problem.js';
import { loadExperiment } from '../../src/check/load-experiment.js';

const shipped = (readdirSync('experiments', { recursive: true }) as string[])
  .filter((name) => name.endsWith('.yaml'))
  .map((name) => join('experiments', name));

test('there are shipped experiments', () => {
  expect(shipped.length).toBeGreaterThanOrEqual(6);
});

// `docs/own-images.yaml` is about pictures that only its user has.
const pictures = mkdtempSync(join(tmpdir(), 'oneshot-pictures-'));
beforeAll(() => {
  for (let number = 0; number < 60; number++) {
    const place = join(pictures, `class${number % 30}`);
    mkdirSync(place, { recursive: true });
    writeFileSync(join(place, `${number}.png`), `GIF89a, looked at no further ${number}`);
  }
});
afterAll(() => rmSync(pictures, { recursive: true }));

test.each(shipped)('%s has no problem', (file) => {
  expect(loadExperiment(file).experiment.name).toMatch(/^[a-z]/);
});

describe('the rules of a folder of pictures', () => {
  const problemsOf = (...sets: string[]) => {
    try {
      loadExperiment('docs/own-images.yaml', { sets });
      return [];
    } catch (error) {
      return (error as InputError).problems.map(
        ({ file, column, code, path, found }) => `${file}:${column} ${code} ${path}: ${found}`,
      );
    }
  };

  test('name the folder that is missing, or what is wrong in it, at its key', () => {
    expect(problemsOf('data.path=/nowhere/pictures')).toEqual([
      '--set 1:11 unreadable data.path: /nowhere/pictures does not exist',
    ]);
    const [problem, ...others] = problemsOf(`data.path=${join(pictures, 'class1')}`);
    expect(others).toEqual([]);
    expect(problem).toMatch(/^--set 1:11 unreadable data\.path: .* 2 things are wrong in it: 1\.png is in no class/);
  });

  test('name classes that are not there, and those on both sides', () => {
    expect(
      problemsOf(`data.path=${pictures}`, 'data.test=[class2, clas3]', 'data.validation=[class4, class2]'),
    ).toEqual([
      '--set 2:20 wrong-value data.test[1]: "clas3"',
      '--set 3:26 leak data.validation[1]: "class2", which is for the test',
    ]);
  });

  test('ask for fewer ways, shots and drawers where the pictures are few', () => {
    expect(
      problemsOf(
        `data.path=${pictures}`,
        'evaluation=[{protocol: within-alphabet, nWay: 7, kShot: 2}]',
        'training.task.drawers=3',
      ),
    ).toEqual([
      '--set 2:47 episode evaluation[0].nWay: 7 ways',
      '--set 2:57 episode evaluation[0].kShot: 2 shots',
      '--set 3:23 episode training.task.drawers: 3 drawers',
    ]);
  });

  test('leave training something', () => {
    const all = Array.from({ length: 30 }, (_, number) => `class${number}`).join(', ');
    expect(problemsOf(`data.path=${pictures}`, `data.test=[${all}]`)).toContain(
      '--set 2:11 episode data.test: all of the folder',
    );
  });
});

describe('loadExperiment', () => {
  test('fills in defaults, also behind references, kinds and in lists', () => {
    const { experiment } = loadExperiment('experiments/quickstart.yaml');
    expect(experiment.seeds).toEqual([1]);
    expect(experiment.data).toMatchObject({ dataset: 'glyphs', seed: 1, inkGain: 1, drawers: 20 });
    expect(experiment.model?.encoder[0]).toMatchObject({ stride: 1, biasInitializer: { type: 'zeros' } });
    expect(experiment.training).toMatchObject({
      microBatchSize: 'auto',
      loss: 'binaryCrossEntropy',
      schedule: { finalFraction: 0 },
    });
    expect(experiment.evaluation[1]).toMatchObject({ kShot: 1, selection: 'test', seed: 1 });
    expect(experiment.baselines).toHaveLength(3);
    expect(experiment.resources).toMatchObject({ engine: 'auto', threads: 'auto', parallel: 1, retries: 0 });
  });

  test('freezes the experiment down to its leaves', () => {
    const { experiment } = loadExperiment('experiments/quickstart.yaml');
    const isFrozen = (value: unknown): boolean =>
      typeof value !== 'object' || value === null || (Object.isFrozen(value) && Object.values(value).every(isFrozen));
    expect(isFrozen(experiment)).toBe(true);
  });

  test('names all files it read', () => {
    expect(loadExperiment('experiments/paper-repro.yaml').files).toEqual([
      'experiments/paper-repro.yaml',
      'experiments/presets/koch2015.yaml',
    ]);
  });

  test('throws an InputError with all problems', () => {
    const folder = mkdtempSync(join(tmpdir(), 'oneshot-'));
    const file = join(folder, 't.yaml');
    writeFileSync(file, 'nme: t\ndata: {dataset: glyph}\nseeds: [x]\n');
    const load = () => loadExperiment(file);
    expect(load).toThrow(InputError);
    try {
      load();
    } catch (error) {
      expect((error as InputError).problems.map(({ line, column, code }) => `${line}:${column} ${code}`)).toEqual([
        '1:1 unknown-key',
        '2:17 wrong-value',
        '3:9 wrong-type',
      ]);
    }
  });

  test('suggests a file that lies beside a missing base', () => {
    const folder = mkdtempSync(join(tmpdir(), 'oneshot-'));
    writeFileSync(join(folder, 'koch2015.yaml'), 'name: k\n');
    const file = join(folder, 't.yaml');
    writeFileSync(file, 'name: t\nextends: koch2051.yaml\n');
    try {
      loadExperiment(file);
      expect.unreachable();
    } catch (error) {
      expect((error as InputError).problems).toMatchObject([
        { code: 'extends', line: 2, column: 10, nearest: 'koch2015.yaml' },
      ]);
    }
  });

  test.each([
    ['a folder', '.', 'a folder'],
    ['a device', '/dev/zero', 'a device or pipe'],
  ])('refuses %s', (_, path, found) => {
    try {
      loadExperiment(path);
      expect.unreachable();
    } catch (error) {
      expect((error as InputError).problems).toMatchObject([{ code: 'unreadable', line: 1, column: 1, found }]);
    }
  });
});

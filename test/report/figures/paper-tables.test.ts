import { describe, expect, it } from 'vitest';
import { fillPaperTables, PUBLISHED_TABLES } from '../../../src/report/figures/paper-tables.js';
import type { VerificationMeasurement } from '../../../src/report/figures/verifications.js';
import type { Measurement } from '../../../src/report/group-runs.js';

function measure(changes: Partial<Measurement>): Measurement {
  return {
    system: 'ours',
    scorer: 'network',
    variant: '',
    task: 'test/lake-runs/20-way-1-shot',
    protocol: 'lake-runs',
    selection: 'test',
    assignment: null,
    nWay: 20,
    kShot: 1,
    convolutional: true,
    pictures: 'lake-runs',
    pictureSize: [105, 105],
    accuracy: 0.9,
    interval: [0.87, 0.93],
    asked: 'e',
    n: 400,
    correct: [360],
    accuracies: [0.9],
    folders: ['runs/a'],
    alarm: undefined,
    ...changes,
  };
}

describe('PUBLISHED_TABLES', () => {
  // Read from the paper's tables by two independent public notes.
  it('hold the figures of Koch et al. 2015', () => {
    expect(PUBLISHED_TABLES.map(({ rows }) => rows.map(({ published }) => published))).toEqual([
      [90.61, 91.9, 91.54, 93.15, 91.63, 93.42],
      [95.5, 95.2, 92.0, 81.8, 65.2, 62.0, 58.3, 35.2, 21.7],
      [26.5, 70.3],
    ]);
  });

  it('name where it was published for each figure', () => {
    for (const { publishedIn } of PUBLISHED_TABLES.flatMap(({ rows }) => rows))
      expect(publishedIn).toMatch(/^Koch et al\. 2015, Table [123]/);
  });
});

describe('fillPaperTables', () => {
  const rowsOf = (measurements: Measurement[], table = 1) => {
    const filled = fillPaperTables(measurements)[table]!;
    const counts = ({ measured }: { measured: readonly (readonly unknown[])[] }) => measured.map((cell) => cell.length);
    return {
      filled: filled.rows.filter((row) => counts(row).some(Boolean)).map((row) => [row.system, ...counts(row)]),
      others: filled.others.map((row) => [row.system, ...counts(row)]),
    };
  };

  it('sets networks and nearest neighbours beside their rows of Table 2, a column for each test set', () => {
    const measurements = [
      measure({}),
      measure({ protocol: 'within-alphabet', pictures: 'omniglot' }),
      measure({ convolutional: false }),
      measure({ scorer: 'nearestNeighbourCosine', convolutional: undefined }),
      measure({ scorer: 'nearestNeighbourEuclidean', convolutional: undefined }),
    ];
    expect(rowsOf(measurements)).toEqual({
      filled: [
        ['Convolutional siamese network', 1, 1],
        ['Siamese network of two dense layers', 1, 0],
        ['1-nearest neighbour', 1, 0],
      ],
      others: [['nearest neighbour, Euclidean', 1, 0]],
    });
  });

  it('sets 10-way one-shot on MNIST beside Table 3, and nowhere else', () => {
    const digits = { protocol: 'mnist', pictures: 'mnist', nWay: 10 } as const;
    const measurements = [
      measure(digits),
      measure({ ...digits, n: 10_000 }),
      measure({ ...digits, nWay: 5 }),
      measure({ ...digits, convolutional: false }),
    ];
    expect(rowsOf(measurements, 2)).toEqual({
      filled: [['Convolutional siamese network', 1, 1]],
      others: [['ours', 1, 0]],
    });
    expect(rowsOf(measurements)).toEqual({ filled: [], others: [] });
  });

  it('sets the Euclidean nearest neighbour beside the one of Table 3, and names the other', () => {
    const digits = { protocol: 'mnist', pictures: 'mnist', nWay: 10, convolutional: undefined } as const;
    const measurements = [
      measure({ ...digits, scorer: 'nearestNeighbourEuclidean' }),
      measure({ ...digits, scorer: 'nearestNeighbourCosine' }),
    ];
    expect(rowsOf(measurements, 2)).toEqual({
      filled: [['1-nearest neighbour', 1, 0]],
      others: [['nearest neighbour, cosine of ink', 1, 0]],
    });
  });

  it.each([
    { name: 'another data set', changes: { protocol: 'within-alphabet', pictures: 'glyphs' } },
    { name: 'classes of all alphabets', changes: { protocol: 'cross-alphabet', pictures: 'omniglot' } },
    { name: 'fewer ways', changes: { nWay: 5 } },
    { name: 'more shots', changes: { kShot: 5 } },
    {
      name: 'validation alphabets',
      changes: { protocol: 'within-alphabet', pictures: 'omniglot', selection: 'validation' },
    },
  ] as const)('leaves out what answers another question: $name', ({ changes }) => {
    expect(rowsOf([measure(changes)])).toEqual({ filled: [], others: [] });
  });

  it('sets verifications beside the rows of Table 1 that were trained alike, on the test pairs of Omniglot alone', () => {
    const verification = {
      system: 'ours',
      scorer: 'network',
      variant: '',
      task: 'test/verification',
      selection: 'test',
      asked: 'p',
      pictures: 'omniglot',
      pictureSize: [105, 105],
      accuracy: 0.93,
      interval: [0.92, 0.94],
      rocArea: 0.97,
      n: 10_000,
      correct: [9300],
      accuracies: [0.93],
      thresholds: [0.1],
      folders: ['runs/a'],
      alarm: undefined,
      trained: { pairs: 150_000, affineCopies: 8 },
    } as const satisfies VerificationMeasurement;
    const baseline = { ...verification, scorer: 'nearestNeighbourCosine', trained: undefined } as const;
    const [table] = fillPaperTables(
      [],
      [
        verification,
        { ...verification, trained: { pairs: 30_000, affineCopies: 0 } },
        { ...verification, trained: { pairs: 1000, affineCopies: 8 } },
        { ...verification, pictures: 'glyphs-1' },
        baseline,
      ],
    );
    expect(table!.rows.map(({ measured: [cell] }) => cell!.length)).toEqual([1, 0, 0, 0, 0, 1]);
    expect(table!.others.map(({ system }) => system)).toEqual(['ours', 'nearest neighbour, cosine of ink']);
  });
});

import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { hashArrays, type NamedArrays } from '../../src/model/named-arrays.js';
import {
  readTrainingCheckpoint,
  readWeightsCheckpoint,
  type TrainingCheckpoint,
  type WeightsCheckpoint,
  writeTrainingCheckpoint,
  writeWeightsCheckpoint,
} from '../../src/training/checkpoint.js';
import { writeTensorFile } from '../../src/training/safetensors.js';

const folder = mkdtempSync(join(tmpdir(), 'oneshot-checkpoint-'));
afterAll(() => rmSync(folder, { recursive: true }));
const path = join(folder, 'last.safetensors');

const arrays: NamedArrays = new Map([
  ['weights/conv1/kernel', { shape: [2, 3], values: Float32Array.of(1, -2, 3.5, 1e-40, -0, 3.4e38) }],
  ['weights/conv1/bias', { shape: [0], values: new Float32Array() }],
  ['optimizer/velocity/head/bias', { shape: [], values: Float32Array.of(7) }],
]);
const checkpoint: TrainingCheckpoint = {
  position: { epoch: 3, step: 17 },
  best: { epoch: 2, value: 0.1 + 0.2 },
  epochLossSum: 1 / 3,
  epochSeconds: 12.5,
  arrays,
};
const weights: WeightsCheckpoint = {
  epoch: 2,
  metric: 'train/loss',
  value: 0.25,
  weightHash: hashArrays(arrays),
  arrays,
};

describe('checkpoints', () => {
  it('come back as they were written, bit by bit', () => {
    writeTrainingCheckpoint(path, checkpoint);
    expect(readTrainingCheckpoint(path)).toEqual(checkpoint);
    writeWeightsCheckpoint(path, weights);
    expect(readWeightsCheckpoint(path)).toEqual(weights);
    expect(readdirSync(folder)).toEqual(['last.safetensors']);
  });

  it('are safetensors files: the length of the header, the header as JSON, the bytes', () => {
    writeTrainingCheckpoint(path, checkpoint);
    const bytes = readFileSync(path);
    const length = Number(bytes.readBigUInt64LE(0));
    const header = JSON.parse(bytes.subarray(8, 8 + length).toString());
    expect(header['weights/conv1/kernel']).toEqual({ dtype: 'F32', shape: [2, 3], data_offsets: [0, 24] });
    expect(header['optimizer/velocity/head/bias']).toEqual({ dtype: 'F32', shape: [], data_offsets: [24, 28] });
    expect(header.__metadata__).toMatchObject({ format: 'oneshot', kind: 'training', version: '1' });
    expect((8 + length) % 8).toBe(0);
    expect(bytes.length).toBe(8 + length + 28);
    expect(bytes.readFloatLE(8 + length + 8)).toBe(3.5);
  });

  it('of the other kind are refused', () => {
    writeWeightsCheckpoint(path, weights);
    expect(() => readTrainingCheckpoint(path)).toThrow(expect.objectContaining({ code: 'corrupt' }));
  });

  it('whose weights do not match their hash are refused', () => {
    writeWeightsCheckpoint(path, { ...weights, weightHash: '0'.repeat(64) });
    expect(() => readWeightsCheckpoint(path)).toThrow('its weights do not match their hash');
  });

  it('of another version are refused', () => {
    writeTensorFile(path, {
      arrays,
      metadata: { format: 'oneshot', kind: 'training', version: '2', description: '{}' },
    });
    expect(() => readTrainingCheckpoint(path)).toThrow('is of checkpoint version 2; this program reads version 1');
  });

  it('that are missing give the error of the file system', () => {
    expect(() => readTrainingCheckpoint(join(folder, 'none'))).toThrow(expect.objectContaining({ code: 'ENOENT' }));
  });
});

describe('a damaged checkpoint', () => {
  writeTrainingCheckpoint(path, checkpoint);
  const whole = readFileSync(path);
  const headerBytes = Number(whole.readBigUInt64LE(0));
  const flip = (position: number) => {
    const bytes = Buffer.from(whole);
    bytes[position]! ^= 1;
    return bytes;
  };
  const edit = (search: string, replacement: string) => {
    const text = whole.subarray(8, 8 + headerBytes).toString();
    expect(text).toContain(search);
    return Buffer.concat([
      whole.subarray(0, 8),
      Buffer.from(text.replace(search, replacement)),
      whole.subarray(8 + headerBytes),
    ]);
  };

  it.each<[string, () => Buffer, string]>([
    ['empty', () => Buffer.alloc(0), 'it has 0 bytes'],
    ['shorter than its header', () => whole.subarray(0, 100), 'its header would be'],
    ['with a header of absurd length', () => flip(6), 'its header would be'],
    ['without its last byte', () => whole.subarray(0, -1), 'its arrays should take 28 bytes and 27 are there'],
    ['with bytes after its end', () => Buffer.concat([whole, Buffer.alloc(4)]), 'and 32 are there'],
    ['with a broken header', () => edit('"dtype"', '"dtype '), 'its header is not JSON'],
    ['with half-precision numbers', () => edit('F32', 'F16'), 'is not an array of float32'],
    ['with arrays that overlap', () => edit('[24,28]', '[20,24]'), 'does not lie at bytes 24 to 28'],
    ['with half a row', () => edit('[2,3]', '[2.5]'), 'is not an array of float32'],
    ['with one bit of a number changed', () => flip(whole.length - 3), 'its numbers do not match their checksum'],
  ])('is refused: %s', (_title, damage, message) => {
    const damaged = join(folder, 'damaged.safetensors');
    writeFileSync(damaged, damage());
    expect(() => readTrainingCheckpoint(damaged)).toThrow(
      expect.objectContaining({ code: 'corrupt', message: expect.stringContaining(message) }),
    );
  });
});

describe('the weight hash', () => {
  it('depends on names, shapes and bits, not on the order', () => {
    const hash = hashArrays(arrays);
    expect(hash).toMatch(/^[0-9a-f]{64}$/);
    expect(hashArrays(new Map([...arrays].reverse()))).toBe(hash);
    const values = arrays.get('weights/conv1/kernel')!.values;
    const changed = [
      new Map([...arrays, ['weights/conv1/kernel', { shape: [3, 2], values }]] as const),
      new Map([
        ...arrays,
        ['weights/conv1/kernel', { shape: [2, 3], values: values.map((value) => value || 0) }],
      ] as const),
      new Map([...arrays].map(([name, array]) => [`${name}2`, array])),
    ];
    for (const other of changed) expect(hashArrays(other)).not.toBe(hash);
  });
});

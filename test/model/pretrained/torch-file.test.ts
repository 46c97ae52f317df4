// Tensors from torch's old files, and pickles that want more than tensors. The fixture was written by PyTorch 2.13:
// torch.save(OrderedDict(conv.weight=arange(24).reshape(2, 3, 2, 2), turned.weight=arange(12).reshape(2, 2, 3).permute(2, 1, 0),
// bn.bias=[0.5, -1.5], bn.num_batches_tracked=7), _use_new_zipfile_serialization=False).
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { convertEfficientNet, torchNameOf } from '../../../src/model/pretrained/efficientnet-lite0-weights.js';
import { readTorchFile } from '../../../src/model/pretrained/torch-file.js';

const file = readFileSync(join(import.meta.dirname, '../../fixtures/torch-legacy.pth'));

describe('a file of torch.save', () => {
  test('gives its floating-point tensors in row-major order, however they lie in memory', () => {
    const arrays = readTorchFile(file);
    expect([...arrays].map(([name, { shape }]) => [name, shape])).toEqual([
      ['conv.weight', [2, 3, 2, 2]],
      ['turned.weight', [3, 2, 2]],
      ['bn.bias', [2]],
    ]);
    expect([...arrays.get('conv.weight')!.values]).toEqual(Array.from({ length: 24 }, (_, i) => i));
    // Element [a, b, c] is number [c, b, a] of 0 … 11 as [2, 2, 3].
    expect([...arrays.get('turned.weight')!.values]).toEqual([0, 6, 3, 9, 1, 7, 4, 10, 2, 8, 5, 11]);
    expect([...arrays.get('bn.bias')!.values]).toEqual([0.5, -1.5]);
  });

  test('is refused where it is cut anywhere', () => {
    for (let length = 0; length < file.length; length += 7) {
      expect(() => readTorchFile(file.subarray(0, length))).toThrow(/^(is|holds) /);
    }
  });

  test.each([
    [
      'a call of the system',
      "cos\nsystem\n(S'true'\ntR.",
      /asks for os\.system, which no list of tensors needs: nothing of it is run/,
    ],
    ['another function of torch', 'ctorch\nload\n(tR.', /asks for torch\.load/],
    ['an instruction for objects', '(i__main__\nThing\n.', /instruction 0x69/],
  ])('is refused with %s in its place', (_, program, message) => {
    // The first three pickles as they are: the number of the format, its version and the sizes of numbers.
    const state = file.indexOf('ccollections');
    const start = file.lastIndexOf(Buffer.from([0x80, 0x02]), state);
    const forged = Buffer.concat([file.subarray(0, start), Buffer.from([0x80, 0x02]), Buffer.from(program)]);
    expect(() => readTorchFile(forged)).toThrow(message);
  });
});

describe('the weights of EfficientNet-Lite0', () => {
  test.each([
    ['stem-conv/kernel', '_conv_stem.weight'],
    ['stem-norm/runningMean', '_bn0.running_mean'],
    ['block0-filter/kernel', '_blocks.0._depthwise_conv.weight'],
    ['block2/expand/kernel', '_blocks.2._expand_conv.weight'],
    ['block2/expand-norm/scale', '_blocks.2._bn0.weight'],
    ['block15-project-norm/offset', '_blocks.15._bn2.bias'],
    ['head-norm/runningVariance', '_bn1.running_var'],
  ])('stand for %s under %s', (path, name) => {
    expect(torchNameOf(path)).toBe(name);
  });

  test('are turned from PyTorch’s axes to those of the layers', () => {
    const kernel = { shape: [2, 3, 1, 2], values: Float32Array.from({ length: 12 }, (_, i) => i) };
    const depthwise = { shape: [2, 1, 1, 2], values: Float32Array.of(0, 1, 2, 3) };
    const arrays = new Map([
      ['_blocks.1._expand_conv.weight', kernel],
      ['_blocks.1._depthwise_conv.weight', depthwise],
    ]);
    const expand = convertEfficientNet('block1-expand/kernel', arrays);
    // [rows, columns, inputs, outputs]: column 0 of input 0 has outputs 0 and 6.
    expect([expand.shape, [...expand.values]]).toEqual([
      [1, 2, 3, 2],
      [0, 6, 2, 8, 4, 10, 1, 7, 3, 9, 5, 11],
    ]);
    const filter = convertEfficientNet('block1-filter/kernel', arrays);
    expect([filter.shape, [...filter.values]]).toEqual([
      [1, 2, 2, 1],
      [0, 2, 1, 3],
    ]);
  });
});

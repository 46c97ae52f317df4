// What pictures and their classes are called, by what they are.
import { expect, test } from 'vitest';
import { tellClass, tellOf } from '../../src/data/words.js';

test.each([
  ['pictures/oak', 'oak'],
  ['emoji/1f600', '1f600'],
  ['Kannada/character07', 'Kannada/character07'],
  ['trees/oak', 'trees/oak'],
])('the class %s is told as %s', (name, told) => {
  expect(tellClass(name)).toBe(told);
});

test.each([
  ['omniglot', 'Random episodes across alphabets (easier)'],
  ['folder', 'Random episodes of any classes'],
])('episodes across groups of %s are told as: %s', (pictures, told) => {
  expect(tellOf(pictures, 'Random episodes across alphabets (easier)')).toBe(told);
});

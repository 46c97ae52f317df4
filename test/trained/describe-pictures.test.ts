// What is known of pictures by the data that a network was trained on.
import { expect, test } from 'vitest';
import { describePictures } from '../../src/trained/open-run.js';

const sizes = { imageSize: 28, sourceSize: 56, inkGain: 1.3 };

test.each([
  ['ink', { dataset: 'omniglot' }, { color: 'grey', ink: 'auto', background: '#ffffff' }],
  ['colours on the background', { dataset: 'emoji', background: '#102030' }, { color: 'rgb', background: '#102030' }],
] as const)('pictures of a data set are %s', (_, data, expected) => {
  expect(describePictures(data as never, sizes)).toMatchObject({ ...sizes, fit: 'pad', ...expected });
});

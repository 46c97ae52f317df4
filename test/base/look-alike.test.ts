import { expect, test } from 'vitest';
import { explainLookAlike } from '../../src/base/look-alike.js';

test.each([
  ['maxEpochs\u200b', 'maxEpochs', 'U+200B'],
  ['max\u00a0Epochs', 'max Epochs', 'U+00A0'],
  ['c\u043env', 'conv', 'U+043E at its 2nd sign'],
  ['caf\u00e9', 'cafe\u0301', 'U+00E9 where U+0301 stands'],
  ['cafe\u0301', 'caf\u00e9', 'NFD and NFC'],
  ['\uff53gd', 'sgd', 'U+FF53 at its 1st sign'],
])('says why %j is not %j', (found, allowed, why) => {
  expect(explainLookAlike(found, ['other', allowed])).toEqual({ name: allowed, why: expect.stringContaining(why) });
});

test('says nothing of the same name, and of another', () => {
  expect(explainLookAlike('conv', ['conv'])).toBeUndefined();
  expect(explainLookAlike('conf', ['conv'])).toBeUndefined();
});

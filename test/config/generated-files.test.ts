// What is generated from the schema is what the schema gives now.
import { expect, test } from 'vitest';
// @ts-expect-error: a script without types.
import { findStale } from '../../schemas/generate.mjs';

test('types, compiled check and reference page are current (npm run generate)', async () => {
  expect(await findStale()).toEqual([]);
});

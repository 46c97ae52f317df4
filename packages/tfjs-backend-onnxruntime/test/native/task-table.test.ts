import { expect, test } from 'vitest';
import { MAX_INPUTS, MAX_OUTPUTS, Parameters, TaskTable } from '../../src/native/task-table.js';

const addresses = (count: number) => Array.from({ length: count }, (_, index) => BigInt(index + 1));

test('addresses of all tensors that a program may have fit beside that of the table, and no more', () => {
  const table = new TaskTable([[0]]);
  const most = addresses(MAX_INPUTS + MAX_OUTPUTS);
  expect([...new Parameters().set(table, ...most)]).toEqual([table.address, ...most]);
  expect(() => new Parameters().set(table, ...addresses(most.length + 1))).toThrow(`${most.length + 1} addresses`);
});

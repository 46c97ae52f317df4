import { expect, test } from 'vitest';
import { createMemoryBudget } from '../../src/launch/memory-budget.js';

test('what running trials have not taken yet is not free', () => {
  let available = 1000;
  const budget = createMemoryBudget(() => available);
  const first = budget.begin(600);
  expect(budget.free()).toBe(400);
  expect(budget.fits(500)).toBe(false);
  available = 600;
  first.update(400);
  expect(budget.free()).toBe(400);
  first.end();
  expect(budget.free()).toBe(600);
});

test('the only trial runs although it does not seem to fit', () => {
  const budget = createMemoryBudget(() => 100);
  expect(budget.fits(500)).toBe(true);
  budget.begin(500);
  expect(budget.fits(1)).toBe(false);
});

// The strategies by name.
import { createRandomSearch } from './random-search.js';
import type { SearchSpace } from './search-space.js';
import type { IsFeasible, SearchSettings, SearchStrategy } from './search-strategy.js';
import { createSobolSearch } from './sobol-search.js';
import { createTpeSearch } from './tpe-search.js';

/**
 * The strategy that the settings name. Throws a RangeError where the space is too large for it (Sobol:
 * `MAX_SOBOL_DIMENSIONS`).
 */
export function createStrategy(
  settings: SearchSettings,
  space: SearchSpace,
  seed: number,
  isFeasible: IsFeasible = () => true,
): SearchStrategy {
  const context = { space, seed, isFeasible };
  switch (settings.method) {
    case 'random':
      return createRandomSearch(context);
    case 'sobol':
      return createSobolSearch(context);
    case 'tpe':
      return createTpeSearch(settings, context);
  }
}

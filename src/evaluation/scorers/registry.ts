// The kinds of baselines by their names in experiment files. A new one is a file beside this one, a line here and an entry in
// the schema.
import type { Baseline } from '../../config/experiment.js';
import { chance } from './chance.js';
import { elasticMatching } from './elastic-matching.js';
import { modifiedHausdorff } from './modified-hausdorff.js';
import { nearestNeighbourCosine, nearestNeighbourEuclidean } from './nearest-neighbour.js';
import { nearestNeighbourAffine } from './nearest-neighbour-affine.js';
import type { BaselineScorer, BaselineType, Scorer } from './scorer.js';
import { affineModel, hbpl, simpleStrokes } from './stroke-programs.js';

/** Every kind by its name, in the order of tables. */
export const baselineTypes: {
  readonly [Type in Baseline['type']]: BaselineType<Extract<Baseline, { type: Type }>>;
} = {
  nearestNeighbourEuclidean: withoutSettings(nearestNeighbourEuclidean),
  nearestNeighbourCosine: withoutSettings(nearestNeighbourCosine),
  nearestNeighbourAffine: withoutSettings(nearestNeighbourAffine),
  modifiedHausdorff: withoutSettings(modifiedHausdorff),
  elasticMatching,
  affineModel,
  simpleStrokes,
  hbpl,
  chance: withoutSettings(chance),
};

function withoutSettings(scorer: BaselineScorer): BaselineType<Baseline> {
  return { title: scorer.title, shortTitle: scorer.shortTitle, make: () => scorer };
}

/** The scorer of an entry of `baselines`. */
export function makeBaselineScorer(baseline: Baseline): Scorer {
  return (baselineTypes[baseline.type] as BaselineType<Baseline>).make(baseline);
}

/** What a page calls the baseline of this name; one that the experiment names, by that name. */
export function titleOfBaseline(name: string): string {
  return baselineTypes[name as Baseline['type']]?.title ?? name;
}

/** What a terminal calls the baseline of this name. */
export function shortTitleOfBaseline(name: string): string {
  return baselineTypes[name as Baseline['type']]?.shortTitle ?? name;
}

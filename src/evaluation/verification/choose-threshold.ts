// The threshold of a verification: where the pairs of the validation selection are told apart best.

/** A threshold with the accuracy that it has on the pairs it was chosen on. */
export interface ChosenThreshold {
  readonly value: number;
  readonly accuracy: number;
}

/**
 * The threshold with the largest accuracy when scores from it on count as same: halfway between two neighbouring scores,
 * or beyond the last one. The lowest of several that are equally good. Scores that are not finite are never right and decide
 * nothing; the threshold is 0 where there are no others.
 */
export function chooseThreshold(scores: ArrayLike<number>, isSame: ArrayLike<number>): ChosenThreshold {
  const order = Array.from({ length: scores.length }, (_, pair) => pair)
    .filter((pair) => Number.isFinite(scores[pair]))
    .sort((a, b) => scores[a]! - scores[b]!);
  if (order.length === 0) return { value: 0, accuracy: 0 };
  const at = (place: number) => scores[order[place]!]!;
  // Below all scores everything counts as same.
  let correct = order.filter((pair) => isSame[pair] === 1).length;
  let best = { value: at(0), correct };
  for (let place = 0; place < order.length; place++) {
    correct += isSame[order[place]!] === 1 ? -1 : 1;
    const isLast = place === order.length - 1;
    if (correct <= best.correct || (!isLast && at(place + 1) === at(place))) continue;
    best = { value: isLast ? at(place) + Math.max(1, Math.abs(at(place))) : (at(place) + at(place + 1)) / 2, correct };
  }
  return { value: best.value, accuracy: best.correct / scores.length };
}

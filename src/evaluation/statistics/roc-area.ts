// The area under the ROC curve as a probability: that a same pair scores above a different one, ties counting half
// (Hanley and McNeil 1982; the Mann-Whitney statistic).

/** The area, 0 … 1; 0.5 where the scores say nothing. NaN unless there are pairs of both kinds. */
export function rocArea(scores: ArrayLike<number>, isSame: ArrayLike<number>): number {
  const order = Array.from({ length: scores.length }, (_, pair) => pair).sort((a, b) => scores[a]! - scores[b]!);
  let same = 0;
  let rankSum = 0;
  for (let first = 0; first < order.length; ) {
    let next = first;
    while (next < order.length && scores[order[next]!] === scores[order[first]!]) next++;
    const rank = (first + 1 + next) / 2; // tied scores share the mean of their ranks, which count from 1
    for (const pair of order.slice(first, next)) {
      if (isSame[pair] !== 1) continue;
      same++;
      rankSum += rank;
    }
    first = next;
  }
  const different = scores.length - same;
  return (rankSum - (same * (same + 1)) / 2) / (same * different);
}

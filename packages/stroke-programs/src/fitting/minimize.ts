// Minimization with limited memory: L-BFGS (Nocedal and Wright 2006, algorithm 7.4) with steps that are halved until the
// value falls enough (Armijo's condition, equation 3.4).

/** A value and its gradient at a place. */
export interface Evaluation {
  readonly value: number;
  readonly gradient: Float64Array;
}

export interface MinimizeSettings {
  /** Evaluations at most. */
  readonly evaluations: number;
  /** Ends where a step lowers the value by less. */
  readonly tolerance: number;
}

/** Steps that are remembered. */
const MEMORY = 8;
/** The part of the expected fall that a step must bring. */
const SUFFICIENT = 1e-4;
/** The length of the first step. */
const FIRST_STEP = 1;

/** The lowest place that was found from `start`; a function that is not finite somewhere is never left for there. */
export function minimize(
  evaluate: (place: Float64Array) => Evaluation,
  start: Float64Array,
  { evaluations, tolerance }: MinimizeSettings,
): { readonly place: Float64Array; readonly value: number; readonly evaluations: number } {
  let place: Float64Array = start.slice();
  let { value, gradient } = evaluate(place);
  let used = 1;
  const memory: { readonly step: Float64Array; readonly change: Float64Array; readonly scale: number }[] = [];
  while (used < evaluations) {
    let direction: Float64Array = findDirection(gradient, memory);
    let slope = dot(direction, gradient);
    if (!(slope < 0)) {
      memory.length = 0;
      direction = gradient.map((part) => -part);
      slope = -dot(gradient, gradient);
      if (!(slope < 0)) break;
    }
    let length = memory.length === 0 ? Math.min(1, FIRST_STEP / Math.sqrt(dot(direction, direction))) : 1;
    let next: Float64Array | undefined;
    let found: Evaluation | undefined;
    while (used < evaluations) {
      next = place.map((part, i) => part + length * direction[i]!);
      found = evaluate(next);
      used++;
      if (found.value <= value + SUFFICIENT * length * slope) break;
      found = undefined;
      length /= 2;
      if (length < 1e-6) break;
    }
    if (found === undefined || next === undefined) break;
    const before = { place, gradient, value };
    const step = next.map((part, i) => part - before.place[i]!);
    const change = found.gradient.map((part, i) => part - before.gradient[i]!);
    [place, value, gradient] = [next, found.value, found.gradient];
    const curvature = dot(step, change);
    if (curvature > 1e-10) {
      memory.push({ step, change, scale: 1 / curvature });
      if (memory.length > MEMORY) memory.shift();
    }
    if (before.value - value < tolerance) break;
  }
  return { place, value, evaluations: used };
}

/** The two loops. */
function findDirection(
  gradient: Float64Array,
  memory: readonly { readonly step: Float64Array; readonly change: Float64Array; readonly scale: number }[],
): Float64Array {
  const direction = gradient.map((part) => -part);
  const parts: number[] = [];
  for (const { step, change, scale } of [...memory].reverse()) {
    const part = scale * dot(step, direction);
    parts.push(part);
    for (let i = 0; i < direction.length; i++) direction[i]! -= part * change[i]!;
  }
  const last = memory.at(-1);
  if (last) {
    const scale = 1 / (last.scale * dot(last.change, last.change));
    for (let i = 0; i < direction.length; i++) direction[i]! *= scale;
  }
  for (const { step, change, scale } of memory) {
    const part = parts.pop()! - scale * dot(change, direction);
    for (let i = 0; i < direction.length; i++) direction[i]! += part * step[i]!;
  }
  return direction;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

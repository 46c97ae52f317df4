// Initial values of parameters, drawn from named streams: the same seed gives the same bytes on every machine.
import { type RandomStream, randomStream } from '../base/random-stream.js';
import type { Initializer } from '../config/experiment.js';
import type { ParameterSpec } from '../layers/layer.js';
import { sizeOf } from '../layers/shape.js';
import type { NamedArrays } from './named-arrays.js';
import type { NetworkShape } from './network-shape.js';

/** Draws one number of a parameter. */
type Draw = (stream: RandomStream) => number;

/** How a type of initialiser draws for a parameter with these fans. */
const initializerTypes: {
  readonly [Type in Initializer['type']]: (
    config: Extract<Initializer, { type: Type }>,
    spec: Pick<ParameterSpec, 'fanIn' | 'fanOut'>,
  ) => Draw;
} = {
  zeros: () => () => 0,
  constant:
    ({ value }) =>
    () =>
      value,
  normal:
    ({ mean, standardDeviation }) =>
    (stream) =>
      mean + standardDeviation * stream.normal(),
  truncatedNormal:
    ({ mean, standardDeviation }) =>
    (stream) =>
      mean + standardDeviation * drawWithinTwoDeviations(stream),
  uniform:
    ({ low, high }) =>
    (stream) =>
      stream.between(low, high),
  // He et al. 2015, equation 10.
  heNormal: (_config, { fanIn }) => {
    const standardDeviation = Math.sqrt(2 / fanIn);
    return (stream) => standardDeviation * stream.normal();
  },
  heUniform: (_config, { fanIn }) => {
    const limit = Math.sqrt(6 / fanIn);
    return (stream) => stream.between(-limit, limit);
  },
  // Glorot and Bengio 2010, equation 12.
  glorotNormal: (_config, { fanIn, fanOut }) => {
    const standardDeviation = Math.sqrt(2 / (fanIn + fanOut));
    return (stream) => standardDeviation * stream.normal();
  },
  // Glorot and Bengio 2010, equation 16.
  glorotUniform: (_config, { fanIn, fanOut }) => {
    const limit = Math.sqrt(6 / (fanIn + fanOut));
    return (stream) => stream.between(-limit, limit);
  },
  // LeCun et al. 1998, "Efficient backprop", equation 16.
  lecunNormal: (_config, { fanIn }) => {
    const standardDeviation = Math.sqrt(1 / fanIn);
    return (stream) => standardDeviation * stream.normal();
  },
};

function drawWithinTwoDeviations(stream: RandomStream): number {
  let number: number;
  do number = stream.normal();
  while (Math.abs(number) > 2);
  return number;
}

/** The initial values of one parameter, in the order of its elements. */
export function drawInitialValues(spec: ParameterSpec, stream: RandomStream): Float32Array {
  const makeDraw = initializerTypes[spec.initializer.type] as (config: Initializer, spec: ParameterSpec) => Draw;
  const draw = makeDraw(spec.initializer, spec);
  const values = new Float32Array(sizeOf(spec.shape));
  for (let index = 0; index < values.length; index++) values[index] = draw(stream);
  return values;
}

/**
 * The initial values of all parameters of a network by path, those of `given` where it has them. Each parameter has a
 * stream of its own, so that a changed layer leaves the others alone. Koch's 39 million numbers take about 2 s.
 */
export function initializeNetwork(shape: NetworkShape, seed: number, given?: NamedArrays): NamedArrays {
  return new Map(
    shape.parameters.map((spec) => {
      const known = given?.get(spec.path);
      if (known !== undefined) return [spec.path, known];
      const values = drawInitialValues(spec, randomStream(seed, 'initialize', spec.path));
      return [spec.path, { shape: spec.shape, values }];
    }),
  );
}

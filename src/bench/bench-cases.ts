// What `oneshot bench` measures: three networks that stand for what people train here. The steps themselves are in
// case-networks.ts for our engines and in bench/torch_steps.py for PyTorch.

/** The measured steps by name; the number is the batch: pairs for Koch's network, pictures for the others. */
export const BENCH_CASES = ['koch-8', 'koch-32', 'small-128', 'all-pairs-320'] as const;
export type BenchCaseName = (typeof BENCH_CASES)[number];

/** A convolution or a dense layer (kernel 1 on a map of size 1); `outputSize` is the side of its result. */
interface CostedLayer {
  readonly kernelSize: number;
  readonly inputs: number;
  readonly outputs: number;
  readonly outputSize: number;
}

export interface BenchCase {
  readonly name: BenchCaseName;
  readonly title: string;
  /** Pictures of one step. */
  readonly pictures: number;
  readonly layers: readonly CostedLayer[];
}

const layer = (kernelSize: number, inputs: number, outputs: number, outputSize: number): CostedLayer => {
  return { kernelSize, inputs, outputs, outputSize };
};

/** Koch et al. 2015, figure 4. */
const KOCH = [
  layer(10, 1, 64, 96),
  layer(7, 64, 128, 42),
  layer(4, 128, 128, 18),
  layer(4, 128, 256, 6),
  layer(1, 9216, 4096, 1),
];
/** Four blocks of 64 filters, as in Snell et al. 2017, section 3.1. */
const SMALL = [layer(3, 1, 64, 28), layer(3, 64, 64, 14), layer(3, 64, 64, 7), layer(3, 64, 64, 3)];
const ALL_PAIRS = [
  layer(3, 1, 32, 28),
  layer(3, 32, 64, 14),
  layer(3, 64, 128, 7),
  layer(3, 128, 128, 3),
  layer(1, 1152, 256, 1),
];

const CASES: Readonly<Record<BenchCaseName, Omit<BenchCase, 'name'>>> = {
  'koch-8': { title: "Koch's network, 105 px, 8 pairs", pictures: 16, layers: KOCH },
  'koch-32': { title: "Koch's network, 105 px, 32 pairs", pictures: 64, layers: KOCH },
  'small-128': { title: 'four blocks of 64 filters, 28 px, 128 pictures', pictures: 128, layers: SMALL },
  'all-pairs-320': { title: 'all pairs of 320 pictures, 28 px', pictures: 320, layers: ALL_PAIRS },
};

export function describeCase(name: BenchCaseName): BenchCase {
  return { name, ...CASES[name] };
}

/** Floating-point operations of one forward pass, two per multiplication with addition, in convolutions and dense layers. */
export function countForwardFlops({ pictures, layers }: BenchCase): number {
  return pictures * layers.reduce((sum, one) => sum + 2 * multiplyAdds(one), 0);
}

/** The same for a training step: forward, gradients of weights, and of inputs but for the pictures themselves. */
export function countTrainingFlops(bench: BenchCase): number {
  return 3 * countForwardFlops(bench) - bench.pictures * 2 * multiplyAdds(bench.layers[0] as CostedLayer);
}

function multiplyAdds({ kernelSize, inputs, outputs, outputSize }: CostedLayer): number {
  return kernelSize ** 2 * inputs * outputs * outputSize ** 2;
}

// Standard test functions with their search spaces: Branin, Hartmann 6 (Surjanovic and Bingham, Virtual Library of
// Simulation Experiments) and a noisy mixed one with conditional parameters. All are to be minimised.

function branin({ x, y }) {
  const a = y - (5.1 * x * x) / (4 * Math.PI ** 2) + (5 * x) / Math.PI - 6;
  return a * a + 10 * (1 - 1 / (8 * Math.PI)) * Math.cos(x) + 10;
}

const ALPHA = [1.0, 1.2, 3.0, 3.2];
const A = [
  [10, 3, 17, 3.5, 1.7, 8],
  [0.05, 10, 17, 0.1, 8, 14],
  [3, 3.5, 1.7, 10, 17, 8],
  [17, 8, 0.05, 10, 0.1, 14],
];
const P = [
  [1312, 1696, 5569, 124, 8283, 5886],
  [2329, 4135, 8307, 3736, 1004, 9991],
  [2348, 1451, 3522, 2883, 3047, 6650],
  [4047, 8828, 8732, 5743, 1091, 381],
];

function hartmann6(point) {
  return ALPHA.reduce((total, alpha, i) => {
    const inner = A[i].reduce((sum, a, j) => sum + a * (point[`x${j}`] - 1e-4 * P[i][j]) ** 2, 0);
    return total - alpha * Math.exp(-inner);
  }, 0);
}

/** Like the tuning of a network: optimizers with settings of their own, a second width only for deep networks. */
function mixed(point) {
  const rate = Math.log10(point.learningRate);
  let loss = 0.25 + 0.3 * (rate + 2.5) ** 2;
  if (point.optimizer === 'sgd') {
    loss = 0.1 + 0.3 * (rate + 1.5 + point.momentum) ** 2 + 0.6 * (point.momentum - 0.9) ** 2;
  } else if (point.optimizer === 'adam') {
    loss = 0.3 * (rate + 3) ** 2 + 0.1 * (Math.log10(point.epsilon) + 6) ** 2;
  }
  loss += 0.08 * (point.layers - 4) ** 2;
  loss += ((point.units1 - 128) / 256) ** 2;
  if (point.layers >= 4) loss += ((point.units2 - 192) / 256) ** 2;
  return loss + (point.dropout ? 0 : 0.1);
}

/** By name: the function, the `parameters` of its sweep, its smallest value, and the standard deviation of the noise on what is observed. */
export const OBJECTIVES = {
  branin: {
    value: branin,
    parameters: { x: { uniform: [-5, 10] }, y: { uniform: [0, 15] } },
    minimum: 0.39788735772973816,
    noise: 0,
  },
  hartmann6: {
    value: hartmann6,
    parameters: Object.fromEntries([0, 1, 2, 3, 4, 5].map((j) => [`x${j}`, { uniform: [0, 1] }])),
    minimum: -3.322368011391339,
    noise: 0,
  },
  mixed: {
    value: mixed,
    parameters: {
      optimizer: ['sgd', 'adam', 'rmsprop'],
      learningRate: { logUniform: [1e-5, 1] },
      layers: { integer: [1, 6] },
      units1: { integer: [16, 256], step: 16 },
      dropout: [true, false],
      momentum: { uniform: [0, 1], when: { optimizer: 'sgd' } },
      epsilon: { logUniform: [1e-8, 1e-1], when: { optimizer: 'adam' } },
      units2: { integer: [16, 256], step: 16, when: { layers: [4, 5, 6] } },
    },
    minimum: 0,
    noise: 0.05,
  },
};

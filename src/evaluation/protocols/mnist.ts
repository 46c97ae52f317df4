// Transfer to MNIST (Koch et al. 2015, section 4.4, Table 3): a network that was trained on other pictures tells digits of
// the test files apart without further training. Published on 400 queries of 10 ways: nearest neighbour 26.5 %, network 70.3 %.
import { OneshotError } from '../../base/problem.js';
import type { ProtocolMnist } from '../../config/experiment.js';
import type { ProtocolType } from '../task.js';
import { makeDrawnTasks } from './drawn-protocols.js';

export const mnist: ProtocolType<ProtocolMnist> = {
  protocol: 'mnist',
  title: "Random episodes of MNIST's digits",
  asksFor: 'mnist',
  async makeTasks(section, data) {
    if (!data.loadBeside) throw new OneshotError('data', 'MNIST cannot be loaded beside these pictures');
    const digits = await data.loadBeside('mnist');
    // The digits are one alphabet, and nobody is known to have written two of them.
    return makeDrawnTasks({ ...section, selection: 'test' }, 'cross-alphabet', digits);
  },
};

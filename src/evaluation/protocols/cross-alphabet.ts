// The unstructured protocol (Vinyals et al. 2016): classes of all alphabets of the selection, pictures by anybody. Easier
// than within an alphabet: figures of the two are not comparable.
import type { ProtocolCrossAlphabet } from '../../config/experiment.js';
import type { ProtocolType } from '../task.js';
import { makeDrawnTasks } from './drawn-tasks.js';

export const crossAlphabet: ProtocolType<ProtocolCrossAlphabet> = {
  protocol: 'cross-alphabet',
  makeTasks: async (section, data) => makeDrawnTasks(section, data),
};

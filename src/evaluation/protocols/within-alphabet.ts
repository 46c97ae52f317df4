// The paper's protocol (Koch et al. 2015, section 4.3): classes of one alphabet, the support pictures by one person for
// each shot, the queries by another.
import type { ProtocolWithinAlphabet } from '../../config/experiment.js';
import type { ProtocolType } from '../task.js';
import { makeDrawnTasks } from './drawn-tasks.js';

export const withinAlphabet: ProtocolType<ProtocolWithinAlphabet> = {
  protocol: 'within-alphabet',
  makeTasks: async (section, data) => makeDrawnTasks(section, data),
};

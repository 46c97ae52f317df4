// The protocols by their names in experiment files. A new one is a file beside this one, a line here and an entry in the schema.
import type { Protocol } from '../../config/experiment.js';
import type { ExtraPictures } from '../../data/loaded-data.js';
import { makeMistake } from '../mistakes.js';
import type { EpisodeProtocol, EvaluationData, EvaluationTask, ProtocolType } from '../task.js';
import { closedSet } from './closed-set.js';
import { crossAlphabet, withinAlphabet } from './drawn-protocols.js';
import { lakeRuns } from './lake-runs.js';
import { mnist } from './mnist.js';

/** Every protocol of episodes by its name in the schema; in a headline, one listed earlier speaks before one listed later. */
const protocolTypes: {
  readonly [Name in EpisodeProtocol['protocol']]: ProtocolType<Extract<EpisodeProtocol, { protocol: Name }>>;
} = {
  'lake-runs': lakeRuns,
  'within-alphabet': withinAlphabet,
  'cross-alphabet': crossAlphabet,
  'closed-set': closedSet,
  mnist,
};

/** The names of the protocols of episodes, in their order. */
export const EPISODE_PROTOCOLS = Object.keys(protocolTypes) as EpisodeProtocol['protocol'][];

/** What pages call a protocol. */
export function titleOfProtocol(protocol: EpisodeProtocol['protocol']): string {
  return protocolTypes[protocol].title;
}

/** The pictures that the sections ask for besides those of the data section. */
export function listExtraPictures(sections: readonly Protocol[]): ExtraPictures {
  const asked = sections.flatMap(({ protocol }) =>
    protocol === 'verification' ? [] : (protocolTypes[protocol].asksFor ?? []),
  );
  const beside = asked.filter((name) => name !== 'lakeRuns');
  return { lakeRuns: asked.includes('lakeRuns'), beside: [...new Set(beside)].sort() };
}

/**
 * The tasks of all sections with episodes, in their order. Tasks that would share a name (sections that differ in their
 * seed) get `-2`, `-3` at its end. A section with an assignment gives each of its tasks twice: by itself, and transductive; one with
 * mistakes once more for each.
 * Rejects with a OneshotError('data') when the data cannot give an episode.
 */
export async function makeTasks(sections: readonly Protocol[], data: EvaluationData): Promise<EvaluationTask[]> {
  const tasks: EvaluationTask[] = [];
  const uses = new Map<string, number>();
  for (const section of sections) {
    if (section.protocol === 'verification') continue;
    const type = protocolTypes[section.protocol] as ProtocolType<EpisodeProtocol>;
    for (const task of await type.makeTasks(section, data)) {
      const use = (uses.get(task.name) ?? 0) + 1;
      uses.set(task.name, use);
      const name = use === 1 ? task.name : `${task.name}-${use}`;
      tasks.push({ ...task, name });
      const assignment = 'assignment' in section ? section.assignment : undefined;
      if (assignment) tasks.push({ ...task, name: `${name}-transductive`, assignment });
      const mistakes = ('mistakes' in section && section.mistakes) || [];
      for (const mistake of mistakes) tasks.push(makeMistake({ ...task, name }, mistake, data.split[task.selection]));
    }
  }
  return tasks;
}

// Lake's 20 official runs: 20-way one-shot within an alphabet, 400 queries, the same for everybody (Lake et al. 2015).
import { OneshotError } from '../../base/problem.js';
import type { ProtocolLakeRuns } from '../../config/experiment.js';
import { nameTask, type ProtocolType } from '../task.js';

export const lakeRuns: ProtocolType<ProtocolLakeRuns> = {
  protocol: 'lake-runs',
  title: "Lake's 20 official runs",
  asksFor: 'lakeRuns',
  async makeTasks(section, data) {
    if (!data.loadLakeRuns) {
      throw new OneshotError('data', `the data set ${data.split.test.set.name} has no Lake runs`, {
        hint: 'the protocol lake-runs belongs to the data set omniglot',
      });
    }
    const { set, source, episodes } = await data.loadLakeRuns();
    const task = {
      protocol: 'lake-runs',
      selection: 'test',
      nWay: 20,
      kShot: 1,
      seed: null,
      testTimeAugmentation: section.testTimeAugmentation ?? null,
      assignment: null,
    } as const;
    return [{ ...task, name: nameTask(task), pictures: { clean: set, source }, episodes, skippedAlphabets: [] }];
  },
};

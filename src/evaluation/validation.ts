// One-shot validation while a network is being trained: one task, made once, measured every few epochs.
import type { Validation } from '../config/experiment.js';
import { answerTasks } from './evaluate.js';
import { makeDrawnTasks } from './protocols/drawn-tasks.js';
import type { EvaluationResult } from './records/evaluation-result.js';
import { makeResult } from './records/make-records.js';
import type { Scorer } from './scorers/scorer.js';
import type { EvaluationData, EvaluationTask } from './task.js';

/** The task of the section `training.validation`, on the validation selection. Throws a OneshotError('usage') when the selection is too small. */
export function makeValidationTask(section: Validation, data: EvaluationData): EvaluationTask {
  const [task] = makeDrawnTasks({ ...section, selection: 'validation' }, data) as [EvaluationTask];
  return task;
}

/** The result of one scorer on one task. */
export async function measureTask(scorer: Scorer, task: EvaluationTask): Promise<EvaluationResult> {
  for await (const { answers } of answerTasks(scorer, [task])) return makeResult(task, scorer, answers);
  throw new RangeError('a task has at least one episode');
}

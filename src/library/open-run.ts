import { OneshotError } from '../base/problem.js';
import { loadRuns, type ReportRun } from '../report/load-runs.js';

/** What the folder of a run holds. */
export type RunRecord = ReportRun;

/**
 * The run in a folder, or the only one below it, in whatever state it is. Throws OneshotError: `usage` where there is none
 * or several, `corrupt` where its record cannot be read.
 */
export function openRun(path: string): RunRecord {
  const { runs, damaged } = loadRuns([path]);
  const [run, other] = runs;
  if (run === undefined && damaged[0] !== undefined) throw new OneshotError('corrupt', damaged[0].reason);
  if (run === undefined) throw new OneshotError('usage', `${path} holds no run`);
  if (other !== undefined)
    throw new OneshotError('usage', `${path} holds ${runs.length} runs`, {
      hint: `name one of them: ${runs
        .slice(0, 5)
        .map(({ folder }) => folder)
        .join(', ')}${runs.length > 5 ? ', …' : ''}`,
    });
  return run;
}

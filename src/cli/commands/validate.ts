import { InputError, type Problem } from '../../base/problem.js';
import { describeDataOnce } from '../../check/describe-data-once.js';
import { loadExperiment } from '../../check/load-experiment.js';
import { describeMore, renderProblems } from '../render-problem.js';
import type { ExitCode } from '../report-error.js';
import { colorsFor, printNote, printResult } from '../terminal.js';

/** `oneshot validate`: every problem of every file; exit code 2 when there is any. */
export async function validateCommand(
  files: string[],
  options: { format: 'text' | 'json' | 'github'; set: string[] },
): Promise<ExitCode> {
  const problems: Problem[] = [];
  for (const file of files) {
    try {
      const { experiment } = loadExperiment(file, { sets: options.set });
      if (options.format === 'text') {
        for (const note of describeDataOnce(experiment.data)?.notes ?? []) printNote(note);
        printNote(`${colorsFor(process.stderr).green('valid')} ${file}`);
      }
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      problems.push(...error.problems);
      if (error.more > 0) printNote(describeMore(error.more, file));
    }
  }
  if (options.format === 'json' || problems.length > 0) {
    printResult(
      renderProblems(problems, options.format, {
        colors: colorsFor(process.stdout).isColorSupported,
        sets: options.set,
      }),
    );
  }
  return problems.length === 0 ? 0 : 2;
}

import { dirname, resolve } from 'node:path';
import { userPicturesFolder } from '../../base/environment.js';
import { InputError, OneshotError, type Problem } from '../../base/problem.js';
import { describeDataOnce } from '../../check/describe-data-once.js';
import { type LoadedExperiment, loadExperiment } from '../../check/load-experiment.js';
import { openProgressLine } from '../progress-line.js';
import { describeMore, renderProblems } from '../render-problem.js';
import type { ExitCode } from '../report-error.js';
import { colorsFor, printNote, printResult } from '../terminal.js';

export interface ValidateOptions {
  readonly format: 'text' | 'json' | 'github';
  readonly set: string[];
  /** Whether the pictures are read as well. */
  readonly deep?: boolean;
}

/** `oneshot validate`: every problem of every file; exit code 2 when there is any. */
export async function validateCommand(files: string[], options: ValidateOptions): Promise<ExitCode> {
  const problems: Problem[] = [];
  for (const file of files) {
    try {
      const loaded = loadExperiment(file, { sets: options.set });
      const notes = describeDataOnce(loaded.experiment.data)?.notes ?? [];
      const found = options.deep ? await readPictures(file, loaded, notes) : { notes: [] };
      if (options.format === 'text') {
        for (const note of [...notes, ...found.notes]) printNote(note);
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

/**
 * Decodes every picture and looks for copies, as a run would; what it found worth telling, beside what is `told` already.
 * Throws an `InputError` where a run would refuse the data.
 */
async function readPictures(
  file: string,
  { experiment, positions }: LoadedExperiment,
  told: readonly string[],
): Promise<{ notes: string[] }> {
  // Loaded only when asked for: decoders take a while to start.
  const { loadData } = await import('../../data/data-sets.js');
  const { asksKnownClassesOnly, refuseLeaks } = await import('../../run/refuse-leaks.js');
  const progress = openProgressLine();
  try {
    const data = await loadData(experiment.data, {
      env: process.env,
      baseFolder: resolve(dirname(file)),
      cacheFolder: userPicturesFolder(process.env),
      report: (message) => {
        if (!told.includes(message)) progress.show(message);
      },
    });
    const doubts = refuseLeaks(data, { asksKnownClasses: asksKnownClassesOnly(experiment) });
    const { length } = data.source.character;
    return { notes: [`${length} ${length === 1 ? 'picture' : 'pictures'} read`, ...doubts] };
  } catch (error) {
    if (!(error instanceof OneshotError && error.code === 'data')) throw error;
    const { message, hint } = error;
    const found = message.replace(/:\n +/, ': ').replace(/\n +/g, '; ');
    const place = { ...positions.ofValue(['data', 'path']), path: 'data' };
    throw new InputError([
      { ...place, code: 'unreadable', found, allowed: 'pictures that a run can use', ...(hint && { hint }) },
    ]);
  } finally {
    progress.close();
  }
}

import { writeStarterFiles } from '../../config/starter-file.js';
import type { ExitCode } from '../report-error.js';
import { printNote, printResult } from '../terminal.js';

/** `oneshot init`: writes a starter experiment and prints where. */
export async function initCommand(folder: string): Promise<ExitCode> {
  const { experiment } = writeStarterFiles(folder);
  printResult(experiment);
  printNote(`run it with \`oneshot run ${experiment}\`: half a minute, nothing to download`);
  return 0;
}

import type { Command } from 'commander';
import { listKeyPaths } from '../../config/explain-key.js';
import { renderCompletion, type Shell } from '../completion-script.js';
import type { ExitCode } from '../report-error.js';
import { printResult } from '../terminal.js';

/** `oneshot completion`: the script that completes the commands of `program` in a shell. */
export async function completionCommand(program: Command, shell: Shell): Promise<ExitCode> {
  printResult(renderCompletion(program, shell, { explain: listKeyPaths().map((path) => path.replaceAll('[]', '')) }));
  return 0;
}

import { readFileSync } from 'node:fs';
import { findOwnFile } from '../../base/own-files.js';
import type { ExitCode } from '../report-error.js';
import { printResult } from '../terminal.js';

/**
 * `oneshot schema`: the JSON Schema of whole experiments, that of parts of them for editors, or the reference page as
 * Markdown.
 */
export async function schemaCommand(options: { page?: boolean; editor?: boolean }): Promise<ExitCode> {
  const path = options.page ? 'docs/experiment.md' : `schemas/${options.editor ? 'editor' : 'experiment'}.schema.json`;
  printResult(readFileSync(findOwnFile(path), 'utf8').trimEnd());
  return 0;
}

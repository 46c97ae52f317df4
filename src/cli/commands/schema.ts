import { readFileSync } from 'node:fs';
import type { ExitCode } from '../report-error.js';
import { printResult } from '../terminal.js';

/** `oneshot schema`: the JSON Schema of experiment files, or its reference page as Markdown. */
export async function schemaCommand(options: { page?: boolean }): Promise<ExitCode> {
  // The same relative path leads there from src/ and from dist/.
  const path = options.page ? '../../../docs/experiment.md' : '../../../schemas/experiment.schema.json';
  printResult(readFileSync(new URL(path, import.meta.url), 'utf8').trimEnd());
  return 0;
}

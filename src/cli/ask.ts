// A question on the terminal.
import { createInterface } from 'node:readline/promises';

/** True for an answer that begins with y; false for any other and where nobody can be asked. */
export async function askYesNo(question: string, signal: AbortSignal): Promise<boolean> {
  if (process.stdin.isTTY !== true || process.stderr.isTTY !== true) return false;
  const prompt = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^\s*y/i.test(await prompt.question(`${question} [y/N] `, { signal }));
  } catch {
    return false;
  } finally {
    prompt.close();
  }
}

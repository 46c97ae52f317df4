// The two streams of the command line: standard output carries results, standard error progress and problems. This and what
// calls it are the only places that print. What came from outside is shown and steers nothing: of all control sequences,
// only those of our own colours get through.
import pico from 'picocolors';
import { showControls, toJsonText } from '../base/printable.js';

export type Colors = ReturnType<typeof pico.createColors>;

/** Colours for a stream: plain text when it is not a terminal, NO_COLOR is set or TERM is dumb; FORCE_COLOR forces them. */
export function colorsFor(stream: NodeJS.WriteStream): Colors {
  const { env } = process;
  const forced = env.FORCE_COLOR !== undefined && env.FORCE_COLOR !== '0';
  return pico.createColors(forced || (stream.isTTY === true && env.NO_COLOR === undefined && env.TERM !== 'dumb'));
}

/** Writes a line to standard output. */
export function printResult(line: string): void {
  process.stdout.write(`${showText(line, colorsFor(process.stdout))}\n`);
}

/** Writes a plain value to standard output, for programs. */
export function printJson(value: unknown): void {
  process.stdout.write(`${toJsonText(value)}\n`);
}

/** Writes a line to standard error. */
export function printNote(line: string): void {
  process.stderr.write(`${showText(line, colorsFor(process.stderr))}\n`);
}

/** The colours that we use ourselves: bold, dim, six hues, and their ends. */
const OWN_COLORS = /\u001b\[(?:1|2|22|3[1-69]|39)m/g;

/** The text as it may be sent to a stream with these colours. */
export function showText(text: string, { isColorSupported }: Colors): string {
  if (!isColorSupported) return showControls(text);
  const colors = text.match(OWN_COLORS) ?? [];
  return text
    .split(OWN_COLORS)
    .map((piece, index) => showControls(piece) + (colors[index] ?? ''))
    .join('');
}

/**
 * A reader that has seen enough (`oneshot schema | head`) ends nothing: what is still to be done is done, in silence. Any other
 * failure of the streams, a full disk behind `>`, becomes exit code 1. Called once, before anything is printed.
 */
export function forgiveClosedPipes(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') return;
      if (stream === process.stdout) printNote(`error: standard output cannot be written: ${error.message}`);
      process.exitCode = 1;
    });
  }
}

/** Whether somebody still reads standard output. */
export function isStillRead(): boolean {
  return !process.stdout.destroyed && process.stdout.errored === null;
}

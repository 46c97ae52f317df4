// The two streams of the command line: standard output carries results, standard error progress and problems.
// This and what calls it are the only places that print.
import pico from 'picocolors';

export type Colors = ReturnType<typeof pico.createColors>;

/** Colours for a stream: plain text when it is not a terminal, NO_COLOR is set or TERM is dumb; FORCE_COLOR forces them. */
export function colorsFor(stream: NodeJS.WriteStream): Colors {
  const { env } = process;
  const forced = env.FORCE_COLOR !== undefined && env.FORCE_COLOR !== '0';
  return pico.createColors(forced || (stream.isTTY === true && env.NO_COLOR === undefined && env.TERM !== 'dumb'));
}

/** Writes a line to standard output. */
export function printResult(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** Writes a line to standard error. */
export function printNote(line: string): void {
  process.stderr.write(`${line}\n`);
}

import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline/promises';
import { formatBytes, formatInteger } from '../../base/format-quantity.js';
import { OneshotError } from '../../base/problem.js';
import { createPlainTable } from '../plain-table.js';
import type { ExitCode } from '../report-error.js';
import { colorsFor, printJson, printNote, printResult } from '../terminal.js';
import { findGarbage, type Garbage, pictureCacheFolder, removeGarbage } from './find-garbage.js';

export interface PruneOptions {
  readonly dryRun?: boolean;
  readonly yes?: boolean;
  readonly unusedDays: number;
  readonly json?: boolean;
}

const DEFAULT_PATH = process.env.ONESHOT_RUNS || 'runs';

/** `oneshot prune`: shows what is not needed any more, and removes it when that is wanted. */
export async function pruneCommand(path: string | undefined, options: PruneOptions): Promise<ExitCode> {
  const { garbage, damaged } = findGarbage({
    // Without runs there may still be unused pictures; a path that was named and is not there is a mistake.
    path: path ?? (existsSync(DEFAULT_PATH) ? DEFAULT_PATH : undefined),
    cacheFolder: pictureCacheFolder(process.env),
    unusedDays: options.unusedDays,
    now: Date.now(),
  });
  for (const { reason } of damaged) printNote(`left alone, damaged: ${reason}`);
  if (!options.json) show(garbage);
  const isWanted = garbage.length > 0 && !options.dryRun && (options.yes === true || (await ask(garbage)));
  const removed = isWanted ? removeGarbage(garbage) : [];
  if (options.json) printJson({ found: garbage, removed, freedBytes: sumBytes(removed), damaged });
  else if (isWanted) report(garbage, removed);
  return 0;
}

const KINDS = {
  checkpoint: 'checkpoint of a finished run',
  temporary: 'temporary file of a process that is gone',
  pictures: 'decoded pictures, unused; made again when needed',
} as const;

function show(garbage: readonly Garbage[]): void {
  if (garbage.length === 0) {
    printResult('nothing to remove');
    return;
  }
  const table = createPlainTable(['size', 'what', 'where'], colorsFor(process.stdout), [0]);
  for (const { kind, path, bytes } of garbage) table.push([formatBytes(bytes), KINDS[kind], path]);
  printResult(table.toString());
  printResult(`${count(garbage.length)}, ${formatBytes(sumBytes(garbage))}`);
}

function report(garbage: readonly Garbage[], removed: readonly Garbage[]): void {
  printResult(`removed ${count(removed.length)}, ${formatBytes(sumBytes(removed))}`);
  const kept = garbage.length - removed.length;
  if (kept > 0) printNote(`${count(kept)} left alone: their runs were taken up again`);
}

async function ask(garbage: readonly Garbage[]): Promise<boolean> {
  if (!process.stdin.isTTY)
    throw new OneshotError('usage', 'there is no terminal to ask on, so nothing was removed', {
      hint: '--yes removes without asking, --dry-run only shows',
    });
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await terminal.question(`Remove ${count(garbage.length)}? [y/N] `);
    return /^y(es)?$/i.test(answer.trim());
  } finally {
    terminal.close();
  }
}

const sumBytes = (garbage: readonly Garbage[]) => garbage.reduce((sum, { bytes }) => sum + bytes, 0);
const count = (number: number) => `${formatInteger(number)} ${number === 1 ? 'item' : 'items'}`;

// Problems as text for people, JSON for programs, and annotations for GitHub. The only place that words a problem's line:
// `file:line:column key.path: found …; allowed: …; nearest: …`.
import { readFileSync } from 'node:fs';
import pc from 'picocolors';
import { formatInteger } from '../base/format-quantity.js';
import { hideWrittenCredentials } from '../base/hide-credentials.js';
import { showLine, toJsonText } from '../base/printable.js';
import type { Problem } from '../base/problem.js';

export type ProblemFormat = 'text' | 'json' | 'github';

export interface RenderOptions {
  /** Default false. */
  readonly colors?: boolean;
  /** The `--set` arguments, for the excerpts of their problems. */
  readonly sets?: readonly string[];
  /** Text of a file that a problem names, or undefined when there is none; read from the disk by default. */
  readonly readText?: (file: string) => string | undefined;
}

/** All problems in one of the formats, in their order; no line break at the end. */
export function renderProblems(
  problems: readonly Problem[],
  format: ProblemFormat,
  options: RenderOptions = {},
): string {
  switch (format) {
    case 'json':
      return toJsonText(problems.map((problem) => ({ ...problem, found: hideWrittenCredentials(problem.found) })));
    case 'github':
      return problems.map(renderAnnotation).join('\n');
    case 'text': {
      const files = new ProblemFiles(options);
      const colors = pc.createColors(options.colors ?? false);
      return problems.map((problem) => renderText(problem, files, colors)).join('\n');
    }
  }
}

/** That there are more problems than are told. */
export function describeMore(count: number, file?: string): string {
  const where = file === undefined ? '' : ` in ${showLine(file)}`;
  return `and ${formatInteger(count)} more problems at least${where}: mend these first`;
}

/** The problem in one line, without excerpt and hint. A `--set` argument has a single line, so only its column is named. */
export function renderProblemLine(problem: Problem): string {
  return `${placeOf(problem)} ${sentenceOf(problem)}`;
}

function placeOf({ file, line, column }: Problem): string {
  const name = showLine(file);
  return file.startsWith('--set ') ? `${name}:${column}` : `${name}:${line}:${column}`;
}

function sentenceOf({ path, found, allowed, nearest }: Problem): string {
  const place = path === '' ? '' : `${path}: `;
  const end = nearest === undefined ? '' : `; nearest: ${nearest}`;
  return showLine(`${place}found ${hideWrittenCredentials(found)}; allowed: ${allowed}${end}`);
}

function renderText(problem: Problem, files: ProblemFiles, colors: ReturnType<typeof pc.createColors>): string {
  const lines = [`${colors.bold(placeOf(problem))} ${sentenceOf(problem)}`];
  const line = files.lineOf(problem);
  if (line !== undefined && line.trim() !== '') {
    // Before it is cut: a piece of a password is not known as one.
    const { excerpt, caret } = cutExcerpt(hideWrittenCredentials(line), problem.column);
    const number = problem.file.startsWith('--set ') ? '' : String(problem.line);
    const margin = ' '.repeat(number.length);
    lines.push(colors.dim(`  ${number} | `) + excerpt, colors.dim(`  ${margin} | `) + colors.red(caret));
  }
  if (problem.hint !== undefined) lines.push(`  hint: ${showLine(problem.hint)}`);
  return lines.join('\n');
}

const EXCERPT_WIDTH = 100;

/** The line around the column and a caret under the word that begins there, as eemeli/yaml's `prettifyError` shows them. */
function cutExcerpt(line: string, column: number): { excerpt: string; caret: string } {
  const index = Math.min(column - 1, line.length);
  const start = index <= EXCERPT_WIDTH - 20 ? 0 : index - EXCERPT_WIDTH / 2;
  const cut = line.slice(start, start + EXCERPT_WIDTH);
  const excerpt = `${start > 0 ? '…' : ''}${cut}${line.length > start + EXCERPT_WIDTH ? '…' : ''}`;
  const word = /^(?:"[^"]*"|'[^']*'|[^\s,:=[\]{}]+)/.exec(line.slice(index))?.[0] ?? '';
  const before = ' '.repeat(index - start + (start > 0 ? 1 : 0));
  const width = Math.max(1, Math.min(word.length, start + cut.length - index));
  return { excerpt: showLine(excerpt), caret: before + '^'.repeat(width) };
}

/** Lines of the files that problems name; each file is read once. */
class ProblemFiles {
  readonly #options: RenderOptions;
  readonly #lines = new Map<string, readonly string[]>();

  constructor(options: RenderOptions) {
    this.#options = options;
  }

  lineOf({ file, line, code }: Problem): string | undefined {
    if (code === 'unreadable') return undefined;
    const argument = /^--set (\d+)$/.exec(file);
    if (argument) return this.#options.sets?.[Number(argument[1]) - 1];
    let lines = this.#lines.get(file);
    if (!lines) {
      const read = this.#options.readText ?? readText;
      lines = (read(file) ?? '').replace(/^\uFEFF/, '').split(/\r\n|\n|\r/);
      this.#lines.set(file, lines);
    }
    return lines[line - 1];
  }
}

function readText(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

/**
 * A workflow command of GitHub Actions: an annotation at the line,
 * https://docs.github.com/actions/reference/workflow-commands-for-github-actions.
 */
function renderAnnotation(problem: Problem): string {
  const isArgument = problem.file.startsWith('--set ');
  const place = isArgument ? '' : `file=${escapeProperty(problem.file)},line=${problem.line},col=${problem.column},`;
  const message = [isArgument ? renderProblemLine(problem) : sentenceOf(problem), problem.hint]
    .filter(Boolean)
    .join('\nhint: ');
  return `::error ${place}title=${escapeProperty(problem.code)}::${escapeData(message)}`;
}

function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}

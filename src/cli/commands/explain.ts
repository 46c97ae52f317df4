import { type ExplainedName, explainKey, type KeyExplanation } from '../../config/explain-key.js';
import type { ExitCode } from '../report-error.js';
import { type Colors, colorsFor, printJson, printResult } from '../terminal.js';
import { wrapText } from '../wrap-text.js';

/** `oneshot explain`: what a key of an experiment means. */
export async function explainCommand(path: string, options: { json?: boolean }): Promise<ExitCode> {
  const explanations = explainKey(path);
  if (options.json) printJson(explanations);
  else {
    const colors = colorsFor(process.stdout);
    printResult(explanations.map((explanation) => renderExplanation(explanation, colors)).join('\n\n'));
  }
  return 0;
}

const EFFECTS = {
  training: 'another value is another network: the trial is trained anew',
  evaluation: 'another value measures the finished network again, without training',
  nothing: 'no result: finished trials stay valid',
} as const;

function renderExplanation(explanation: KeyExplanation, colors: Colors): string {
  const { path, kinds, description, allowed, isRequired, affects, choices, keys } = explanation;
  const where = kinds.length === 0 ? '' : colors.dim(`  (${kinds.join('; ')})`);
  const fallback = explanation.default === undefined ? (isRequired ? 'none: it must be given' : 'none') : undefined;
  const width = Math.min(process.stdout.columns ?? 100, 100);
  return [
    `${colors.bold(path)}${where}`,
    ...wrapText(description, width, '  '),
    ...wrapText(`value    ${allowed}`, width, '  ', 9),
    ...wrapText(`default  ${fallback ?? formatValue(explanation.default)}`, width, '  ', 9),
    ...wrapText(`affects  ${affects}: ${EFFECTS[affects]}`, width, '  ', 9),
    ...renderNames('kinds', choices, width),
    ...renderNames('keys', keys, width),
  ].join('\n');
}

function renderNames(title: string, names: readonly ExplainedName[], width: number): string[] {
  if (names.length === 0) return [];
  const longest = Math.max(...names.map(({ name }) => name.length));
  return [
    `  ${title}`,
    ...names.flatMap(({ name, description }) =>
      wrapText(`${name.padEnd(longest)}  ${description}`, width, '    ', longest + 2),
    ),
  ];
}

// As it would stand in the file.
function formatValue(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(formatValue).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return String(value);
  const entries = Object.entries(value).map(([key, item]) => `${key}: ${formatValue(item)}`);
  return `{${entries.join(', ')}}`;
}

import { diagnose } from '../../doctor/diagnose.js';
import type { Finding } from '../../doctor/finding.js';
import type { ExitCode } from '../report-error.js';
import { type Colors, colorsFor, printJson, printResult } from '../terminal.js';
import { wrapText } from '../wrap-text.js';

/**
 * `oneshot doctor`: what works here, what does not, and what to do; exit code 1 when the embedded way of training does
 * not work.
 */
export async function doctorCommand(options: { runs: string; json?: boolean }): Promise<ExitCode> {
  const findings = [
    ...(await diagnose({
      env: process.env,
      nodeVersion: process.versions.node,
      freeMemoryBytes: process.availableMemory(),
      runsFolder: options.runs,
    })),
    describeTerminal(),
  ];
  if (options.json) printJson(findings);
  else printFindings(findings, colorsFor(process.stdout));
  return isReady(findings) ? 0 : 1;
}

function isReady(findings: readonly Finding[]): boolean {
  return findings.every(({ isEssential, state }) => !isEssential || state === 'works');
}

function describeTerminal(): Finding {
  const { isTTY, columns } = process.stderr;
  const { TERM, NO_COLOR, CI } = process.env;
  const isLive = isTTY === true && TERM !== 'dumb' && CI === undefined;
  const colors = colorsFor(process.stderr).isColorSupported ? 'colours' : 'no colours';
  const detail = isTTY
    ? `${columns} columns, ${NO_COLOR === undefined ? colors : 'no colours (NO_COLOR)'}, ` +
      `${isLive ? 'live progress' : 'progress as lines'}`
    : 'standard error is no terminal: progress as lines';
  return { area: 'machine', name: 'terminal', state: 'works', detail, isEssential: false };
}

function printFindings(findings: readonly Finding[], colors: Colors): void {
  const paint = { works: colors.green, broken: colors.red, missing: colors.dim };
  const marks = { works: '+', broken: 'x', missing: '-' };
  const longest = Math.max(...findings.map(({ name }) => name.length));
  const width = process.stdout.columns ?? 100;
  for (const { name, state, detail, remedy } of findings) {
    const [first = '', ...rest] = wrapText(`${name.padEnd(longest)}  ${detail}`, width - 4, '', longest + 2);
    printResult(`${paint[state](marks[state])} ${first}`);
    for (const line of rest) printResult(`  ${line}`);
    if (remedy === undefined) continue;
    for (const line of wrapText(`> ${remedy}`, width - 4, ' '.repeat(longest + 2), 2)) printResult(`  ${line}`);
  }
  const broken = findings.filter(({ state }) => state === 'broken').length;
  printResult(
    isReady(findings)
      ? `training works here${broken === 0 ? '' : `; ${broken} ${broken === 1 ? 'thing does' : 'things do'} not (x)`}`
      : colors.red('training does not work here'),
  );
}

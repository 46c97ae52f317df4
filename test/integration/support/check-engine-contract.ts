// The engine contract (test/engine/engine-contract.test.ts) on an engine that a test has installed: unit tests run it on
// those that a machine has.
import { execa } from 'execa';
import type { EngineName } from '../../../src/engine/engine.js';

const ROOT = new URL('../../../', import.meta.url).pathname;

export interface ContractResult {
  readonly passed: number;
  /** What each failed test says. */
  readonly failures: readonly string[];
}

/** Runs the contract's tests of one engine in a process of its own, with these environment variables. */
export async function checkEngineContract(name: EngineName, env: NodeJS.ProcessEnv): Promise<ContractResult> {
  const args = ['vitest', 'run', 'test/engine/engine-contract.test.ts', '-t', `engine ${name}`, '--reporter=json'];
  const { stdout, stderr } = await execa('npx', args, {
    cwd: ROOT,
    env: { ...withoutVitest(process.env), ...env },
    extendEnv: false,
    reject: false,
  });
  const start = stdout.indexOf('{"num');
  if (start < 0) throw new Error(`the contract's tests did not run: ${stderr}`);
  const { numPassedTests, testResults } = JSON.parse(stdout.slice(start)) as VitestReport;
  const failures = testResults.flatMap(({ assertionResults }) =>
    assertionResults.flatMap(({ fullName, failureMessages }) => failureMessages.map((text) => `${fullName}: ${text}`)),
  );
  return { passed: numPassedTests, failures };
}

interface VitestReport {
  readonly numPassedTests: number;
  readonly testResults: readonly {
    readonly assertionResults: readonly { readonly fullName: string; readonly failureMessages: readonly string[] }[];
  }[];
}

/** The variables by which a process of vitest knows that it is one. */
function withoutVitest(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('VITEST')));
}

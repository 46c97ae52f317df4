// Everything that `oneshot doctor` looks at. A check that fails in a way of its own is a finding, too: a machine with
// parts missing is what the command is for.
import { checkDataSets } from './check-data-sets.js';
import { checkEngines } from './check-engines.js';
import { checkGpus } from './check-gpus.js';
import { checkMachine, type MachineFacts } from './check-machine.js';
import { checkMlflow } from './check-mlflow.js';
import { checkPrograms } from './check-programs.js';
import type { Finding } from './finding.js';

/** All findings, essential ones first. Never rejects. */
export async function diagnose(facts: MachineFacts): Promise<Finding[]> {
  const { env } = facts;
  const findings = await Promise.all([
    guard('machine', 'machine', async () => checkMachine(facts)),
    guard('machine', 'NVIDIA GPU', () => checkGpus(env)),
    guard('engine', 'engines', () => checkEngines(env), true),
    guard('data', 'data sets', () => checkDataSets(env)),
    guard('tracking', 'MLflow', () => checkMlflow(env)),
    guard('programs', 'programs', () => checkPrograms(env)),
  ]);
  return findings.flat();
}

async function guard(
  area: Finding['area'],
  name: string,
  check: () => Promise<Finding[]>,
  isEssential = false,
): Promise<Finding[]> {
  try {
    return await check();
  } catch (error) {
    return [{ area, name, state: 'broken', detail: `cannot be checked: ${(error as Error).message}`, isEssential }];
  }
}

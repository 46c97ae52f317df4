// Everything that `oneshot doctor` looks at. A check that fails in a way of its own is a finding, too: a machine with
// parts missing is what the command is for.
import { diagnoseDataSets } from './diagnose-data-sets.js';
import { diagnoseEngines } from './diagnose-engines.js';
import { diagnoseGpus } from './diagnose-gpus.js';
import { diagnoseMachine, type MachineFacts } from './diagnose-machine.js';
import { diagnoseMlflow } from './diagnose-mlflow.js';
import { diagnosePrograms } from './diagnose-programs.js';
import type { Finding } from './finding.js';

/** All findings, essential ones first. Never rejects. */
export async function diagnose(facts: MachineFacts): Promise<Finding[]> {
  const { env } = facts;
  const findings = await Promise.all([
    guard('machine', 'machine', async () => diagnoseMachine(facts)),
    guard('machine', 'NVIDIA GPU', () => diagnoseGpus(env)),
    guard('engine', 'engines', () => diagnoseEngines(env), true),
    guard('data', 'data sets', () => diagnoseDataSets(env)),
    guard('tracking', 'MLflow', () => diagnoseMlflow(env)),
    guard('programs', 'programs', () => diagnosePrograms(env)),
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

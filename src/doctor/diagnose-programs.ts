// Programs of other makers that some commands use. Training on this machine needs none of them.
import { execa } from 'execa';
import type { Environment } from '../base/environment.js';
import { findProgram } from '../base/find-program.js';
import type { Finding } from './finding.js';

interface Program {
  readonly name: string;
  /** The first of these that is there counts. */
  readonly commands: readonly string[];
  readonly area: Finding['area'];
  readonly purpose: string;
  readonly remedy: string;
  /** Says whether what it talks to answers: a command that succeeds. */
  readonly probe?: readonly [command: string, ...args: string[]];
}

const PROGRAMS: readonly Program[] = [
  {
    name: 'Slurm',
    commands: ['sbatch'],
    area: 'cluster',
    purpose: '--launcher slurm needs it',
    remedy: 'run where sbatch is, on a login node of the cluster; --launcher local needs no Slurm',
    probe: ['scontrol', 'ping'],
  },
  {
    name: 'git',
    commands: ['git'],
    area: 'programs',
    purpose: 'runs are recorded without the commit they were made from',
    remedy: 'install git',
  },
  {
    name: 'Python',
    commands: ['python3', 'python'],
    area: 'programs',
    purpose: '`oneshot ui` needs it or uv to start MLflow',
    remedy: 'install Python 3.10 or later, or uv (https://docs.astral.sh/uv)',
  },
  {
    name: 'uv',
    commands: ['uv'],
    area: 'programs',
    purpose: '`oneshot ui` gets MLflow fastest with it',
    remedy: 'see https://docs.astral.sh/uv; Python does as well',
  },
];

const LIMIT_MS = 10_000;

/** One finding for each program: its path and version, or what is not to be had without it. */
export function diagnosePrograms(env: Environment): Promise<Finding[]> {
  return Promise.all(PROGRAMS.map((program) => diagnoseProgram(program, env)));
}

async function diagnoseProgram(program: Program, env: Environment): Promise<Finding> {
  const { name, commands, area, purpose, remedy, probe } = program;
  const common = { area, name, isEssential: false };
  const path = commands.map((command) => findProgram(command, env)).find((found) => found !== undefined);
  if (path === undefined) return { ...common, state: 'missing', detail: `not on PATH: ${purpose}`, remedy };
  const version = await ask(path, ['--version']);
  if (version.problem !== undefined) return { ...common, state: 'broken', detail: version.problem, remedy };
  const answer = probe === undefined ? undefined : await ask(findProgram(probe[0], env) ?? probe[0], probe.slice(1));
  if (answer?.problem !== undefined) return { ...common, state: 'broken', detail: answer.problem, remedy };
  return { ...common, state: 'works', detail: `${version.line} (${path})` };
}

/** The first line that a program prints, and what is wrong where it does not succeed. */
async function ask(path: string, args: readonly string[]): Promise<{ line: string; problem?: string }> {
  const { stdout, stderr, failed, exitCode } = await execa(path, args, {
    reject: false,
    stdin: 'ignore',
    timeout: LIMIT_MS,
    killSignal: 'SIGKILL',
  });
  const [line = ''] = `${stdout}\n${stderr}`.trim().split('\n');
  if (!failed) return { line };
  const how = `${[path, ...args].join(' ')} ends with ${exitCode ?? 'a signal'}`;
  return { line, problem: `${how}${line === '' ? '' : `: ${line}`}` };
}

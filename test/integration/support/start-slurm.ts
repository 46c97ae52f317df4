// A Slurm of one node on this machine, for tests: munged, slurmctld and slurmd as children of this process, with their
// state in a folder of their own. No accounting, as on small clusters: `sacct` says nothing.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, mkdirSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export interface TestSlurm {
  /** What commands need to reach it. */
  readonly env: { readonly SLURM_CONF: string };
  /** Standard output of a Slurm command. */
  ask(program: string, ...args: string[]): string;
  /** Ends all jobs and the daemons. */
  stop(): Promise<void>;
}

export interface TestSlurmOptions {
  /** Slurm's default is 1001. */
  readonly maxArraySize?: number;
}

const PROGRAMS = ['munged', 'slurmctld', 'slurmd', 'sbatch', 'squeue', 'scontrol', 'scancel', 'sinfo'];
const START_MS = 30_000;

/** Installs Slurm where apt and root are there. Throws with what to do where it is missing and cannot be installed. */
export function requireSlurm(): void {
  const missing = () => PROGRAMS.filter((name) => !isProgram(name));
  if (missing().length === 0) return;
  const byHand = 'install Debian\'s packages slurm-wlm and munge, or leave "slurm" out of the tests that run';
  if (userInfo().uid !== 0 || !isProgram('apt-get')) {
    throw new Error(
      `Slurm is not installed (no ${missing().join(', ')}), and only root can do it by apt-get: ${byHand}`,
    );
  }
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  try {
    execFileSync('apt-get', ['update', '-qq'], { env, stdio: 'pipe' });
    execFileSync('apt-get', ['install', '-y', '-qq', 'slurm-wlm', 'munge'], { env, stdio: 'pipe' });
  } catch (error) {
    throw new Error(`Slurm is not installed, and apt-get could not install it: ${byHand}`, { cause: error });
  }
  if (missing().length > 0) throw new Error(`no ${missing().join(', ')} after apt-get install: ${byHand}`);
}

function isProgram(name: string): boolean {
  try {
    execFileSync('sh', ['-c', `command -v ${name}`], { stdio: 'pipe' });
    return true;
  } catch {
    return false;
  }
}

/**
 * A running Slurm with four processors, whatever this machine has, a partition `main` and a partition `urgent` whose jobs
 * requeue those of `main`.
 */
export async function startSlurm({ maxArraySize = 1001 }: TestSlurmOptions = {}): Promise<TestSlurm> {
  // Not below the usual place for temporary folders: a socket's path has room for a hundred characters only.
  const folder = join(tmpdir(), `slurm-${randomBytes(4).toString('hex')}`);
  for (const name of ['', 'state', 'spool', 'log']) mkdirSync(join(folder, name), { recursive: true });
  chmodSync(folder, 0o755);
  const socket = join(folder, 'munge.socket');
  const conf = join(folder, 'slurm.conf');
  writeFileSync(join(folder, 'munge.key'), randomBytes(128), { mode: 0o600 });
  // With the default plugin, jobs hang where there is no systemd.
  writeFileSync(join(folder, 'cgroup.conf'), 'CgroupPlugin=cgroup/v1\n');
  writeFileSync(
    conf,
    composeConfiguration({ folder, socket, maxArraySize, port: 20_000 + (process.pid % 10_000) * 2 }),
  );

  const env = { SLURM_CONF: conf };
  const ask = (program: string, ...args: string[]) =>
    execFileSync(program, args, { env: { ...process.env, ...env }, encoding: 'utf8', stdio: 'pipe' });
  const daemons: ChildProcess[] = [];
  const start = (program: string, ...args: string[]) => {
    const log = openSync(join(folder, 'log', `${program}.txt`), 'a');
    daemons.push(spawn(program, args, { env: { ...process.env, ...env }, stdio: ['ignore', log, log] }));
  };
  const stop = async () => {
    try {
      ask('scancel', '--full', '--signal=KILL', `--user=${userInfo().username}`);
      ask('scancel', `--user=${userInfo().username}`);
      await waitUntil(() => ask('squeue', '-h').trim() === '');
    } catch {
      // It never came up, or a job is held by what no signal reaches: the daemons go either way.
    }
    for (const daemon of daemons.toReversed()) {
      if (daemon.exitCode !== null || daemon.signalCode !== null) continue;
      const ended = once(daemon, 'exit');
      daemon.kill('SIGTERM');
      const timer = setTimeout(() => daemon.kill('SIGKILL'), 5000);
      await ended;
      clearTimeout(timer);
    }
  };

  try {
    const munge = ['key', 'pid', 'log', 'seed'].map((name) => `--${name}-file=${join(folder, `munge.${name}`)}`);
    start('munged', '--foreground', '--force', `--socket=${socket}`, ...munge);
    await waitUntil(() => isMungeUp(socket));
    start('slurmctld', '-D', '-f', conf);
    start('slurmd', '-D', '-f', conf);
    await waitUntil(() => ask('sinfo', '-h', '-o', '%T').includes('idle'));
  } catch (error) {
    await stop();
    throw new Error(`Slurm did not come up within ${START_MS / 1000} s: see ${join(folder, 'log')}`, { cause: error });
  }
  return {
    env,
    ask,
    stop: async () => {
      await stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function isMungeUp(socket: string): boolean {
  execFileSync('munge', ['-n', `--socket=${socket}`], { stdio: 'pipe' });
  return true;
}

async function waitUntil(look: () => boolean): Promise<void> {
  for (const start = performance.now(); ; ) {
    let failure: unknown;
    try {
      if (look()) return;
    } catch (error) {
      failure = error;
    }
    if (performance.now() - start > START_MS) throw failure ?? new Error('it took too long');
    await sleep(100);
  }
}

function composeConfiguration(chosen: { folder: string; socket: string; maxArraySize: number; port: number }): string {
  const { folder, socket, maxArraySize, port } = chosen;
  const [host] = hostname().split('.') as [string];
  const user = userInfo().username;
  return `ClusterName=test
SlurmctldHost=${host}(127.0.0.1)
SlurmUser=${user}
SlurmdUser=${user}
AuthType=auth/munge
AuthInfo=socket=${socket}
StateSaveLocation=${folder}/state
SlurmdSpoolDir=${folder}/spool
SlurmctldPidFile=${folder}/slurmctld.pid
SlurmdPidFile=${folder}/slurmd.pid
SlurmctldLogFile=${folder}/log/slurmctld.log
SlurmdLogFile=${folder}/log/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
JobAcctGatherType=jobacct_gather/none
MpiDefault=none
ReturnToService=2
KillWait=10
MinJobAge=5
MaxArraySize=${maxArraySize}
PreemptType=preempt/partition_prio
PreemptMode=REQUEUE
SchedulerParameters=batch_sched_delay=0,sched_interval=2,bf_interval=2
SlurmdParameters=config_overrides
SlurmctldPort=${port}
SlurmdPort=${port + 1}
NodeName=${host} NodeAddr=127.0.0.1 CPUs=4 RealMemory=4000 State=UNKNOWN
PartitionName=main Nodes=${host} Default=YES MaxTime=INFINITE State=UP PriorityTier=1
PartitionName=urgent Nodes=${host} MaxTime=INFINITE State=UP PriorityTier=2
`;
}

// Load and memory of the machine and of the trial's process while it runs: MLflow's system metrics. Measured between the
// steps of training, a few values every ten seconds; their steps count the samples of the run.
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cpus, freemem, totalmem } from 'node:os';
import { promisify } from 'node:util';
import type { Journal } from '../tracking/journal.js';

/** Between two looks whether the run has a metric of its own. */
const FIRST_SAMPLE_MS = 1000;
const SAMPLE_MS = 10_000;
/** After this the first sample waits no longer. */
const FIRST_SAMPLE_LIMIT_MS = 60_000;

export interface SystemSampler {
  /** Takes the one sample of a run that had none yet; then no more: the journal may be closed. */
  stop(): void;
}

/**
 * Samples into the journal until it is stopped. Whatever cannot be measured is left out. The run's own metrics come
 * first, unless they take long: MLflow's comparison begins with the metric that a run got first.
 */
export function sampleSystem(journal: Journal): SystemSampler {
  const startedAt = performance.now();
  let isStopped = false;
  let hasSample = false;
  let before = readClocks();
  const append = (values: Record<string, number>) => {
    hasSample = true;
    for (const [name, value] of Object.entries(values)) {
      const key = `${SYSTEM_PREFIX}${name}`;
      journal.append({ type: 'metric', key, step: (journal.lastStep(key) ?? -1) + 1, value }, { replay: 'keep' });
    }
    journal.write();
  };
  const sample = async () => {
    const now = readClocks();
    const values = { ...describeLoad(before, now), ...describeMemory(), ...(await describeGpus()) };
    before = now;
    if (!isStopped) append(values);
  };
  // A sample that fails (a full disk) is left out: the run itself meets the same trouble and says so.
  const trySample = () => void sample().catch(() => undefined);
  let timer = setInterval(() => {
    const isDue = journal.lastStep('train/loss') !== undefined || performance.now() - startedAt > FIRST_SAMPLE_LIMIT_MS;
    if (!isDue) return;
    clearInterval(timer);
    trySample();
    timer = setInterval(trySample, SAMPLE_MS).unref();
  }, FIRST_SAMPLE_MS).unref();
  return {
    stop() {
      isStopped = true;
      clearInterval(timer);
      // A run of seconds has its sample too: of all its time.
      const isTrained = journal.lastStep('train/loss') !== undefined;
      if (hasSample || !isTrained) return;
      try {
        append({ ...describeLoad(before, readClocks()), ...describeMemory() });
      } catch {
        // As above: what ends the run says itself why.
      }
    },
  };
}

/** What the keys of system metrics begin with: MLflow shows them on a page of their own, over time. */
export const SYSTEM_PREFIX = 'system/';

interface Clocks {
  /** Microseconds of all cores together, and of this process. */
  readonly total: number;
  readonly idle: number;
  readonly process: number;
  readonly wall: number;
}

function readClocks(): Clocks {
  const times = cpus().map((cpu) => cpu.times);
  const sum = (pick: (time: (typeof times)[number]) => number) =>
    1000 * times.reduce((total, time) => total + pick(time), 0);
  const { user, system } = process.cpuUsage();
  return {
    total: sum((time) => time.user + time.nice + time.sys + time.idle + time.irq),
    idle: sum((time) => time.idle),
    process: user + system,
    wall: 1000 * performance.now(),
  };
}

function describeLoad(before: Clocks, now: Clocks): Record<string, number> {
  const total = now.total - before.total;
  const wall = now.wall - before.wall;
  return {
    ...(total > 0 ? { cpu_utilization_percentage: 100 * (1 - (now.idle - before.idle) / total) } : {}),
    ...(wall > 0 ? { process_cpu_utilization_percentage: (100 * (now.process - before.process)) / wall } : {}),
  };
}

function describeMemory(): Record<string, number> {
  const used = totalmem() - freemem();
  return {
    system_memory_usage_megabytes: used / 1e6,
    system_memory_usage_percentage: (100 * used) / totalmem(),
    process_memory_usage_megabytes: process.memoryUsage.rss() / 1e6,
  };
}

/** NVIDIA's own tool, asked without waiting for it; nothing where there is no such GPU. */
async function describeGpus(): Promise<Record<string, number>> {
  if (!existsSync('/dev/nvidiactl')) return {};
  try {
    const query = ['--query-gpu=utilization.gpu,memory.used,memory.total', '--format=csv,noheader,nounits'];
    const { stdout } = await promisify(execFile)('nvidia-smi', query, { timeout: 5000 });
    return parseGpuTable(stdout);
  } catch {
    return {};
  }
}

/**
 * The metrics of nvidia-smi's lines `utilization %, memory used MiB, memory in all MiB`, one line for each GPU. What is
 * not a number is left out.
 */
export function parseGpuTable(text: string): Record<string, number> {
  const metrics: Record<string, number> = {};
  for (const [index, line] of text.trim().split('\n').entries()) {
    const [utilization, used, total] = line.split(',').map((field) => Number.parseFloat(field));
    const values = {
      [`gpu_${index}_utilization_percentage`]: utilization,
      [`gpu_${index}_memory_usage_megabytes`]: used === undefined ? undefined : used * 1.048576,
      [`gpu_${index}_memory_usage_percentage`]:
        used === undefined || total === undefined ? undefined : (100 * used) / total,
    };
    for (const [key, value] of Object.entries(values)) {
      if (value !== undefined && Number.isFinite(value)) metrics[key] = value;
    }
  }
  return metrics;
}

// The NVIDIA GPUs of this machine, as their driver lists them: `run` gives each trial one of its own.
import { execa } from 'execa';
import type { Environment } from '../base/environment.js';
import { findProgram } from '../base/find-program.js';
import type { Finding } from './finding.js';

const QUERY = ['--query-gpu=index,name,memory.total,driver_version', '--format=csv,noheader'];
const LIMIT_MS = 10_000;

/** One finding for each GPU, or one that says why there is none. */
export async function diagnoseGpus(env: Environment): Promise<Finding[]> {
  const common = { area: 'machine', name: 'NVIDIA GPU', isEssential: false } as const;
  const path = findProgram('nvidia-smi', env);
  if (path === undefined) {
    const detail = 'nvidia-smi is not on PATH: trials share the processor';
    const remedy = "install NVIDIA's driver where there is such a GPU; webgpu reaches those of other makers";
    return [{ ...common, state: 'missing', detail, remedy }];
  }
  const { stdout, stderr, failed } = await execa(path, QUERY, {
    reject: false,
    stdin: 'ignore',
    timeout: LIMIT_MS,
    killSignal: 'SIGKILL',
  });
  const lines = stdout.split('\n').filter((line) => line.trim() !== '');
  if (failed || lines.length === 0) {
    const [said = 'nothing'] = `${stdout}\n${stderr}`.trim().split('\n');
    const remedy = "install NVIDIA's driver again, or start the container with the GPU";
    return [{ ...common, state: 'broken', detail: `nvidia-smi lists none: ${said || 'it says nothing'}`, remedy }];
  }
  const visible = env.CUDA_VISIBLE_DEVICES;
  const limit = visible === undefined ? '' : ` (CUDA_VISIBLE_DEVICES=${visible})`;
  return lines.map((line) => {
    const [index, name, memory, driver] = line.split(',').map((part) => part.trim());
    return { ...common, state: 'works', detail: `${index}: ${name}, ${memory}, driver ${driver}${limit}` };
  });
}

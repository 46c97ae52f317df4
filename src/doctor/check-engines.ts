// Which compute engines work on this machine, and how one that does not is mended.

import type { Environment } from '../base/environment.js';
import { describeEngine, judgeEngines } from '../engine/judge-engines.js';
import type { Finding } from './finding.js';

/** A finding for each engine. The first that works is the one that `auto` takes. */
export async function checkEngines(env: Environment): Promise<Finding[]> {
  return (await judgeEngines(env)).map(({ name, description, problem, isMissing }) => ({
    area: 'engine',
    name,
    state: problem === undefined ? 'works' : isMissing ? 'missing' : 'broken',
    detail: problem ?? describeEngine(description),
    ...(problem === undefined ? {} : { remedy: REMEDIES[name] }),
    isEssential: name === 'onnxruntime',
  }));
}

const REMEDIES: Readonly<Partial<Record<string, string>>> = {
  onnxruntime:
    'install again with `npm ci` on this very machine: its library is there for Linux, macOS and Windows. Until then --engine cpu works, slowly',
  tensorflow: '`oneshot engine install tensorflow` builds it, with --gpu for NVIDIA GPUs',
  cuda: '`oneshot engine install cuda` fetches it: NVIDIA GPUs with a driver for CUDA 13, 580 or later',
  webgpu: '`oneshot engine install webgpu` fetches it: GPUs of any maker, 54 MB',
  cpu: 'install again with `npm ci`',
};

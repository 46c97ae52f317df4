// ONNX Runtime's CUDA provider: three libraries out of its Python wheel, beside CUDA 13 and cuDNN 9, which are this machine's
// own where it has them and NVIDIA's wheels where not. All lie, or are linked, in one folder that the loader is told of.
import { existsSync, mkdirSync, symlinkSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Environment } from '../base/environment.js';
import { OneshotError } from '../base/problem.js';
import { findGpuProblem, findSharedLibrary } from '../engine/cuda-libraries.js';
import { enginesFolder } from '../engine/installed-engine.js';
import { CUDA_LIBRARIES, type LibraryWheel, ONNXRUNTIME_CUDA } from './cuda-wheels.js';
import type { EngineRecipe } from './engine-recipe.js';
import { unpackWheel } from './unpack-wheel.js';
import { requireWheelPlatform } from './wheel-platform.js';

/** The engine with the libraries that the machine lacks: it is another recipe where the machine has others. */
export function cudaRecipe(env: Environment): EngineRecipe {
  const found = new Map(CUDA_LIBRARIES.map((part) => [part, findOnMachine(part, withoutEngines(env))]));
  const needed = [ONNXRUNTIME_CUDA, ...CUDA_LIBRARIES.filter((part) => found.get(part) === undefined)];
  return {
    name: 'cuda',
    variant: 'gpu',
    version: '1.30.0',
    recipe: needed.map(({ wheel }) => wheel.requirement).join(' '),
    wheels: needed.map(({ wheel }) => wheel),
    diskBytes: needed.reduce((sum, { diskBytes }) => sum + diskBytes, 0),
    checkMachine,
    async build({ folder, fetch, onActivity }) {
      const target = join(folder, 'lib');
      mkdirSync(target);
      for (const part of needed) {
        const path = await fetch(part.wheel);
        onActivity(`unpacking ${part.wheel.requirement}`);
        await unpackWheel(path, target, (name) => placeFile(name, part));
        requireAll(part, target);
      }
      for (const path of [...found.values()].flatMap((paths) => paths ?? [])) {
        symlinkSync(path, join(target, basename(path)));
      }
      // The provider asks for cuDNN by the name that only development packages have.
      symlinkSync('libcudnn.so.9', join(target, 'libcudnn.so'));
    },
  };
}

function checkMachine(env: Environment): void {
  const hint = 'install it on the machine that has the GPU; the engine onnxruntime computes on processors';
  requireWheelPlatform("ONNX Runtime's CUDA provider", 'the engine onnxruntime works here');
  const problem = findGpuProblem(env);
  if (problem !== undefined) throw new OneshotError('engine', problem, { hint });
}

/** A process of an installed engine has that engine's folder in its path: the machine's own libraries lie elsewhere. */
function withoutEngines(env: Environment): Environment {
  const folders = (env.LD_LIBRARY_PATH ?? '').split(':').filter((folder) => !folder.startsWith(enginesFolder(env)));
  return { ...env, LD_LIBRARY_PATH: folders.join(':') };
}

/** Paths of the libraries where the machine has all of them, else undefined. */
function findOnMachine({ libraries, unfitBeside }: LibraryWheel, env: Environment): string[] | undefined {
  if (unfitBeside !== undefined && findSharedLibrary(unfitBeside, env) !== undefined) return undefined;
  const paths = libraries.flatMap((name) => findSharedLibrary(name, env) ?? []);
  return paths.length === libraries.length ? paths : undefined;
}

/** Libraries lie flat: cuDNN looks for its parts beside itself. Licences get the name of their wheel. */
function placeFile(name: string, { libraries }: LibraryWheel): string | undefined {
  if (libraries.includes(basename(name))) return basename(name);
  const license = /^(\w+)-[^/]+\.dist-info\/(?:licenses\/)?license(?:\.txt)?$/i.exec(name)?.[1];
  if (license !== undefined) return `LICENSE.${license}`;
  return name === 'onnxruntime/LICENSE' ? 'LICENSE.onnxruntime' : undefined;
}

function requireAll({ wheel, libraries }: LibraryWheel, folder: string): void {
  const missing = libraries.filter((name) => !existsSync(join(folder, name)));
  if (missing.length > 0) throw new OneshotError('engine', `${wheel.file} does not hold ${missing.join(', ')}`);
}

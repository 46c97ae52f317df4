// The TensorFlow binding for Node: found where `oneshot engine install tensorflow` built it or where npm installed an
// official one, and loaded on this program's own TensorFlow.js. Its entry file is left aside: it brings a second copy of
// TensorFlow.js along, and packages that only its own installer needs.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { KernelBackend } from '@tensorflow/tfjs';
import type { Environment } from '../base/environment.js';
import { findPackageFolder } from './find-package.js';
import { findInstalledEngine } from './installed-engine.js';
import { shareTensorFlowJs } from './share-tensorflow-js.js';

/** The official packages, and which one the binding is told to be. */
const NPM_PACKAGES = { gpu: '@tensorflow/tfjs-node-gpu', cpu: '@tensorflow/tfjs-node' } as const;

export interface TensorFlowPackage {
  readonly variant: 'cpu' | 'gpu';
  readonly folder: string;
  /** Version of the binding's JavaScript. */
  readonly version: string;
}

/** What of the compiled binding is used here. */
interface Binding {
  readonly TF_Version: string;
  isUsingGpuDevice(): boolean;
}

export interface LoadedBinding {
  readonly version: string;
  readonly usesGpu: boolean;
  createBackend(): KernelBackend;
}

/**
 * The package that was installed by this program, else an official one that npm installed here or beside this program;
 * undefined where there is none.
 */
export function findTensorFlowPackage(env: Environment): TensorFlowPackage | undefined {
  const installed = findInstalledEngine('tensorflow', env);
  if (installed !== undefined) {
    return describePackage(join(installed.folder, 'node_modules', NPM_PACKAGES.cpu), installed.variant);
  }
  for (const variant of ['gpu', 'cpu'] as const) {
    const folder = findPackageFolder(NPM_PACKAGES[variant]);
    if (folder !== undefined && findBindingFile(folder) !== undefined) return describePackage(folder, variant);
  }
  return undefined;
}

/** Loads the package's kernels and binding on this program's TensorFlow.js. Throws what its library throws. */
export function loadTensorFlowBinding({ folder, variant }: TensorFlowPackage): LoadedBinding {
  const bindingFile = findBindingFile(folder);
  if (bindingFile === undefined) throw new Error(`${folder} has no compiled binding`);
  provideRemovedUtilities();
  const require = createRequire(join(folder, 'package.json'));
  shareTensorFlowJs(require);
  require('./dist/register_all_kernels.js');
  const { NodeJSKernelBackend } = require('./dist/nodejs_kernel_backend.js') as {
    NodeJSKernelBackend: new (binding: Binding, packageName: string) => KernelBackend;
  };
  const binding = require(bindingFile) as Binding;
  return {
    version: binding.TF_Version,
    usesGpu: binding.isUsingGpuDevice(),
    createBackend: () => new NodeJSKernelBackend(binding, NPM_PACKAGES[variant]),
  };
}

function describePackage(folder: string, variant: 'cpu' | 'gpu'): TensorFlowPackage {
  const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version: string };
  return { folder, variant, version };
}

/** The binding for the newest Node-API that this Node has. */
function findBindingFile(folder: string): string | undefined {
  const library = join(folder, 'lib');
  if (!existsSync(library)) return undefined;
  const version = (name: string) => Number(/^napi-v(\d+)$/.exec(name)?.[1] ?? Number.NaN);
  return readdirSync(library)
    .filter((name) => version(name) <= Number(process.versions.napi))
    .sort((a, b) => version(b) - version(a))
    .map((name) => join(library, name, 'tfjs_binding.node'))
    .find((path) => existsSync(path));
}

// The binding's JavaScript asks for these at every operation. Node 23 removed them, and 22 warns of them.
function provideRemovedUtilities(): void {
  const util = createRequire(import.meta.url)('node:util') as Record<string, unknown>;
  util.isNullOrUndefined = (value: unknown) => value === undefined || value === null;
  util.isArray = Array.isArray;
}

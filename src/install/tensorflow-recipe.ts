// The TensorFlow binding for Node, built on the library inside a Python wheel: the binding's own installer fetches a
// TensorFlow of 2022 from a host that many networks do not reach, and that knows no recent GPU.
import { readdirSync, rmSync, symlinkSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Environment } from '../base/environment.js';
import { makeFolder } from '../base/make-folder.js';
import type { BuildSurroundings, EngineRecipe } from './engine-recipe.js';
import { type NpmTarball, requireNpm, requireTar, unpackNpmTarballs } from './npm-tarball.js';
import { requireProgram, runStep } from './run-step.js';
import { standInForTensorFlowJs } from './stand-in.js';
import { TENSORFLOW_CPU, TENSORFLOW_CUDA_LIBRARIES, TENSORFLOW_GPU } from './tensorflow-wheels.js';
import { unpackWheel } from './unpack-wheel.js';
import { requireWheelPlatform } from './wheel-platform.js';

const PACKAGE = join('node_modules', '@tensorflow', 'tfjs-node');
const HEADERS = '.node-api-headers';

const TARBALLS: readonly NpmTarball[] = [
  {
    name: '@tensorflow/tfjs-node',
    version: '4.22.0',
    integrity: 'sha512-uHrXeUlfgkMxTZqHkESSV7zSdKdV0LlsBeblqkuKU9nnfxB1pC6DtoyYVaLxznzZy7WQSegjcohxxCjAf6Dc7w==',
    target: PACKAGE,
  },
  {
    name: 'google-protobuf',
    version: '3.21.4',
    integrity: 'sha512-MnG7N936zcKTco4Jd2PX2U96Kf9PxygAPKBug+74LHzmHXmceN16MmRcdgZv+DGef/S9YvQAfRsNCn4cjf9yyQ==',
    target: join('node_modules', 'google-protobuf'),
  },
  // Node's own headers are not installed everywhere; of them only these are needed.
  {
    name: 'node-api-headers',
    version: '1.9.0',
    integrity: 'sha512-2oNILP4jXwRB4ywnYKjVk1YyJ96n2D4EOVJO6S3oYZ5PtbJrw3Yt9TpAuX3nBLMuzn74rnfGQrv13pS9vC+YiA==',
    target: HEADERS,
  },
];

/** Node-API of the binding: one build for Node 20 and all later ones. */
const NODE_API = 8;
/** Headers that the binding's own include, by the beginning of their paths. */
const INCLUDED = [
  'tensorflow/c/',
  'tensorflow/core/platform/',
  'tensorflow/core/lib/',
  'tensorflow/tsl/',
  'tsl/',
  'xla/tsl/',
];
const LIBRARIES = ['tensorflow/libtensorflow_cc.so.2', 'tensorflow/libtensorflow_framework.so.2'];

/** TensorFlow's library for processors, or with `gpu` for NVIDIA GPUs: that one computes on the processor where it finds none. */
export function tensorFlowRecipe(variant: 'cpu' | 'gpu'): EngineRecipe {
  const library = variant === 'gpu' ? TENSORFLOW_GPU : TENSORFLOW_CPU;
  const cuda = variant === 'gpu' ? TENSORFLOW_CUDA_LIBRARIES : [];
  return {
    name: 'tensorflow',
    variant,
    version: variant === 'gpu' ? '2.20.0' : '2.15.1',
    recipe: [library, ...cuda]
      .map(({ requirement }) => requirement)
      .concat(TARBALLS.map(({ name, version }) => `${name}@${version}`))
      .join(' '),
    wheels: [library, ...cuda],
    diskBytes: variant === 'gpu' ? 4_100_000_000 : 640_000_000,
    checkMachine,
    async build(surroundings) {
      const { folder, env, from, fetch, onActivity } = surroundings;
      const wheel = await fetch(library);
      onActivity('fetching the binding from npm');
      await unpackNpmTarballs(TARBALLS, folder, { env, from });
      standInForTensorFlowJs(folder);
      onActivity(`unpacking ${library.requirement}`);
      const dependencies = join(folder, PACKAGE, 'deps');
      await unpackWheel(wheel, dependencies, placeLibrary);
      onActivity('compiling the binding');
      await compile(surroundings);
      for (const cudaWheel of cuda) {
        const path = await fetch(cudaWheel);
        onActivity(`unpacking ${cudaWheel.requirement}`);
        await unpackWheel(path, dependencies, placeCudaLibrary);
      }
      if (cuda.length > 0) linkCudaLibraries(dependencies);
      removeBuildFiles(folder);
    },
  };
}

function checkMachine(env: Environment): void {
  requireWheelPlatform(
    "TensorFlow's library",
    'the engine onnxruntime works here; or `npm install @tensorflow/tfjs-node@4.22.0` beside your experiments, where ' +
      'it has a build: it is found then',
  );
  requireCompiler(env);
  requireNpm(env);
  requireTar(env);
}

function requireCompiler(env: Environment): string {
  const purpose = 'a C++ compiler builds the binding';
  const remedy = 'install one (Debian, Ubuntu: `apt install g++`; Fedora: `dnf install gcc-c++`), or name one in CXX';
  return env.CXX
    ? requireProgram([env.CXX], env, { purpose, remedy })
    : requireProgram(['g++', 'clang++', 'c++'], env, { purpose, remedy });
}

function placeLibrary(name: string): string | undefined {
  if (LIBRARIES.includes(name)) return join('lib', basename(name));
  if (/^[^/]+\.dist-info\/(licenses\/)?LICENSE$/.test(name)) return join('lib', 'LICENSE.tensorflow');
  const header = name.startsWith('tensorflow/include/') ? name.slice('tensorflow/include/'.length) : '';
  return header.endsWith('.h') && INCLUDED.some((start) => header.startsWith(start))
    ? join('include', header)
    : undefined;
}

/** `nvidia/cublas/lib/libcublas.so.12` stays where it is: TensorFlow looks for it beside its own folder. */
function placeCudaLibrary(name: string): string | undefined {
  if (/^nvidia\/\w+\/lib\/[^/]+\.so[.\d]*$/.test(name)) return name;
  const license = /^(nvidia_\w+)-[^/]+\.dist-info\/(licenses\/)?License\.txt$/i.exec(name);
  return license === null ? undefined : join('nvidia', `LICENSE.${license[1]}`);
}

async function compile({ folder, env }: BuildSurroundings): Promise<void> {
  const home = join(folder, PACKAGE);
  const target = join('lib', `napi-v${NODE_API}`);
  makeFolder(join(home, target));
  await runStep(
    requireCompiler(env),
    [
      ...['-std=c++17', '-O2', '-fPIC', '-shared', '-w', `-DNAPI_VERSION=${NODE_API}`],
      ...['-I', join('deps', 'include'), '-I', join(folder, HEADERS, 'include')],
      ...[join('binding', 'tfjs_backend.cc'), join('binding', 'tfjs_binding.cc')],
      ...['-L', join('deps', 'lib'), ...LIBRARIES.map((name) => `-l:${basename(name)}`)],
      ...['-Wl,-rpath,$ORIGIN/../../deps/lib', '-o', join(target, 'tfjs_binding.node')],
    ],
    { cwd: home, env, hint: 'a compiler of C++17 is needed: name another one in CXX' },
  );
}

// Three libraries that TensorFlow's search path does not reach: cuDNN looks for NVRTC under another name than its wheel
// has, and NCCL and cuRAND are in nobody's path.
function linkCudaLibraries(dependencies: string): void {
  const nvidia = join(dependencies, 'nvidia');
  symlinkSync('cuda_nvrtc', join(nvidia, 'nvrtc'));
  for (const name of ['nccl', 'curand', 'cuda_nvrtc']) {
    for (const library of readdirSync(join(nvidia, name, 'lib'))) {
      symlinkSync(join('..', 'nvidia', name, 'lib', library), join(dependencies, 'lib', library));
    }
  }
}

function removeBuildFiles(folder: string): void {
  for (const part of ['binding', 'src', 'python', 'scripts', join('deps', 'include')]) {
    rmSync(join(folder, PACKAGE, part), { recursive: true, force: true });
  }
  rmSync(join(folder, HEADERS), { recursive: true });
}

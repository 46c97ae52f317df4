// `node release/stage-packages.js DIR`: the packages as they are published, each in a folder of DIR, in the order in which
// they depend on each other. What npm packs of them is all that is in them: no scripts, no development dependencies, nothing
// that an earlier build left. Build first (`npm run build`).

import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** Folders of the packages, dependencies first. */
export const PACKAGES = [
  'packages/mlflow-ts-client',
  'packages/stroke-programs',
  'packages/tfjs-backend-onnxruntime',
  '.',
];

/** Keys of a package.json that are of no use to who installs it. */
const OF_DEVELOPMENT = ['devDependencies', 'scripts', 'workspaces', 'overrides', 'allowScripts', 'files'];

/** Writes the packages below `target`, and returns their folders. */
export function stagePackages(target) {
  return PACKAGES.map((folder) => {
    const source = join(ROOT, folder);
    const manifest = readJson(join(source, 'package.json'));
    const staged = join(target, manifest.name);
    rmSync(staged, { recursive: true, force: true });
    for (const path of listFiles(source)) copy(join(source, path), join(staged, path));
    for (const key of OF_DEVELOPMENT) delete manifest[key];
    if (manifest.name === 'tfjs-backend-onnxruntime') bringLibraries(manifest, staged);
    writeFileSync(join(staged, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
    return staged;
  });
}

/** What npm would pack, by the `files` of package.json and the .npmignore that bundle.js writes. */
function listFiles(source) {
  const [{ files }] = JSON.parse(npm(['pack', '--dry-run', '--json', '--ignore-scripts'], source));
  return files.map(({ path }) => path).filter((path) => !path.endsWith('.npmignore'));
}

/** The file of ONNX Runtime that the backend loads, by system. */
const LIBRARIES = { linux: 'libonnxruntime.so.1', darwin: 'libonnxruntime.1.dylib', win32: 'onnxruntime.dll' };

/**
 * The libraries of `onnxruntime-node` in place of that package: nothing else of it is loaded, and its install script fetches
 * hundreds of megabytes from elsewhere, or fails where it cannot.
 */
function bringLibraries(manifest, staged) {
  const name = 'onnxruntime-node';
  const binaries = join(ROOT, 'node_modules', name, 'bin/napi-v6');
  const version = manifest.dependencies[name];
  if (readJson(join(ROOT, 'node_modules', name, 'package.json')).version !== version)
    throw new Error(`node_modules has another ${name} than ${version}: npm ci`);
  for (const [system, library] of Object.entries(LIBRARIES))
    for (const arch of readdirSync(join(binaries, system)))
      copy(join(binaries, system, arch, library), join(staged, 'native', system, arch, library));
  copy(join(ROOT, 'release/onnxruntime-license.txt'), join(staged, 'native/LICENSE'));
  delete manifest.dependencies[name];
}

function copy(from, to) {
  if (!existsSync(from)) throw new Error(`${from} is missing: npm ci, without npm run slim`);
  mkdirSync(dirname(to), { recursive: true });
  cpSync(from, to);
}

const readJson = (path) => JSON.parse(readFileSync(path, 'utf8'));

/** Standard output of npm, the one that runs this script where there is one. */
export function npm(args, cwd) {
  const cli = process.env.npm_execpath;
  const [program, first] = cli === undefined ? ['npm', []] : [process.execPath, [cli]];
  return execFileSync(program, [...first, ...args], {
    cwd,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    stdio: ['ignore', 'pipe', 'pipe'],
    shell: process.platform === 'win32' && cli === undefined,
  });
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const [target] = process.argv.slice(2);
  if (target === undefined) {
    process.stderr.write('usage: node release/stage-packages.js DIR\n');
    process.exit(2);
  }
  for (const folder of stagePackages(resolve(target))) process.stdout.write(`${folder}\n`);
}

// `npm run slim`: removes from node_modules what nothing here loads: ONNX Runtime's libraries for other systems and processors,
// its builds for browsers, and TensorFlow.js's source maps and builds for browsers. `npm ci` brings it all back.
import { existsSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** Files of TensorFlow.js's packages that are for browsers, and maps of sources that are not there. */
const NOT_FOR_NODE = /\.map$|\.min\.js(\.html)?$|\.es2017(\.min)?\.js$|\.fesm(\.min)?\.js$|^miniprogram$/;

/** The paths below `modules` that can go on a system. */
export function findUnused(modules, { platform, arch }) {
  const systems = join(modules, 'onnxruntime-node', 'bin', 'napi-v6');
  const foreign = list(systems).flatMap((system) =>
    system === platform
      ? list(join(systems, system))
          .filter((name) => name !== arch)
          .map((name) => join(systems, system, name))
      : [join(systems, system)],
  );
  const tensorflow = join(modules, '@tensorflow');
  const builds = list(tensorflow).flatMap((name) => findBuilds(join(tensorflow, name, 'dist')));
  const web = join(modules, 'onnxruntime-web', 'dist');
  return [...foreign, ...builds, ...(existsSync(web) ? [web] : [])];
}

function findBuilds(folder) {
  return list(folder).flatMap((name) => {
    const path = join(folder, name);
    if (NOT_FOR_NODE.test(name)) return [path];
    return statSync(path).isDirectory() ? findBuilds(path) : [];
  });
}

const list = (folder) => (existsSync(folder) && statSync(folder).isDirectory() ? readdirSync(folder).sort() : []);

function measure(path) {
  const found = statSync(path);
  return found.isDirectory() ? list(path).reduce((sum, name) => sum + measure(join(path, name)), 0) : found.size;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const unused = findUnused(fileURLToPath(new URL('node_modules', import.meta.url)), process);
  const bytes = unused.reduce((sum, path) => sum + measure(path), 0);
  for (const path of unused) rmSync(path, { recursive: true });
  process.stdout.write(`removed ${Math.round(bytes / 1e6)} MB\n`);
}

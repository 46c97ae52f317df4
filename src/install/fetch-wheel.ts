// A Python wheel from PyPI: a zip of libraries that is only unpacked, never installed. Fetched from its published address,
// where a cut download is gone on with, or by pip where pip has been told of other package indexes or where that address
// cannot be reached.
import { createHash } from 'node:crypto';
import { createReadStream, existsSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { execa } from 'execa';
import type { Environment } from '../base/environment.js';
import { findProgram } from '../base/find-program.js';
import { makeFolder } from '../base/make-folder.js';
import { OneshotError } from '../base/problem.js';
import { fetchFile } from '../data/files/fetch-file.js';
import { runStep } from './run-step.js';

/** A wheel as PyPI has it. */
export interface Wheel {
  /** What pip knows it by: `tensorflow-cpu==2.15.1`. */
  readonly requirement: string;
  readonly file: string;
  /** Its folder on PyPI's file server: two, two and sixty hex digits. */
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
}

export interface WheelOptions {
  /** Where downloads are kept until the installation is whole. */
  readonly folder: string;
  /** A folder, or an address that file names are put behind, in place of PyPI. */
  readonly from: string | undefined;
  readonly env: Environment;
  readonly onProgress: (file: string, received: number, total: number) => void;
  readonly report: (message: string) => void;
}

const FILE_SERVER = 'https://files.pythonhosted.org/packages';
const POLL_MS = 500;
/** The Python that wheels are asked for; the machine's own may be another, since nothing of them is run in it. */
const PIP_TARGET = [
  ...['--only-binary=:all:', '--implementation', 'cp', '--python-version', '311', '--abi', 'cp311'],
  ...['manylinux_2_17_x86_64', 'manylinux2014_x86_64'].flatMap((platform) => ['--platform', platform]),
  ...['manylinux_2_18_x86_64', 'manylinux_2_27_x86_64', 'manylinux_2_28_x86_64'].flatMap((platform) => [
    '--platform',
    platform,
  ]),
];

/**
 * The path of the wheel, fetched where it is not there yet. Rejects with a OneshotError when it cannot be had or is not
 * the published one.
 */
export async function fetchWheel(wheel: Wheel, options: WheelOptions): Promise<string> {
  const { folder, from, env } = options;
  makeFolder(folder);
  const path = join(folder, wheel.file);
  if (existsSync(path) && (await hashFile(path)) === wheel.sha256) return path;
  const python = findProgram('python3', env) ?? findProgram('python', env);
  const pip = from === undefined && python !== undefined ? await inspectPip(python, env) : undefined;
  if (pip?.hasIndexes) await fetchByPip(pip.python, wheel, options);
  else {
    try {
      await fetchFromServer(wheel, options);
    } catch (error) {
      if (pip === undefined || !(error instanceof OneshotError) || error.code === 'locked') throw error;
      options.report(`${error.message}; trying pip`);
      await fetchByPip(pip.python, wheel, options);
    }
  }
  return path;
}

async function fetchFromServer(wheel: Wheel, { folder, from, onProgress, report }: WheelOptions): Promise<void> {
  const published = {
    name: wheel.file,
    url: `${FILE_SERVER}/${wheel.path}/${wheel.file}`,
    bytes: wheel.bytes,
    sha256: wheel.sha256,
    checkContent: async () => refuse(wheel, from ?? FILE_SERVER),
  };
  await fetchFile(published, {
    folder,
    from,
    report,
    onProgress: (received, total) => onProgress(wheel.file, received, total ?? wheel.bytes),
  });
}

/**
 * A Python with pip, and whether pip was told of package indexes besides PyPI: those are to be asked then. Undefined
 * without pip.
 */
async function inspectPip(
  python: string,
  env: Environment,
): Promise<{ python: string; hasIndexes: boolean } | undefined> {
  const result = await execa(python, ['-m', 'pip', 'config', 'list'], { env, extendEnv: false, reject: false });
  if (result.failed) return undefined;
  return { python, hasIndexes: /[.:](extra-)?index-url=|[.:](find-links|no-index|proxy)=/.test(result.stdout) };
}

async function fetchByPip(python: string, wheel: Wheel, options: WheelOptions): Promise<void> {
  const { folder, env, onProgress } = options;
  const temporary = join(folder, '.pip');
  rmSync(temporary, { recursive: true, force: true });
  mkdirSync(temporary);
  const requirements = join(temporary, 'requirements.txt');
  writeFileSync(requirements, `${wheel.requirement} --hash=sha256:${wheel.sha256}\n`);
  const timer = setInterval(
    () => onProgress(wheel.file, Math.min(sizeOf(temporary), wheel.bytes), wheel.bytes),
    POLL_MS,
  );
  try {
    await runStep(
      python,
      [
        '-m',
        'pip',
        'download',
        '--quiet',
        '--no-deps',
        '--no-cache-dir',
        ...PIP_TARGET,
        '-d',
        folder,
        '-r',
        requirements,
      ],
      {
        cwd: folder,
        env: { ...env, TMPDIR: temporary },
        hint: `see that pip reaches a package index, or bring ${wheel.file} by other means and name its folder with --from`,
      },
    );
  } finally {
    clearInterval(timer);
    rmSync(temporary, { recursive: true, force: true });
  }
  if (!existsSync(join(folder, wheel.file)) || (await hashFile(join(folder, wheel.file))) !== wheel.sha256) {
    refuse(wheel, 'pip');
  }
}

function refuse({ file }: Wheel, address: string): never {
  throw new OneshotError('engine', `what came from ${address} is not the published ${file}`);
}

function sizeOf(folder: string): number {
  try {
    return readdirSync(folder, { recursive: true, encoding: 'utf8' }).reduce(
      (sum, name) => sum + (statSync(join(folder, name), { throwIfNoEntry: false })?.size ?? 0),
      0,
    );
  } catch {
    // Files come and go while pip works.
    return 0;
  }
}

async function hashFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}

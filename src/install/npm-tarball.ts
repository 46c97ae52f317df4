// Packages of npm, fetched by npm itself, so that its registry and proxy settings count, and unpacked without running
// their scripts.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Environment } from '../base/environment.js';
import { makeFolder } from '../base/make-folder.js';
import { OneshotError } from '../base/problem.js';
import { requireProgram, runStep } from './run-step.js';

export interface NpmTarball {
  readonly name: string;
  readonly version: string;
  /** SHA-512 in base64 with its prefix, as in `package-lock.json`. */
  readonly integrity: string;
  /** Where it is unpacked, relative to the installation. */
  readonly target: string;
}

/**
 * Fetches and unpacks the packages below `folder`; those that lie in the folder `from`, under the names that `npm pack`
 * gives them, are taken from there. Rejects with a OneshotError('engine') when npm or tar is missing or fails, or a
 * package is not the expected one.
 */
export async function unpackNpmTarballs(
  tarballs: readonly NpmTarball[],
  folder: string,
  { env, from }: { env: Environment; from: string | undefined },
): Promise<void> {
  const tar = requireTar(env);
  const downloads = join(folder, '.npm');
  mkdirSync(downloads);
  const local = new Map(
    tarballs.flatMap((tarball) => {
      const path = join(from ?? '', packedName(tarball));
      return from !== undefined && existsSync(path) ? [[tarball, path] as const] : [];
    }),
  );
  await fetchTarballs(
    tarballs.filter((tarball) => !local.has(tarball)),
    downloads,
    env,
  );
  for (const tarball of tarballs) {
    const path = local.get(tarball) ?? join(downloads, packedName(tarball));
    checkIntegrity(path, tarball);
    const target = join(folder, tarball.target);
    makeFolder(target);
    await runStep(tar, ['-xzf', path, '-C', target, '--strip-components=1', '--no-same-owner'], {
      cwd: folder,
      env,
      hint: 'run the command again',
    });
  }
  rmSync(downloads, { recursive: true });
}

/** Two retries as by default, but seconds and not minutes apart: without a network it should not look as if it hung. */
const SHORT_WAITS = ['--fetch-retries=2', '--fetch-retry-mintimeout=1000', '--fetch-retry-maxtimeout=5000'];

async function fetchTarballs(tarballs: readonly NpmTarball[], folder: string, env: Environment): Promise<void> {
  if (tarballs.length === 0) return;
  const specifiers = tarballs.map(({ name, version }) => `${name}@${version}`);
  await runStep(requireNpm(env), ['pack', ...specifiers, '--pack-destination', folder, ...SHORT_WAITS], {
    cwd: folder,
    env,
    hint:
      'see that this machine reaches an npm registry (`npm ping`), or bring what `npm pack ' +
      `${specifiers.join(' ')}\` makes elsewhere and name its folder with --from`,
  });
}

/** As `npm pack` names it: `tensorflow-tfjs-node-4.22.0.tgz`. */
function packedName({ name, version }: NpmTarball): string {
  return `${name.replace('@', '').replace('/', '-')}-${version}.tgz`;
}

/** The path of npm. Throws a OneshotError('engine') where there is none. */
export function requireNpm(env: Environment): string {
  return requireProgram(['npm'], env, {
    purpose: 'it fetches the binding',
    remedy: 'install npm: it comes with Node.js',
  });
}

/** The path of tar. Throws a OneshotError('engine') where there is none. */
export function requireTar(env: Environment): string {
  return requireProgram(['tar'], env, { purpose: 'it unpacks the binding', remedy: 'install tar' });
}

function checkIntegrity(path: string, { name, version, integrity }: NpmTarball): void {
  const bytes = existsSync(path) ? readFileSync(path) : '';
  if (`sha512-${createHash('sha512').update(bytes).digest('base64')}` === integrity) return;
  throw new OneshotError('engine', `${path} is not the published ${name}@${version}`, {
    hint: 'see which registry npm uses: `npm config get registry`',
  });
}

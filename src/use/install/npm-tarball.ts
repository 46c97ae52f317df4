// Packages of npm, fetched by npm itself, so that its registry and proxy settings count, and unpacked without running
// their scripts.
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { OneshotError } from '../../base/problem.js';
import type { Environment } from '../../tracking/local-server/find-mlflow.js';
import { requireProgram, runStep } from './run-step.js';

export interface NpmTarball {
  readonly name: string;
  readonly version: string;
  /** SHA-512 in base64 with its prefix, as in `package-lock.json`. */
  readonly integrity: string;
  /** Where it is unpacked, relative to the installation. */
  readonly target: string;
}

/** Fetches and unpacks the packages below `folder`. Rejects with a OneshotError('engine') when npm or tar is missing or fails, or a package is not the expected one. */
export async function unpackNpmTarballs(
  tarballs: readonly NpmTarball[],
  folder: string,
  env: Environment,
): Promise<void> {
  const npm = requireNpm(env);
  const tar = requireTar(env);
  const downloads = join(folder, '.npm');
  mkdirSync(downloads);
  const specifiers = tarballs.map(({ name, version }) => `${name}@${version}`);
  const answer = await runStep(npm, ['pack', ...specifiers, '--json', '--pack-destination', downloads], {
    cwd: downloads,
    env,
    hint: 'see that this machine reaches an npm registry (`npm ping`), then run the command again',
  });
  const packed = JSON.parse(answer) as
    | { name: string; filename: string }[]
    | Record<string, { name: string; filename: string }>;
  for (const tarball of tarballs) {
    const filename = Object.values(packed).find(({ name }) => name === tarball.name)?.filename ?? '';
    const path = join(downloads, filename);
    checkIntegrity(path, tarball);
    const target = join(folder, tarball.target);
    mkdirSync(target, { recursive: true });
    await runStep(tar, ['-xzf', path, '-C', target, '--strip-components=1', '--no-same-owner'], {
      cwd: folder,
      env,
      hint: 'run the command again',
    });
  }
  rmSync(downloads, { recursive: true });
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
  const found = `sha512-${createHash('sha512').update(readFileSync(path)).digest('base64')}`;
  if (found === integrity) return;
  throw new OneshotError('engine', `what npm fetched as ${name}@${version} is not the published package`, {
    hint: `its checksum is ${found}: see which registry npm uses (\`npm config get registry\`)`,
  });
}

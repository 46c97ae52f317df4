// The platform that the libraries inside the wheels are built for: manylinux on x64.
import { OneshotError } from '../base/problem.js';

/** Throws a OneshotError('engine') where such libraries do not load. */
export function requireWheelPlatform(what: string, hint: string): void {
  const { platform, arch } = process;
  const isGlibc =
    platform !== 'linux' || 'glibcVersionRuntime' in (process.report.getReport() as { header: object }).header;
  if (platform === 'linux' && arch === 'x64' && isGlibc) return;
  const found = `${platform} ${arch}${isGlibc ? '' : ' without glibc'}`;
  throw new OneshotError('engine', `${what} can be installed this way on Linux x64 with glibc only; this is ${found}`, {
    hint,
  });
}

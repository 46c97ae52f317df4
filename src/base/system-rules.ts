// What differs between systems, by the name that Node gives them: rules of paths, endings of programs, what opens an
// address. All of it takes the name as an argument, so that the rules of systems that the tests do not run on are tested
// as well.
import { type PlatformPath, posix, win32 } from 'node:path';

/** `process.platform`. */
export type SystemName = NodeJS.Platform;

/** The functions of node:path under the rules of a system. */
export function pathRules(system: SystemName = process.platform): PlatformPath {
  return system === 'win32' ? win32 : posix;
}

/** Whether an absolute path is a folder or lies below it. Names differ in case alone are the same on Windows and macOS. */
export function isInside(path: string, folder: string, system: SystemName = process.platform): boolean {
  const { relative, isAbsolute, sep } = pathRules(system);
  const fold = (text: string) => (system === 'darwin' ? text.normalize('NFC').toLowerCase() : text);
  // `relative` of Windows ignores case and tells drives apart by an absolute answer.
  const way = relative(fold(folder), fold(path));
  return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

/** Endings of files that can be started by their name without them. */
export function programEndings(system: SystemName = process.platform): readonly string[] {
  return system === 'win32' ? ['.exe', '.cmd', '.bat'] : [''];
}

/** The Python of a virtual environment. */
export function environmentPython(folder: string, system: SystemName = process.platform): string {
  const { join } = pathRules(system);
  return system === 'win32' ? join(folder, 'Scripts', 'python.exe') : join(folder, 'bin', 'python');
}

/** The command and arguments that show an address in the user's browser. */
export function openingCommand(address: string, system: SystemName = process.platform): readonly [string, ...string[]] {
  if (system === 'darwin') return ['open', address];
  // `start` takes its first quoted argument for a title; `&` ends a command there.
  return system === 'win32' ? ['cmd', '/c', 'start', '', address.replaceAll('&', '^&')] : ['xdg-open', address];
}

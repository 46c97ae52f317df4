/**
 * The environment of the process as native code reads it. `process.env` is that in the main thread; in a worker it is a copy.
 */
import koffi, { type KoffiFunc } from 'koffi';

interface Functions {
  readonly get: KoffiFunc<(name: string) => string | null>;
  readonly set: (name: string, value: string) => void;
}

let functions: Functions | undefined;

function loadFunctions(): Functions {
  const isWindows = process.platform === 'win32';
  const library = koffi.load(isWindows ? 'ucrtbase.dll' : null);
  const get = library.func('getenv', 'const char *', ['const char *']);
  if (isWindows) {
    const put = library.func('_putenv_s', 'int', ['const char *', 'const char *']);
    return { get, set: (name, value) => put(name, value) };
  }
  const replacesOthers = 1;
  const set = library.func('setenv', 'int', ['const char *', 'const char *', 'int']);
  return { get, set: (name, value) => set(name, value, replacesOthers) };
}

export function readVariable(name: string): string | null {
  functions ??= loadFunctions();
  return functions.get(name);
}

export function setVariable(name: string, value: string): void {
  functions ??= loadFunctions();
  functions.set(name, value);
}

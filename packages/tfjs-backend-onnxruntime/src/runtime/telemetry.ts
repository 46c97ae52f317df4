/**
 * Keeps ONNX Runtime from reporting home: since 1.30 it sends events to a host of its maker's and keeps a device number and
 * a database of events in the user's cache, unless `ORT_DISABLE_TELEMETRY` is set when the library starts.
 */
import koffi from 'koffi';

const [VARIABLE, OFF] = ['ORT_DISABLE_TELEMETRY', '1'];

/**
 * Sets the variable in the environment that native code reads; to be called before the library is loaded. `process.env`
 * would not do: in a worker it is a copy.
 */
export function disableTelemetry(): void {
  if (process.platform === 'win32') {
    koffi.load('ucrtbase.dll').func('_putenv_s', 'int', ['const char *', 'const char *'])(VARIABLE, OFF);
    return;
  }
  const replacesOthers = 1;
  koffi.load(null).func('setenv', 'int', ['const char *', 'const char *', 'int'])(VARIABLE, OFF, replacesOthers);
}

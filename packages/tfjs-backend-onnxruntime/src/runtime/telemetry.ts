/**
 * Keeps ONNX Runtime from reporting home: since 1.30 it sends events to a host of its maker's and keeps a device number and
 * a database of events in the user's cache, unless `ORT_DISABLE_TELEMETRY` is set when the library starts.
 */
import { setVariable } from './process-environment.js';

/** To be called before the library is loaded. */
export function disableTelemetry(): void {
  setVariable('ORT_DISABLE_TELEMETRY', '1');
}

// Parameters with equal settings share the scalars of their update: a few uploads per step instead of a few per parameter.
import type { NetworkParameter } from '../model/network-shape.js';

/** For each path its settings; parameters with equal settings have the same object. */
export function groupSettings<Settings extends object>(
  parameters: readonly NetworkParameter[],
  settingsOf: (parameter: NetworkParameter) => Settings,
): ReadonlyMap<string, Settings> {
  const groups = new Map<string, Settings>();
  return new Map(
    parameters.map((parameter) => {
      const settings = settingsOf(parameter);
      const key = JSON.stringify(settings);
      const group = groups.get(key) ?? settings;
      groups.set(key, group);
      return [parameter.path, group];
    }),
  );
}

/** Calls `make` once for each settings object and remembers the result. */
export function oncePerGroup<Settings extends object, Result>(
  make: (settings: Settings) => Result,
): (settings: Settings) => Result {
  const results = new Map<Settings, Result>();
  return (settings) => {
    let result = results.get(settings);
    if (result === undefined) {
      result = make(settings);
      results.set(settings, result);
    }
    return result;
  };
}

// An experiment as flat parameters: what MLflow compares runs by. Only what is swept or differs from its default, so that a
// page of a run is not headed by a hundred settings; all of them are in the run's `experiment.yaml`.
import type { Experiment } from '../config/experiment.js';
import type { ConcretePath } from '../config/key-path.js';
import { isMapValue, schemaAt } from '../config/schema.js';
import type { Assignment } from '../plan/trial.js';

/** Sections that say what was trained. A run may be evaluated again in another way, and a parameter keeps its value. */
const SECTIONS = ['data', 'augmentation', 'model', 'training'] as const;
const ENCODER = 'model.encoder';

/**
 * `training.optimizer.learningRate` → `0.005`, in one canonical text form. The layers are one parameter, `model.encoder`;
 * swept settings of layers stand beside it under the layer's name or position (`model.encoder.conv1.filters`), since MLflow
 * takes no brackets in names.
 */
export function listDistinctiveParams(
  experiment: Experiment,
  assignments: readonly Assignment[] = [],
): Record<string, string> {
  const swept = assignments.map(({ path }) => nameParam(path));
  const isSwept = (key: string) => swept.some((path) => key === path || key.startsWith(`${path}.`));
  const params: Record<string, string> = {};
  const visit = (key: string, path: ConcretePath, value: unknown, inherited: unknown): void => {
    if (value === undefined) return;
    const fallback = schemaAt(experiment, path)?.default ?? inherited;
    if (Array.isArray(value) && value.some(isMapValue)) {
      for (const [index, item] of value.entries())
        visit(`${key}.${nameOf(item) ?? index}`, [...path, index], item, undefined);
    } else if (isMapValue(value)) {
      const before = Object.keys(params).length;
      for (const [name, member] of Object.entries(value))
        visit(`${key}.${name}`, [...path, name], member, isMapValue(fallback) ? fallback[name] : undefined);
      // Something that is off unless it is named, and then left at its defaults.
      const isNews = fallback === undefined && path.length > 1 && Object.keys(params).length === before;
      if (isNews && !key.startsWith(`${ENCODER}.`)) params[key] = 'defaults';
    } else {
      const text = formatValue(value);
      const isDefault = fallback !== undefined && formatValue(fallback) === text;
      if (isSwept(key) || (!isDefault && !key.startsWith(`${ENCODER}.`))) params[key] = text;
    }
  };
  for (const section of SECTIONS) {
    // Where the data lies is a matter of the machine.
    const value = section === 'data' ? { ...experiment.data, path: undefined } : experiment[section];
    visit(section, [section], value, undefined);
  }
  if (experiment.model !== undefined) params[ENCODER] = describeLayers(experiment, isSwept);
  return params;
}

/** The parameter of a key path: MLflow takes no brackets in names. */
export function nameParam(path: string): string {
  return path.replace(/\[([^\]]*)\]/g, '.$1');
}

/**
 * `conv filters=8 kernelSize=3, relu, maxPool size=2`: the layers with what differs from their defaults, without what is
 * swept and has a parameter of its own.
 */
function describeLayers(experiment: Experiment, isSwept: (key: string) => boolean): string {
  return (experiment.model?.encoder ?? [])
    .map((layer, index) => {
      const settings = Object.entries(layer).flatMap(([name, value]) => {
        if (name === 'type' || name === 'name' || value === undefined) return [];
        const fallback = schemaAt(experiment, ['model', 'encoder', index, name])?.default;
        const isOwn = isSwept(`${ENCODER}.${nameOf(layer) ?? index}.${name}`);
        return isOwn || isSame(value, fallback) ? [] : [`${name}=${formatValue(value)}`];
      });
      return [layer.type, ...settings].join(' ');
    })
    .join(', ');
}

/** Whether a value is its default; a map may hold further keys that are defaults of their own. */
function isSame(value: unknown, fallback: unknown): boolean {
  if (fallback === undefined) return false;
  if (isMapValue(value) && isMapValue(fallback))
    return Object.keys(fallback).every((key) => isSame(value[key], fallback[key]));
  return formatValue(value) === formatValue(fallback);
}

function formatValue(value: unknown): string {
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value);
}

function nameOf(item: unknown): string | undefined {
  const name = (item as { name?: unknown }).name;
  return typeof name === 'string' ? name : undefined;
}

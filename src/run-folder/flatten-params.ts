// An experiment as flat parameters, in one canonical text form, with all defaults: what MLflow compares runs by.
import type { Experiment } from '../config/experiment.js';

/** Sections that say what was trained. A run may be evaluated again in another way, and a parameter keeps its value. */
const SECTIONS = ['data', 'augmentation', 'model', 'training'] as const;

/**
 * `training.optimizer.learningRate` → `0.005`. Layers go by name or position (`model.encoder.conv1.filters`), since
 * MLflow takes no brackets in names.
 */
export function flattenParams(experiment: Experiment): Record<string, string> {
  const params: Record<string, string> = {};
  for (const section of SECTIONS) {
    // Where the data lies is a matter of the machine.
    const value = section === 'data' ? { ...experiment.data, path: undefined } : experiment[section];
    flattenInto(params, section, value);
  }
  return params;
}

function flattenInto(params: Record<string, string>, key: string, value: unknown): void {
  if (value === undefined) return;
  if (Array.isArray(value)) {
    if (value.every((item) => item === null || typeof item !== 'object')) params[key] = JSON.stringify(value);
    else for (const [index, item] of value.entries()) flattenInto(params, `${key}.${nameOf(item) ?? index}`, item);
  } else if (value !== null && typeof value === 'object') {
    for (const [name, member] of Object.entries(value)) flattenInto(params, `${key}.${name}`, member);
  } else params[key] = String(value);
}

function nameOf(item: unknown): string | undefined {
  const name = (item as { name?: unknown }).name;
  return typeof name === 'string' ? name : undefined;
}

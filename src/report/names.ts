// What systems and protocols are called in tables, legends and sentences.

import type { SplitPurpose } from '../data/pictures/picture-set.js';
import { titleOfProtocol } from '../evaluation/protocols/registry.js';
import { titleOfBaseline } from '../evaluation/scorers/registry.js';
import type { Measurement } from './group-runs.js';

/** What a measurement's system is called. */
export function nameSystem({ system, scorer }: Pick<Measurement, 'system' | 'scorer'>): string {
  return scorer === 'network' ? system : titleOfBaseline(scorer);
}

export const SELECTION_NAMES: Readonly<Record<SplitPurpose, string>> = {
  train: 'training selection',
  validation: 'validation selection',
  test: 'test selection',
};

/** `20-way 1-shot` of a task's name; what tells it from a task of the same ways and shots stays: `20-way 1-shot-tta-8`, `20-way 1-shot-2`. */
export function nameWays(task: string): string {
  return task.split('/').at(-1)!.replace('-way-', '-way ').replace('-shot', '\u2011shot');
}

/** `Random episodes within an alphabet, test selection, 20-way 1-shot`. */
export function nameTask(
  measurement: Pick<Measurement, 'task' | 'selection'> & Partial<Pick<Measurement, 'protocol'>>,
): string {
  const { task, selection, protocol } = measurement;
  if (protocol === undefined)
    return `Verification of pairs (${task.split('/').at(-1)!}), ${SELECTION_NAMES[selection]}`;
  return `${titleOfProtocol(protocol)}, ${SELECTION_NAMES[selection]}, ${nameWays(task)}`;
}

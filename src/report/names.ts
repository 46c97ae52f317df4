// What systems, selections and tasks are called in tables, legends and sentences.
import type { SplitPurpose } from '../data/pictures/picture-set.js';
import { tellOf } from '../data/words.js';
import { titleOfProtocol } from '../evaluation/protocols/registry.js';
import { titleOfBaseline } from '../evaluation/scorers/registry.js';
import { formatSize } from './format-figures.js';
import type { Measurement } from './group-runs.js';

type NamedSystem = Pick<Measurement, 'system' | 'scorer' | 'variant' | 'pictures'>;

/** What a measurement's system is called. */
export function nameSystem({ system, scorer, variant, pictures }: NamedSystem): string {
  if (scorer === 'network') return system;
  return withVariant(tellOf(pictures, titleOfBaseline(scorer)), variant);
}

/** A baseline's title with what tells it from others of its name. */
export function withVariant(title: string, variant: string): string {
  return variant === '' ? title : `${title} (${variant})`;
}

/** What the systems of a plot are called: baselines of several picture sizes, which answer differently, with theirs. */
export function nameSystems(measurements: readonly (NamedSystem & Pick<Measurement, 'pictureSize'>)[]): string[] {
  const names = measurements.map(nameSystem);
  return measurements.map(({ scorer, pictureSize }, index) => {
    const isAlone = names.filter((name) => name === names[index]).length === 1;
    return isAlone || scorer === 'network' ? names[index]! : `${names[index]}, ${formatSize(pictureSize)}`;
  });
}

export const SELECTION_NAMES: Readonly<Record<SplitPurpose, string>> = {
  train: 'training selection',
  validation: 'validation selection',
  test: 'test selection',
};

/** What a protocol of episodes is called. */
export function nameProtocol({ protocol, pictures }: Pick<Measurement, 'protocol' | 'pictures'>): string {
  return tellOf(pictures, titleOfProtocol(protocol));
}

/**
 * `20-way 1-shot` of a task's name; what tells it from a task of the same ways and shots stays: `20-way 1-shot-tta-8`,
 * `20-way 1-shot-2`.
 */
export function nameWays(task: string): string {
  // Breaks before `1-shot` only.
  return task.split('/').at(-1)!.replace('-way-', '-way ').replace('-shot', '\u2011shot');
}

/** `Random episodes within an alphabet, test selection, 20-way 1-shot`. */
export function nameTask(
  measurement: Pick<Measurement, 'task' | 'selection' | 'pictures'> & Partial<Pick<Measurement, 'protocol'>>,
): string {
  const { task, selection, protocol, pictures } = measurement;
  if (protocol === undefined)
    return `Verification of pairs (${task.split('/').at(-1)!}), ${SELECTION_NAMES[selection]}`;
  return `${nameProtocol({ protocol, pictures })}, ${SELECTION_NAMES[selection]}, ${nameWays(task)}`;
}

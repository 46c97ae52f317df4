// The configuration that details are shown of, as a reader wants it: the network layer by layer with shapes and
// parameters, what trains it, what it is trained on, and the resolved file.
import { readFileSync } from 'node:fs';
import type { Experiment } from '../../config/experiment.js';
import { channelsOf } from '../../data/data-sets.js';
import type { PlacedLayer } from '../../layers/place-layers.js';
import { describeNetwork } from '../../model/network-shape.js';
import { runFiles } from '../../run-folder/run-folder.js';
import type { RunGroup } from '../group-runs.js';
import type { ReportRun } from '../load-runs.js';

export interface Configuration {
  readonly system: string;
  readonly folder: string;
  /** Undefined where there is no model, or its shapes cannot be known any more. */
  readonly network: NetworkFigures | undefined;
  /** What each part of the experiment says, in the order of the file: `optimizer`: `adamW, learningRate 0.005`. */
  readonly parts: readonly { readonly name: string; readonly settings: string }[];
  /** The resolved experiment as its run folder has it. */
  readonly yaml: string;
}

export interface NetworkFigures {
  /** `[height, width, channels]` of a picture. */
  readonly input: readonly number[];
  readonly layers: readonly LayerFigures[];
  /** Learned numbers of the head, and of everything. */
  readonly headParameters: number;
  readonly parameters: number;
  /** Multiplications with addition of one picture's forward pass. */
  readonly multiplyAdds: number;
}

export interface LayerFigures {
  /** How deep it stands within others: 0 for the encoder's own. */
  readonly depth: number;
  readonly name: string;
  readonly type: string;
  readonly settings: string;
  /** Shape that leaves it, without the batch. */
  readonly output: readonly number[];
  /** Learned numbers. */
  readonly parameters: number;
}

/** The configuration of a group's first run that has an experiment; undefined where none has. */
export function describeConfiguration({ label, runs }: RunGroup): Configuration | undefined {
  const run = runs.find(({ experiment }) => experiment !== undefined);
  const { experiment } = run ?? {};
  if (run === undefined || experiment?.data === undefined) return undefined;
  return {
    system: label,
    folder: run.folder,
    network: describeShapes(run, experiment),
    parts: listParts(experiment),
    yaml: readFileSync(runFiles(run.folder).experiment, 'utf8'),
  };
}

// The size of pictures that is left to the data set is known from what was measured.
function describeShapes({ results }: ReportRun, { model, data }: Experiment): NetworkFigures | undefined {
  const imageSize = results.find(({ scorer }) => scorer === 'network')?.pictures.height ?? data.imageSize;
  if (model === undefined || imageSize === undefined) return undefined;
  try {
    const network = describeNetwork(model, imageSize, channelsOf(data));
    return {
      input: network.input,
      layers: network.encoder.layers.flatMap((layer) => listLayer(layer, 0)),
      headParameters: network.headParameterCount,
      parameters: network.parameterCount,
      multiplyAdds: network.multiplyAddsPerPicture,
    };
  } catch {
    // An experiment of another version may have layers that this one cannot place.
    return undefined;
  }
}

function listLayer({ name, config, output, parameterCount, within }: PlacedLayer, depth: number): LayerFigures[] {
  const { name: _, type, layers: __, ...settings } = config as { name?: string; type: string; layers?: unknown };
  const own = { depth, name, type, settings: describeSettings(settings), output, parameters: parameterCount };
  return [own, ...within.flatMap((layer) => listLayer(layer, depth + 1))];
}

function listParts({ data, augmentation, model, training, evaluation, baselines }: Experiment): Configuration['parts'] {
  const { task, optimizer, schedule, loss, validation, earlyStopping, averaging, ...others } = training ?? {};
  const parts: readonly (readonly [name: string, settings: unknown])[] = [
    ['data', { ...data, path: undefined }],
    ['augmentation', augmentation],
    ['head', model?.head],
    ['task', task],
    ['loss', loss],
    ['optimizer', optimizer],
    ['schedule', schedule],
    ['averaging', averaging],
    ['training', training && others],
    ['validation', validation],
    ['early stopping', earlyStopping],
    ...evaluation.map((section, index) => [`evaluation ${index + 1}`, section] as const),
    ['baselines', baselines],
  ];
  return parts
    .map(([name, settings]) => ({ name, settings: describeSettings(settings) }))
    .filter(({ settings }) => settings !== '');
}

/**
 * Settings in a line: `adamW, learningRate 0.005, momentum (from 0.5, to 0.9)`. Names that only say what kind it is are
 * left out.
 */
function describeSettings(value: unknown): string {
  if (value === undefined || value === null) return '';
  if (Array.isArray(value)) return `[${value.map(describeSettings).join(', ')}]`;
  if (typeof value !== 'object') return String(value);
  const members = Object.entries(value).map(([name, member]) => {
    const text = describeSettings(member);
    if (text === '' || name === 'type' || name === 'dataset' || name === 'protocol') return text;
    return typeof member === 'object' && !Array.isArray(member) ? `${name} (${text})` : `${name} ${text}`;
  });
  return members.filter((text) => text !== '').join(', ');
}

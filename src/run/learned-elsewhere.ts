// The network whose weights a trial begins with: opened and held against the digest that its experiment names, and what its
// training saw against what is measured now.

import { OneshotError } from '../base/problem.js';
import { hashBytes } from '../base/stable-hash.js';
import type { InitialWeights } from '../config/experiment.js';
import { loadData } from '../data/data-sets.js';
import type { DataSection, LoadedData, LoadOptions } from '../data/loaded-data.js';
import { pictureAt, type Selection } from '../data/pictures/picture-set.js';
import { weightsPath } from '../model/describe-weights.js';
import type { InitialWeightsOrigin } from '../run-folder/provenance.js';
import type { OpenedRun } from '../trained/open-run.js';
import { openTrained } from '../trained/open-trained.js';
import { nameNetwork, type TrainedNetwork } from '../trained/trained-network.js';

/**
 * The network that the section names. Throws OneshotError: `usage` when it is gone, `corrupt` when it was altered or is
 * not the one that was planned with.
 */
export function openInitialWeights(section: InitialWeights): TrainedNetwork | OpenedRun {
  const path = weightsPath(section);
  if (path === undefined) throw new OneshotError('internal', 'model.initialWeights names no place');
  const { network } = openTrained(path);
  if (section.digest !== undefined && network.weightHash !== section.digest)
    throw new OneshotError('corrupt', `${path} holds other weights than those that this trial was planned with`, {
      hint: 'run the experiment again to plan it with what is there now',
    });
  return network;
}

/** What a run's provenance says of the network. */
export function describeOrigin({ origin, weightHash }: TrainedNetwork): InitialWeightsOrigin {
  const { experiment, trial, seed, uid, fingerprint, dataset, dataIdentity } = origin;
  return { digest: weightHash, experiment, trial, seed, uid, fingerprint, dataset, dataIdentity };
}

const MOST_NAMED = 3;

/**
 * Throws OneshotError('data') when the test or validation selection holds a character or picture that the weights were
 * learned from or chosen by. Returns what nobody can say, a sentence each.
 */
export async function refuseSeenBefore(
  data: LoadedData,
  section: DataSection,
  network: TrainedNetwork | OpenedRun,
  options: LoadOptions,
): Promise<string[]> {
  const { dataIdentity, dataset } = network.origin;
  // The same pictures for the same purposes: what is kept apart within them is kept apart here.
  if (dataIdentity === data.description.identity) return [];
  // What comes with the program shares no class; a folder may hold anything.
  if (dataset !== section.dataset && dataset !== 'folder' && section.dataset !== 'folder') return [];
  if (!('experiment' in network))
    return [
      `the initial weights come from a file: nobody can say whether what is tested was trained on (${dataset}, ` +
        `${network.origin.split})`,
    ];
  let before: LoadedData;
  try {
    before = await loadData(atSizeOf(network.experiment.data, data), options);
  } catch (error) {
    if (!(error instanceof OneshotError)) throw error;
    return [
      'the pictures that the initial weights were learned from cannot be read, so nobody can say whether what is ' +
        `tested is among them: ${error.message}`,
    ];
  }
  const namesCount = areNamesTheSame(section, network.experiment.data);
  for (const [own, seen] of [
    [data.split.test, before.split.train],
    [data.split.test, before.split.validation],
    [data.split.validation, before.split.train],
  ] as const) {
    const found = findSeen({ selection: own, data }, { selection: seen, data: before }, namesCount);
    if (found.length === 0) continue;
    const rest = found.length - MOST_NAMED;
    const names = `${found.slice(0, MOST_NAMED).join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`;
    const use = seen.purpose === 'train' ? 'were learned from' : 'were chosen by';
    throw new OneshotError(
      'data',
      `the ${own.purpose} selection holds ${found.length === 1 ? 'a class' : `${found.length} classes`} that the ` +
        `initial weights of ${nameNetwork(network)} ${use}: ${names}`,
      {
        hint: 'a figure measured on it would not be honest; choose a split that keeps them apart, as that of the run does',
      },
    );
  }
  return [];
}

// Pixels can be compared at one size only.
function atSizeOf(section: DataSection, { description: { sourceSize } }: LoadedData): DataSection {
  return { ...section, imageSize: sourceSize, sourceSize } as DataSection;
}

/** Whether equal names mean equal characters. */
function areNamesTheSame(section: DataSection, before: DataSection): boolean {
  if (section.dataset !== before.dataset) return false;
  if (section.dataset === 'glyphs') return section.seed === (before as typeof section).seed;
  // The same name in another folder may be another thing.
  return section.dataset !== 'folder' || section.path === (before as typeof section).path;
}

interface Looked {
  readonly selection: Selection;
  readonly data: LoadedData;
}

/** Classes of `own` that `seen` has by name, or of which it has a picture. */
function findSeen(own: Looked, seen: Looked, namesCount: boolean): string[] {
  const names = new Set(namesCount ? classesOf(seen).values() : []);
  const pixels = new Set(listDigests(seen));
  const classes = classesOf(own);
  const digests = listDigests(own);
  const found = new Set<string>();
  Array.from(own.selection.pictures).forEach((picture, i) => {
    const name = classes.get(picture)!;
    if (names.has(name) || pixels.has(digests[i]!)) found.add(name);
  });
  return [...found];
}

function classesOf({ selection: { set, pictures } }: Looked): Map<number, string> {
  return new Map(
    Array.from(pictures, (picture) => {
      const { alphabet, name } = set.characters[set.character[picture]!]!;
      return [picture, `${set.alphabets[alphabet]}/${name}`];
    }),
  );
}

/** By picture of the selection; pictures of nothing are all the same, and say nothing. */
function listDigests({ selection, data: { source } }: Looked): (string | undefined)[] {
  const { channels } = source;
  return Array.from(selection.pictures, (picture) => {
    const pixels = pictureAt(source, picture);
    return pixels.every((value) => value === pixels[0]) ? undefined : `${channels} ${hashBytes(pixels)}`;
  });
}

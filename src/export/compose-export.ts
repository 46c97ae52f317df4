// What every export holds: the network, how its answers are read, and the support set that was asked for.

import type { Calibration } from '../trained/calibration.js';
import type { EmbeddedSupport } from '../trained/embed-support.js';
import type { CarriedSupport, NetworkFile } from '../trained/network-file.js';
import {
  type CommitteeOptions,
  calibrateCommittee,
  embedWith,
  type StartedCommittee,
} from '../trained/start-committee.js';
import type { SupportSet } from '../trained/support-set.js';

/** Numbers of classes and of pictures of each. */
export interface WaysAndShots {
  readonly nWay: number;
  readonly kShot: number;
}

/** Ways and shots that an export without a support set is calibrated for. */
const USUAL: readonly WaysAndShots[] = [
  { nWay: 5, kShot: 1 },
  { nWay: 20, kShot: 1 },
  { nWay: 20, kShot: 5 },
];

/**
 * The content of an export of a single started network; `set` is the support set that it brings along, its own when left
 * out. Calibrated for the support set's ways and shots, or for those that are `asked` for.
 */
export async function composeExport(
  started: StartedCommittee,
  set: SupportSet | undefined,
  around: Pick<CommitteeOptions, 'env' | 'report'>,
  asked?: readonly WaysAndShots[],
): Promise<NetworkFile> {
  const { network, support: carried } = started.opened[0]!;
  const support = set === undefined ? carried : carrySupport(started, await embedWith(started, set));
  const own = support && [
    { nWay: support.labels.length, kShot: Math.max(1, Math.round(support.ways.length / support.labels.length)) },
  ];
  const wanted = asked ?? own ?? USUAL;
  const calibrations: Calibration[] = [];
  for (const ways of wanted) {
    const { calibration } = await calibrateCommittee(started, ways, around);
    if (calibration !== undefined) calibrations.push(calibration);
  }
  return { network: { ...network, pictures: started.form, calibrations }, support };
}

function carrySupport({ form }: StartedCommittee, { set, embeddings, seen }: EmbeddedSupport): CarriedSupport {
  const [values] = embeddings as [Float32Array];
  const count = set.pictures.length;
  const size = seen[0]!.pixels.length;
  const pictures = new Float32Array(count * size);
  for (const [i, { pixels }] of seen.entries())
    for (let p = 0; p < size; p++) pictures[i * size + p] = pixels[p]! / 255;
  return {
    labels: set.labels,
    ways: set.pictures.map(({ way }) => way),
    embeddings: { shape: [count, values.length / count], values },
    pictures: { shape: [count, form.imageSize, form.imageSize, size / form.imageSize ** 2], values: pictures },
  };
}

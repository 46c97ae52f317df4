// From the paths that somebody names to networks that answer: opened, checked against each other, on a started engine.
import { join } from 'node:path';
import { type Environment, userCacheFolder } from '../base/environment.js';
import { OneshotError } from '../base/problem.js';
import { canonicalJson, stableHash } from '../base/stable-hash.js';
import { channelsOfForm, type PictureForm } from '../data/pictures/see-picture.js';
import type { Engine, EngineName } from '../engine/engine.js';
import { fileNetworksBeside } from '../engine/open-file-network.js';
import { startEngine } from '../engine/start-engine.js';
import { type LoadedNetwork, loadNetwork } from '../model/load-network.js';
import { type CalibrationResult, calibrate } from './calibrate.js';
import { type Calibration, nearestCalibration } from './calibration.js';
import { type Committee, formCommittee } from './committee.js';
import { type EmbeddedSupport, embedSupport } from './embed-support.js';
import { keepJson, readKeptJson } from './json-cache.js';
import { loadRunData } from './load-run-data.js';
import { type OpenedNetwork, openTrained } from './open-trained.js';
import { createPictureReader, type PictureReader } from './read-pictures.js';
import type { SupportSet } from './support-set.js';
import { nameNetwork } from './trained-network.js';

export interface CommitteeOptions {
  readonly engine: 'auto' | EngineName;
  readonly threads?: number;
  /** Which tone is ink, where that of the training data is not meant. */
  readonly ink?: PictureForm['ink'];
  readonly env: Environment;
  /** Told about what takes time. */
  readonly report: (message: string) => void;
  /** Told once what is to be known of a network. */
  readonly note?: (message: string) => void;
}

/** Networks that answer together, on an engine; not to be used after `dispose`. */
export interface StartedCommittee {
  readonly opened: readonly OpenedNetwork[];
  readonly form: PictureForm;
  readonly read: PictureReader;
  readonly engine: Engine;
  /** Where embeddings and calibrations are kept. */
  readonly cacheFolder: string;
  /** Its scores are scaled only once it is calibrated. */
  readonly committee: Committee;
  readonly members: readonly LoadedNetwork[];
  dispose(): void;
}

/**
 * The started committee of the networks at `paths`. Throws a OneshotError 'usage' when they do not go together, and
 * what opening and starting throw.
 */
export async function startCommittee(paths: readonly string[], options: CommitteeOptions): Promise<StartedCommittee> {
  const opened = paths.map(openTrained);
  refuseStrangers(opened);
  for (const { network } of opened) if ('notes' in network) for (const note of network.notes) options.note?.(note);
  const [{ network: first }] = opened as [OpenedNetwork];
  const form = options.ink === undefined ? first.pictures : { ...first.pictures, ink: options.ink };
  const engine = await startEngine(options.engine, options.threads === undefined ? {} : { threads: options.threads });
  const members: LoadedNetwork[] = [];
  const dispose = () => {
    for (const member of members) member.dispose();
    engine.dispose();
  };
  try {
    const host = { tf: engine.tf, openFile: fileNetworksBeside(engine) };
    for (const { network } of opened)
      members.push(await loadNetwork(host, network.model, describeInput(network.pictures), network.weights));
  } catch (error) {
    dispose();
    throw error;
  }
  return {
    opened,
    form,
    read: createPictureReader(form),
    engine,
    cacheFolder: userCacheFolder(options.env),
    committee: formCommittee(members),
    members,
    dispose,
  };
}

const describeInput = (form: PictureForm) => ({ imageSize: form.imageSize, channels: channelsOfForm(form) });

// Networks that were trained on other pictures would see the same query in another form.
function refuseStrangers(opened: readonly OpenedNetwork[]): void {
  const [first, ...rest] = opened as [OpenedNetwork, ...OpenedNetwork[]];
  for (const other of rest) {
    const isSame =
      canonicalJson(first.network.pictures) === canonicalJson(other.network.pictures) &&
      first.network.origin.dataIdentity === other.network.origin.dataIdentity;
    if (!isSame)
      throw new OneshotError('usage', `${other.path} was trained on other pictures than ${first.path}`, {
        hint: 'an ensemble takes runs of the same data section: other seeds or other networks',
      });
    if (!('experiment' in first.network && 'experiment' in other.network))
      throw new OneshotError('usage', 'an ensemble takes run folders, and no exported files');
  }
}

/** A calibrated committee. */
export interface CalibratedCommittee {
  readonly committee: Committee;
  /** Undefined where the networks' data has too few classes to calibrate on. */
  readonly calibration: Calibration | undefined;
  /** The scores behind it; an exported file does not have them. */
  readonly best: CalibrationResult['best'] | undefined;
}

/** Changes whenever the same networks and classes give another calibration than before. */
const CALIBRATION_VERSION = 1;

/**
 * The committee calibrated for `nWay` classes of `kShot` pictures: from its exported file, the cache, or the validation
 * pictures of its run.
 */
export async function calibrateCommittee(
  started: StartedCommittee,
  wanted: { readonly nWay: number; readonly kShot: number },
  { env, report }: Pick<CommitteeOptions, 'env' | 'report'>,
): Promise<CalibratedCommittee> {
  const { opened, members, committee } = started;
  const { network } = opened[0]!;
  if (!('experiment' in network))
    return {
      committee,
      calibration: nearestCalibration(network.calibrations, wanted.nWay, wanted.kShot),
      best: undefined,
    };
  const result = await calibrateOnce(started, network.experiment.data.dataset, wanted, async () => {
    report(`calibrates on pictures of ${nameNetwork(network)}`);
    const data = await loadRunData(network.experiment, { env, report });
    return calibrate(committee, data, network.experiment.training?.validation, wanted);
  });
  return {
    committee: members.length === 1 ? committee : formCommittee(members, result?.scales),
    calibration: result?.calibration,
    best: result?.best,
  };
}

async function calibrateOnce(
  { opened, engine, cacheFolder }: StartedCommittee,
  dataset: string,
  wanted: { readonly nWay: number; readonly kShot: number },
  make: () => Promise<CalibrationResult | undefined>,
): Promise<CalibrationResult | undefined> {
  const key = stableHash({
    version: CALIBRATION_VERSION,
    weights: opened.map(({ network }) => network.weightHash),
    data: opened[0]!.network.origin.dataIdentity,
    engine: [engine.description.name, engine.description.version],
    wanted,
  });
  const path = join(cacheFolder, 'calibrations', `${dataset}-${key.slice(0, 16)}.json`);
  const kept = readKeptJson<CalibrationResult>(path);
  if (kept !== undefined) return kept;
  const result = await make();
  if (result !== undefined) keepJson(path, result);
  return result;
}

/** The embeddings of a support set, by a started committee. Throws what `embedSupport` throws. */
export function embedWith(started: StartedCommittee, set: SupportSet): Promise<EmbeddedSupport> {
  const { name, version, threads } = started.engine.description;
  return embedSupport(started.committee, set, {
    form: started.form,
    read: started.read,
    weightHashes: started.opened.map(({ network }) => network.weightHash),
    engine: `${name} ${version} ${threads}`,
    cacheFolder: started.cacheFolder,
  });
}

// What a protocol makes of its section in an experiment file: tasks, each a list of episodes on one picture set.
import { stableHash } from '../base/stable-hash.js';
import type {
  Assignment,
  Mistake,
  Protocol,
  ProtocolVerification,
  TestTimeAugmentation,
} from '../config/experiment.js';
import type { DataSection, LoadedData } from '../data/loaded-data.js';
import type { PictureSet, SplitPurpose } from '../data/pictures/picture-set.js';
import type { SizedPictures } from '../data/pictures/picture-sizes.js';
import type { Episode } from '../data/sampling/episode.js';

/** The pictures that evaluations draw from. */
export type EvaluationData = Pick<LoadedData, 'split' | 'source' | 'loadLakeRuns' | 'loadBeside'>;

/** A section whose protocol draws episodes; verification draws pairs (`verification/verify.ts`). */
export type EpisodeProtocol = Exclude<Protocol, ProtocolVerification>;

/** One thing to measure: N ways, k shots, a list of episodes. */
export interface EvaluationTask {
  /** Key of its metrics: `test/within-alphabet/20-way-1-shot`. Letters, digits, `.`, `-` and `/` only, which MLflow takes. */
  readonly name: string;
  readonly protocol: EpisodeProtocol['protocol'];
  readonly selection: SplitPurpose;
  readonly nWay: number;
  readonly kShot: number;
  /** Seed of the episodes, or null where they are given. */
  readonly seed: number | null;
  readonly testTimeAugmentation: TestTimeAugmentation | null;
  /** Whether the queries of an episode are answered by themselves (null) or assigned to its classes together. */
  readonly assignment: Assignment | null;
  /** The mistake that it is measured with; absent where there is none. */
  readonly mistake?: Mistake;
  readonly pictures: SizedPictures;
  readonly episodes: readonly Episode[];
  /** Alphabets of the selection that are too small for an episode. */
  readonly skippedAlphabets: readonly string[];
}

/** One protocol. `Section` is its schema entry. */
export interface ProtocolType<Section extends EpisodeProtocol> {
  readonly protocol: Section['protocol'];
  /** What pages call it. */
  readonly title: string;
  /** The pictures that it asks for besides those of the data section. */
  readonly asksFor?: 'lakeRuns' | DataSection['dataset'];
  /**
   * The tasks of a section, one for each combination of ways and shots. Rejects with a OneshotError when the data cannot
   * give them.
   */
  makeTasks(section: Section, data: EvaluationData): Promise<EvaluationTask[]>;
}

/** The key of a task's metrics, without their names. */
export function nameTask(
  task: Pick<EvaluationTask, 'selection' | 'protocol' | 'nWay' | 'kShot' | 'testTimeAugmentation'>,
): string {
  const { selection, protocol, nWay, kShot, testTimeAugmentation } = task;
  return `${selection}/${protocol}/${nWay}-way-${kShot}-shot${nameAugmentation(testTimeAugmentation)}`;
}

/** What the test-time augmentation adds to the name of a task: `-tta-7`, `-tta-7-rotations`; nothing without one. */
export function nameAugmentation(augmentation: TestTimeAugmentation | null | undefined): string {
  if (!augmentation) return '';
  return `-tta-${augmentation.copies}${augmentation.rotations ? '-rotations' : ''}`;
}

/**
 * The hash of a task's episodes: of which drawing of which character each picture is, not of its pixels, so that it is
 * the same at every picture size. 64 hex digits.
 */
export function identifyEpisodes(set: PictureSet, episodes: readonly Episode[]): string {
  const identify = (picture: number) => {
    const { alphabet, name } = set.characters[set.character[picture]!]!;
    return [picture, set.alphabets[alphabet]!, name, set.drawer[picture]!];
  };
  return stableHash({
    set: set.name,
    episodes: episodes.map(({ supportSet, queries }) => ({
      supportSet: supportSet.map((shots) => shots.map(identify)),
      queries: queries.map(({ picture, truth }) => [...identify(picture), truth]),
    })),
  });
}

// Accuracy on known classes: every picture that was kept for the test is asked for once, among all classes that training has
// pictures of; the support are training pictures. Other than an episode on unseen classes: figures of the two are not comparable.
import { OneshotError } from '../../base/problem.js';
import { randomStream } from '../../base/random-stream.js';
import type { ProtocolClosedSet } from '../../config/experiment.js';
import type { PictureSet } from '../../data/pictures/picture-set.js';
import type { Episode } from '../../data/sampling/episode.js';
import { type IndexedCharacter, indexSelection } from '../../data/sampling/selection-index.js';
import { type EvaluationData, nameTask, type ProtocolType } from '../task.js';

export const closedSet: ProtocolType<ProtocolClosedSet> = {
  protocol: 'closed-set',
  title: 'Known classes, other pictures',

  /** A single episode for each number of shots: all shared classes, and all their pictures of the test. */
  async makeTasks({ kShot, seed, testTimeAugmentation = null }, { split, source }) {
    const { set } = split.test;
    return [kShot].flat().map((shots) => {
      const episode = drawClosedSet(split, shots, seed);
      const nWay = episode.supportSet.length;
      const task = {
        protocol: 'closed-set' as const,
        selection: 'test' as const,
        nWay,
        kShot: shots,
        seed,
        testTimeAugmentation,
        assignment: null,
      };
      return {
        ...task,
        name: nameTask(task),
        pictures: { clean: set, source },
        episodes: [episode],
        skippedAlphabets: [],
      };
    });
  },
};

/** Throws a OneshotError('usage') that names a class with too few training pictures, or where no class is shared. */
function drawClosedSet({ train, test }: EvaluationData['split'], kShot: number, seed: number): Episode {
  const { set } = test;
  const trained = new Map(listCharacters(train).map((known) => [known.character, known]));
  const shared = listCharacters(test).filter(({ character }) => trained.has(character));
  if (shared.length < 2)
    throw new OneshotError(
      'usage',
      `closed-set needs classes that training and the test share; there are ${shared.length}`,
    );
  const small = shared.find(({ character }) => trained.get(character)!.pictures.length < kShot);
  if (small !== undefined) {
    const { length } = trained.get(small.character)!.pictures;
    throw new OneshotError(
      'usage',
      `closed-set with ${kShot} shots: class ${nameClass(set, small.character)} has ` +
        `${length} training ${length === 1 ? 'picture' : 'pictures'}`,
    );
  }
  const ordered = randomStream(seed, 'closed-set', 'order').sample(shared, shared.length);
  return {
    supportSet: ordered.map(({ character }) =>
      randomStream(seed, 'closed-set', 'support', nameClass(set, character)).sample(
        trained.get(character)!.pictures,
        kShot,
      ),
    ),
    queries: ordered.flatMap(({ pictures }, truth) => pictures.map((picture) => ({ picture, truth }))),
  };
}

function listCharacters(selection: EvaluationData['split']['test']): IndexedCharacter[] {
  return indexSelection(selection).flatMap(({ characters }) => characters);
}

function nameClass({ characters, alphabets }: PictureSet, character: number): string {
  const { alphabet, name } = characters[character]!;
  return `${alphabets[alphabet]}/${name}`;
}

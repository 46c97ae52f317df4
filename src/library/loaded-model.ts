import { classifyPictures } from '../classify/classify-pictures.js';
import { compareTwo, type PairAnswer } from '../classify/compare-two.js';
import { embedPictures, type PictureEmbedding } from '../classify/embed-pictures.js';
import {
  describeAnswer,
  describeClassification,
  describeNetworks,
  type NetworkDescription,
  startClassifier,
} from '../classify/start-classifier.js';
import { listPictures } from '../trained/picture-names.js';
import { calibrateCommittee, type StartedCommittee, startCommittee } from '../trained/start-committee.js';
import { readSupportSet } from '../trained/support-set.js';
import type { Classification, ClassifyOptions, Model, ModelOptions } from './model.js';

/** Networks on an engine, with what they answer as the command prints it. */
export class LoadedModel implements Model {
  readonly networks: readonly NetworkDescription[];
  readonly #started: StartedCommittee;
  readonly #surroundings: { readonly env: NodeJS.ProcessEnv; readonly report: (message: string) => void };

  static async load(paths: readonly string[], options: ModelOptions): Promise<LoadedModel> {
    const { engine = 'auto', threads, ink, onNote = () => undefined } = options;
    const started = await startCommittee(paths, {
      engine,
      ...(threads === undefined ? {} : { threads }),
      ...(ink === undefined ? {} : { ink }),
      env: process.env,
      report: onNote,
      note: onNote,
    });
    return new LoadedModel(started, onNote);
  }

  private constructor(started: StartedCommittee, report: (message: string) => void) {
    this.#started = started;
    this.#surroundings = { env: process.env, report };
    this.networks = describeNetworks(started);
  }

  async classify(
    pictures: string | readonly string[],
    { support, threshold, top, signal }: ClassifyOptions = {},
  ): Promise<Classification> {
    const set = support === undefined ? undefined : readSupportSet(support);
    const files = listPictures([pictures].flat());
    const classifier = await startClassifier(this.#started, set, { threshold, ...this.#surroundings });
    const most = top ?? classifier.setup.support.set.labels.length;
    return {
      ...describeClassification(this.#started, classifier, support),
      answers: mapUntil(classifyPictures(classifier.setup, files), (answer) => describeAnswer(answer, most), signal),
    };
  }

  embed(
    pictures: string | readonly string[],
    { signal }: { readonly signal?: AbortSignal } = {},
  ): AsyncIterable<PictureEmbedding> {
    const files = listPictures([pictures].flat());
    return mapUntil(embedPictures(this.#started, files), (embedding) => embedding, signal);
  }

  async compare(first: string, second: string): Promise<PairAnswer> {
    const { committee, calibration } = await calibrateCommittee(
      this.#started,
      { nWay: 20, kShot: 1 },
      this.#surroundings,
    );
    return compareTwo(committee, this.#started.read, [first, second], calibration);
  }

  dispose(): void {
    this.#started.dispose();
  }
}

/** The mapped items, until the signal is aborted: then its reason is thrown. */
async function* mapUntil<Item, Mapped>(
  items: AsyncIterable<Item>,
  map: (item: Item) => Mapped,
  signal: AbortSignal | undefined,
): AsyncGenerator<Mapped> {
  signal?.throwIfAborted();
  for await (const item of items) {
    signal?.throwIfAborted();
    yield map(item);
  }
}

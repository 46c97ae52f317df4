// A trained network as other programs have it.
import type { PairAnswer } from '../classify/compare-two.js';
import type { PictureEmbedding } from '../classify/embed-pictures.js';
import type { AnswerDescription, ClassificationHead, NetworkDescription } from '../classify/start-classifier.js';
import type { EngineName } from '../engine/engine.js';

export interface ModelOptions {
  /** Default: `auto`. */
  readonly engine?: 'auto' | EngineName;
  readonly threads?: number;
  /** Which tone is ink; as in the training data when left out. */
  readonly ink?: 'auto' | 'dark' | 'light';
  /** Told about what takes time, and what is to be known of a network. */
  readonly onNote?: (message: string) => void;
}

export interface ClassifyOptions {
  /** A folder with a folder of pictures for each class, or a picture for each; an exported file may bring its own. */
  readonly support?: string;
  /** A score below which a picture is unknown, or `none`: everything gets a name. Calibrated when left out. */
  readonly threshold?: number | 'none';
  /** Classes of each answer. Default: all. */
  readonly top?: number;
  readonly signal?: AbortSignal;
}

/** What `oneshot classify --json` prints; the answers come one by one. */
export interface Classification extends ClassificationHead {
  readonly answers: AsyncIterable<AnswerDescription>;
}

/** Trained networks that answer together, on an engine. Not to be used after `dispose`. */
export interface Model {
  readonly networks: readonly NetworkDescription[];
  /** Names pictures, or says "unknown" (`name: null`). Pictures are files, or folders of them. */
  classify(pictures: string | readonly string[], options?: ClassifyOptions): Promise<Classification>;
  /** The embeddings of a single network. */
  embed(
    pictures: string | readonly string[],
    options?: { readonly signal?: AbortSignal },
  ): AsyncIterable<PictureEmbedding>;
  /** Whether two pictures show the same. */
  compare(first: string, second: string): Promise<PairAnswer>;
  /** Frees the engine's memory. */
  dispose(): void;
}

// A map of unseen characters as the network sees them: the two directions in which their embeddings differ most.
import { existsSync } from 'node:fs';
import { tellClass } from '../../data/words.js';
import { readEmbeddingSample } from '../../run-folder/embedding-sample.js';
import { runFiles } from '../../run-folder/run-folder.js';
import type { ShownGroup } from './headline.js';
import { findPrincipalComponents } from './principal-components.js';

export interface EmbeddingMap {
  readonly system: string;
  readonly seed: number;
  readonly folder: string;
  /** Part of the variance that each of both directions holds. */
  readonly explained: readonly number[];
  readonly points: readonly { readonly character: string; readonly x: number; readonly y: number }[];
}

/** The map of the first run that kept embeddings; undefined where none did. */
export function mapEmbeddings({ group, runs }: ShownGroup): EmbeddingMap | undefined {
  for (const { folder, trial } of runs) {
    const path = runFiles(folder).embeddings;
    if (!existsSync(path)) continue;
    try {
      const { embeddings, characters } = readEmbeddingSample(path);
      const { coordinates, explained } = findPrincipalComponents(embeddings, characters.length, 2);
      const points = coordinates.map(([x, y], i) => ({ character: tellClass(characters[i]!), x: x!, y: y! }));
      return { system: group.label, seed: trial.seed, folder, explained, points };
    } catch {
      // A damaged file costs the map, not the report.
    }
  }
  return undefined;
}

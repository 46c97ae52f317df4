// Accuracies from prediction files and journals with nothing of src/: what a reader with the run folders could compute.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Recomputed {
  /** Mean accuracy of the network by `[task, folders of a configuration]`, verifications among them. */
  readonly configurations: ReadonlyMap<string, number>;
  /** Mean of the best validation accuracies of finished runs by `folders of a configuration`. */
  readonly sweep: ReadonlyMap<string, number>;
}

/** All runs below `parent/EXPERIMENT/RUN`. */
export function recomputeResults(parent: string): Recomputed {
  const accuracies = new Map<string, { folder: string; value: number }[]>();
  const validations = new Map<string, { folder: string; value: number }[]>();
  for (const folder of listRuns(parent)) {
    const trial = readJson(join(folder, 'trial.json')) as { fingerprints: { config: string } };
    const { config } = trial.fingerprints;
    const add = (map: typeof accuracies, key: string, value: number) =>
      map.set(key, [...(map.get(key) ?? []), { folder, value }]);
    const addScore = ({ task, accuracy }: Score) => add(accuracies, JSON.stringify([task, config]), accuracy);
    for (const file of existsSync(join(folder, 'predictions')) ? readdirSync(join(folder, 'predictions')) : []) {
      const path = join(folder, 'predictions', file);
      if (file.endsWith('.network.jsonl')) addScore(scoreFile(path));
      if (file.endsWith('.network.pairs.json')) addScore(scorePairs(path));
    }
    const state = (readJson(join(folder, 'status.json')) as { state: string }).state;
    const best = bestValidation(join(folder, 'journal.jsonl'));
    if (state === 'finished' && best !== undefined) add(validations, config, best);
  }
  const name = (found: { folder: string }[]) => found.map(({ folder }) => folder).sort();
  const mean = (found: { value: number }[]) => found.reduce((sum, { value }) => sum + value, 0) / found.length;
  return {
    configurations: new Map(
      [...accuracies].map(([key, found]) => [
        JSON.stringify([(JSON.parse(key) as string[])[0], name(found)]),
        mean(found),
      ]),
    ),
    sweep: new Map([...validations.values()].map((found) => [JSON.stringify(name(found)), mean(found)])),
  };
}

function listRuns(parent: string): string[] {
  return (
    readdirSync(parent)
      .flatMap((experiment) => readdirSync(join(parent, experiment)).map((run) => join(parent, experiment, run)))
      // What another program left there is no run.
      .filter((folder) => existsSync(join(folder, 'trial.json')) && existsSync(join(folder, 'status.json')))
  );
}

interface Score {
  readonly task: string;
  readonly accuracy: number;
}

/** From scores and threshold alone. */
function scorePairs(path: string): Score {
  const { task, threshold, scores, isSame } = readJson(path) as {
    task: string;
    threshold: number;
    scores: number[];
    isSame: number[];
  };
  const right = scores.filter((score, pair) => score >= threshold === (isSame[pair] === 1)).length;
  return { task, accuracy: right / scores.length };
}

/** From the scores alone: the largest wins, and a tie of m with the right one among them counts 1/m. */
function scoreFile(path: string): Score {
  const lines = readFileSync(path, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  const queries = lines.slice(1, -1).flatMap(({ queries: own }) => own) as { truth: number; scores: number[] }[];
  const credits = queries.map(({ truth, scores }) => {
    const largest = Math.max(...scores);
    return scores[truth] === largest ? 1 / scores.filter((score) => score === largest).length : 0;
  });
  return { task: lines[0].task, accuracy: credits.reduce((sum, credit) => sum + credit, 0) / credits.length };
}

function bestValidation(path: string): number | undefined {
  const values = readFileSync(path, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { type: string; key?: string; value?: number })
    .filter(({ type, key }) => type === 'metric' && key === 'validation/one-shot-accuracy')
    .map(({ value }) => value!);
  return values.length === 0 ? undefined : Math.max(...values);
}

function readJson(path: string): unknown {
  return JSON.parse(readFileSync(path, 'utf8'));
}

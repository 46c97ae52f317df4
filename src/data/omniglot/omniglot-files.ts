// The three files of Omniglot, by name and content: enough to describe the data set without opening any of them.
import { BACKGROUND_ALPHABETS, EVALUATION_ALPHABETS } from './omniglot-alphabets.js';

/** One of the two zips. */
export interface OmniglotPart {
  readonly file: string;
  /** `hashDrawings` of the published pictures. */
  readonly digest: string;
  readonly alphabets: ReadonlyMap<string, number>;
}

export const BACKGROUND: OmniglotPart = {
  file: 'images_background.zip',
  digest: 'd7aef5fefda6b7742af92318065a7528b56d10fe803b6b419817bc8708030ce9',
  alphabets: BACKGROUND_ALPHABETS,
};

export const EVALUATION: OmniglotPart = {
  file: 'images_evaluation.zip',
  digest: 'e95a07fe47299788a8aed7bba3a85e66df069138803d8eb7b312b2012d314cb0',
  alphabets: EVALUATION_ALPHABETS,
};

/** Lake's 20 runs. */
export const LAKE_RUNS_FILE = 'all_runs.zip';

/** What to do when a file of Omniglot is missing or wrong, for error messages. */
export function explainOmniglotFiles(folder: string): string {
  return (
    'Fetch them with `oneshot data fetch omniglot`, or place images_background.zip, images_evaluation.zip and ' +
    `all_runs.zip of github.com/brendenlake/omniglot (folder python), packed or unpacked, in ${folder}, or name ` +
    'another folder with ' +
    'data.path or ONESHOT_DATA.'
  );
}

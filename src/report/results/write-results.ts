// The command `report --format markdown`: from run folders, and files of results of before, to one Markdown page and its data.
import { statSync } from 'node:fs';
import { dirname } from 'node:path';
import { writeFileAtomic } from '../../base/atomic-file.js';
import { makeFolder } from '../../base/make-folder.js';
import { OneshotError } from '../../base/problem.js';
import { loadRuns } from '../load-runs.js';
import { renderResultsPage } from './results-page.js';
import { mergeResults, type ResultsRecord, readResultsRecord, recordResults } from './results-record.js';

export interface WrittenResults {
  readonly markdown: string;
  /** What the page is made from; a later call takes it as a path. */
  readonly json: string;
  readonly record: ResultsRecord;
  /** Why runs were left out, a sentence each. */
  readonly damaged: readonly string[];
}

/**
 * Writes the results at `paths` to `out`, a file `….md`, and to the same name with `.json`. A path is a run folder, a folder
 * that holds them, or a `.json` of before. All run folders count together, and more than what a `.json` has of their
 * experiments; of several `.json` the last one counts. Throws OneshotError('usage') when a path does not exist or no run
 * has finished, and OneshotError('corrupt') when a file holds no results.
 */
export function writeResults(paths: readonly string[], out: string): WrittenResults {
  const isFile = (path: string) => statSync(path, { throwIfNoEntry: false })?.isFile() === true;
  const files = paths.filter(isFile);
  const { runs, damaged } = loadRuns(paths.filter((path) => !isFile(path)));
  const record = mergeResults([...files.map(readResultsRecord), recordResults(runs)]);
  if (record.experiments.length === 0) {
    throw new OneshotError('usage', `found no finished run at ${paths.join(', ')}`, {
      hint: '`oneshot status` says where runs stand',
    });
  }
  const json = out.replace(/\.md$/, '.json');
  makeFolder(dirname(out));
  writeFileAtomic(json, `${JSON.stringify(record, null, 1)}\n`);
  writeFileAtomic(out, renderResultsPage(record));
  return { markdown: out, json, record, damaged: damaged.map(({ reason }) => reason) };
}

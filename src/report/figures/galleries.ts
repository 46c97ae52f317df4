// Episodes to look at, of the configuration that details are shown of.
import { type GalleryItem, pickGallery } from '../../evaluation/records/gallery.js';
import { type ReportRun, tryReadPredictions } from '../load-runs.js';
import type { ShownGroup } from './headline.js';

export interface Gallery {
  readonly task: string;
  readonly system: string;
  readonly seed: number;
  readonly items: readonly GalleryItem[];
}

const GALLERY_ITEMS = 3;
/** Ways of the tasks that the blog of the seed shows as figures: each gets a small gallery of its own. */
const SHOWN_WAYS = [9, 25];

/** Lost and won queries of the headline's task, and one of each on tasks of 9 and 25 ways, by the first run. */
export function collectGalleries({ group, runs }: ShownGroup, headlineTask: string | undefined): Gallery[] {
  const [run] = runs as [ReportRun];
  const shown = run.results.filter(
    ({ task, scorer, selection, nWay }) =>
      scorer === 'network' && selection === 'test' && (task === headlineTask || SHOWN_WAYS.includes(nWay)),
  );
  shown.sort((a, b) => Number(b.task === headlineTask) - Number(a.task === headlineTask));
  return shown.flatMap((result) => {
    const record = tryReadPredictions(run, result);
    const items = record ? pickGallery(record, result.task === headlineTask ? GALLERY_ITEMS : 1) : [];
    return items.length === 0 ? [] : [{ task: result.task, system: group.label, seed: run.trial.seed, items }];
  });
}

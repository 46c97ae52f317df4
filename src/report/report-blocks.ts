// The report in the order of its sections: the answer first, then the paper's tables, curves, details, runs, and how to read it.
import type { Block } from './document.js';
import type { Report } from './make-report.js';
import { makeAlphabetsSection } from './sections/alphabets-section.js';
import { makeAnswerSection } from './sections/answer-section.js';
import { makeConfusionsSection } from './sections/confusions-section.js';
import { makeCurvesSection } from './sections/curves-section.js';
import { makeEpisodesSection } from './sections/episodes-section.js';
import { makeMethodSection } from './sections/method-section.js';
import { makePaperSection } from './sections/paper-section.js';
import { makeResultsSection } from './sections/results-section.js';
import { makeRunsSection } from './sections/runs-section.js';
import { makeSettingsSection } from './sections/settings-section.js';

/** All blocks of the report; draws its plots. `nameFolder` shortens the path of a run's folder. */
export async function makeBlocks(report: Report, nameFolder: (folder: string) => string): Promise<Block[]> {
  return [
    ...(await makeAnswerSection(report)),
    ...makeResultsSection(report),
    ...makePaperSection(report),
    ...(await makeCurvesSection(report)),
    ...(await makeAlphabetsSection(report)),
    ...makeEpisodesSection(report),
    ...makeConfusionsSection(report),
    ...makeSettingsSection(report),
    ...makeRunsSection(report, nameFolder),
    ...makeMethodSection(report),
  ];
}

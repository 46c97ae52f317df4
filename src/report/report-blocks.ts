// The report in the order of its sections: the answer first, then the paper's tables, curves, details, runs, and how to read it.
import type { Block } from './document.js';
import { createRunLinks } from './figures/run-numbers.js';
import type { Report } from './make-report.js';
import { makeAlphabetsSection } from './sections/alphabets-section.js';
import { makeAnswerSection } from './sections/answer-section.js';
import { makeConfigurationSection } from './sections/configuration-section.js';
import { makeConfusionsSection } from './sections/confusions-section.js';
import { makeCostSection } from './sections/cost-section.js';
import { makeDifferencesSection } from './sections/differences-section.js';
import { makeEpisodesSection } from './sections/episodes-section.js';
import { makeInsideSection } from './sections/inside-section.js';
import { makeLearningSection } from './sections/learning-section.js';
import { makeMethodSection } from './sections/method-section.js';
import { makePaperSection } from './sections/paper-section.js';
import { makeResultsSection } from './sections/results-section.js';
import { makeRunsSection } from './sections/runs-section.js';
import { makeSettingsSection } from './sections/settings-section.js';
import { makeStrokesSection } from './sections/strokes-section.js';
import { makeSweepSection } from './sections/sweep-section.js';
import { makeWaysSection } from './sections/ways-section.js';

/** All blocks of the report; draws its plots. `nameFolder` shortens the path of a run's folder. */
export async function makeBlocks(report: Report, nameFolder: (folder: string) => string): Promise<Block[]> {
  const linkRuns = createRunLinks(report.runs);
  return [
    ...(await makeAnswerSection(report)),
    ...makeResultsSection(report, linkRuns),
    ...makeDifferencesSection(report),
    ...makePaperSection(report, linkRuns),
    ...(await makeCostSection(report)),
    ...(await makeSweepSection(report, linkRuns)),
    ...(await makeWaysSection(report)),
    ...(await makeLearningSection(report)),
    ...(await makeAlphabetsSection(report)),
    ...makeEpisodesSection(report),
    ...makeConfusionsSection(report),
    ...makeStrokesSection(report),
    ...(await makeInsideSection(report, linkRuns)),
    ...makeConfigurationSection(report, linkRuns),
    ...makeSettingsSection(report),
    ...makeRunsSection(report, nameFolder),
    ...makeMethodSection(report),
  ];
}

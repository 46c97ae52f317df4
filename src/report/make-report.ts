// Everything that a report says, as plain data: the pages, and `--json`, are made from this alone.

import { chooseWords, type Words } from '../data/words.js';
import { groupBy } from '../evaluation/group-by.js';
import type { DamagedRun } from '../run-folder/find-runs.js';
import { countStates, type RunState } from '../run-folder/run-folder.js';
import { type AlphabetFigures, averageAlphabets } from './figures/alphabets.js';
import { type Calibration, calibrate } from './figures/calibration.js';
import {
  chooseConfiguration,
  type NamedChoice,
  nameChoice,
  rankConfigurations,
} from './figures/choose-configuration.js';
import { type Configuration, describeConfiguration } from './figures/configuration.js';
import { type Confusions, collectConfusions } from './figures/confused-pairs.js';
import { type CostOfAccuracy, findCosts } from './figures/cost.js';
import {
  collectLayerCurves,
  collectLearningCurves,
  collectNWayCurves,
  type LayerCurve,
  type LearningCurve,
  type NWayCurve,
} from './figures/curves.js';
import { type Differences, findGroupDifferences } from './figures/differences.js';
import { type DistortionSamples, drawDistortions } from './figures/distortion-samples.js';
import { type EmbeddingMap, mapEmbeddings } from './figures/embedding-map.js';
import { drawFirstFilters, type FirstFilters } from './figures/first-filters.js';
import { collectGalleries, type Gallery } from './figures/galleries.js';
import { findShownGroup, type Headline, makeHeadline } from './figures/headline.js';
import { fillPaperTables, type PaperTable } from './figures/paper-tables.js';
import { listIncomplete, listSkippedAlphabets, type RunSummary, summarizeRuns } from './figures/run-summaries.js';
import { type SeedTable, tabulateSeeds } from './figures/seed-table.js';
import { drawStrokePictures, type StrokePicture } from './figures/stroke-pictures.js';
import { analyzeSweeps, type SweepFigures } from './figures/sweep.js';
import { measureVerifications, type VerificationMeasurement } from './figures/verifications.js';
import { describeWhatWasRun, type WhatWasRun } from './figures/what-was-run.js';
import { findDifferences, type SettingDifference } from './find-differences.js';
import { groupRuns, type Measurement, measureGroups, type RunGroup } from './group-runs.js';
import { listDataDoubts } from './list-data-doubts.js';
import type { LoadedRuns } from './load-runs.js';
import { measureEnsembles } from './measure-ensembles.js';
import { nameSystem } from './names.js';

export interface Report {
  readonly title: string;
  readonly experiments: readonly string[];
  readonly whatWasRun: WhatWasRun;
  readonly runs: readonly RunSummary[];
  /** How many runs are in each state. */
  readonly counts: Readonly<Record<RunState, number>>;
  /** Run folders that could not be read, with the reason. */
  readonly damaged: readonly DamagedRun[];
  /** What is likely wrong with the pictures, a sentence each: copies, classes that are no unseen ones. */
  readonly dataDoubts: readonly string[];
  /** Finished runs without all their results, and runs with something unreadable. */
  readonly incomplete: readonly string[];
  readonly measurements: readonly Measurement[];
  readonly verifications: readonly VerificationMeasurement[];
  /** Settings that are not the same in all configurations, one value for each system; undefined where it has no such setting. */
  readonly settings: SettingDifferences;
  /** The configuration that validation chose, or why none was chosen. */
  readonly choice: NamedChoice | undefined;
  readonly headline: Headline | undefined;
  /** What the chosen configuration is made of, and how others differ from it. */
  readonly configuration: Configuration | undefined;
  readonly differences: Differences | undefined;
  readonly seedTable: SeedTable | undefined;
  /** What the networks of the headline's task took; undefined where there are not two. */
  readonly cost: CostOfAccuracy | undefined;
  /** What pictures and classes are called. */
  readonly words: Words;
  readonly paperTables: readonly PaperTable[];
  readonly nWayCurves: readonly NWayCurve[];
  readonly learningCurves: readonly LearningCurve[];
  readonly sweeps: readonly SweepFigures[];
  /** Of the chosen configuration, like all that follows. */
  readonly layerCurves: readonly LayerCurve[];
  readonly perAlphabet: AlphabetFigures | undefined;
  readonly confusedPairs: Confusions | undefined;
  readonly galleries: readonly Gallery[];
  /** Of the first run that read strokes, whatever was chosen. */
  readonly strokePictures: readonly StrokePicture[];
  readonly calibration: Calibration | undefined;
  readonly embeddingMap: EmbeddingMap | undefined;
  readonly firstFilters: FirstFilters | undefined;
  readonly distortions: DistortionSamples | undefined;
  readonly skippedAlphabets: readonly { readonly task: string; readonly alphabets: readonly string[] }[];
}

export interface SettingDifferences {
  readonly systems: readonly string[];
  readonly settings: readonly SettingDifference[];
}

/** The chosen configuration first, then those that it was chosen from in their order, experiment by experiment. */
function orderByChoice(groups: readonly RunGroup[]): RunGroup[] {
  const experiments = groupBy(groups, (group) => group.runs[0]!.trial.experimentName);
  return [...experiments.values()].flatMap((own) => {
    const ranked = rankConfigurations(own).ranked.map(({ group }) => group);
    return [...ranked, ...own.filter((group) => !ranked.includes(group))];
  });
}

/** The report of these runs. */
export function makeReport({ runs, damaged }: LoadedRuns): Report {
  const groups = orderByChoice(groupRuns(runs));
  const measurements = [...measureGroups(groups), ...measureEnsembles(groups)];
  const verifications = measureVerifications(groups);
  const experiments = [...new Set(runs.map(({ trial }) => trial.experimentName))];
  const choice = chooseConfiguration(groups);
  const headline = makeHeadline(measurements, verifications, choice);
  const shown = findShownGroup(choice);
  return {
    title: experiments.length === 0 ? 'no runs' : experiments.join(', '),
    experiments,
    whatWasRun: describeWhatWasRun(groups),
    runs: summarizeRuns(groups),
    counts: countStates(runs),
    damaged,
    dataDoubts: listDataDoubts(runs),
    incomplete: listIncomplete(runs),
    measurements,
    verifications,
    settings: setSideBySide(groups),
    configuration: choice && describeConfiguration(choice.group),
    differences: choice && findGroupDifferences(groups, choice.group, headline?.task),
    seedTable: tabulateSeeds(groups, headline),
    cost: findCosts(runs, headline),
    words: chooseWords(runs.flatMap(({ settings }) => settings['data.dataset'] ?? [])),
    choice: choice && nameChoice(choice),
    headline,
    paperTables: fillPaperTables(measurements, verifications),
    nWayCurves: collectNWayCurves(measurements, nameSystem),
    learningCurves: collectLearningCurves(groups),
    sweeps: analyzeSweeps(groups),
    layerCurves: shown ? collectLayerCurves(shown.runs[0]!) : [],
    perAlphabet: shown && averageAlphabets(shown),
    confusedPairs: shown && collectConfusions(shown),
    galleries: shown ? collectGalleries(shown, headline?.task) : [],
    strokePictures: drawStrokePictures(runs),
    calibration: shown && calibrate(shown),
    embeddingMap: shown && mapEmbeddings(shown),
    firstFilters: shown && drawFirstFilters(shown),
    distortions: shown && drawDistortions(shown),
    skippedAlphabets: listSkippedAlphabets(runs),
  };
}

function setSideBySide(groups: readonly RunGroup[]): SettingDifferences {
  return {
    systems: groups.map(({ label }) => label),
    settings: findDifferences(groups.map((group) => group.runs[0]!)),
  };
}

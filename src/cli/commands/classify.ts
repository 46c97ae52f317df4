import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { formatInteger } from '../../base/format-quantity.js';
import { OneshotError } from '../../base/problem.js';
import { classifyPictures, type PictureAnswer } from '../../classify/classify-pictures.js';
import { compareTwo } from '../../classify/compare-two.js';
import { SHEET_QUERIES, writeSheet } from '../../classify/sheet.js';
import { describeClassification, describeNetworks, startClassifier } from '../../classify/start-classifier.js';
import { isNetworkPath } from '../../trained/open-trained.js';
import { listPictures } from '../../trained/picture-names.js';
import { calibrateCommittee, type StartedCommittee } from '../../trained/start-committee.js';
import { readSupportSet, type SupportSet } from '../../trained/support-set.js';
import { nameNetwork } from '../../trained/trained-network.js';
import { openAnswerPrinter } from '../answer-printer.js';
import { count, describeReading, startTally, summarize } from '../answer-summary.js';
import type { ProgressLine } from '../progress-line.js';
import type { ExitCode } from '../report-error.js';
import { printNote, printResult } from '../terminal.js';
import { type NetworkOptions, withNetworks } from '../with-networks.js';
import { classifyByBaseline } from './classify-by-baseline.js';

export interface ClassifyOptions extends NetworkOptions {
  readonly support?: string;
  readonly top: number;
  /** A score, or `none`: every query gets a name. */
  readonly threshold?: number | 'none';
  /** A baseline that the run measured, instead of its network. */
  readonly scorer?: string;
  readonly sheet?: string;
  readonly json?: boolean;
  readonly csv?: boolean;
}

/** `oneshot classify`: names for pictures after a support set, or whether two pictures show the same. */
export async function classifyCommand(first: string, rest: string[], options: ClassifyOptions): Promise<ExitCode> {
  if (options.json && options.csv)
    throw new OneshotError('usage', '--json and --csv are two forms of the answer; name one');
  if (options.scorer !== undefined) return await classifyByBaseline(first, options.scorer, rest, options);
  const networks = [first, ...rest.slice(0, countNetworks(rest))];
  const pictures = rest.slice(networks.length - 1);
  if (options.sheet !== undefined && !existsSync(dirname(resolve(options.sheet))))
    throw new OneshotError('usage', `no such folder: ${dirname(resolve(options.sheet))}`);
  // What is wrong with the pictures is said before an engine is started.
  const set = options.support === undefined ? undefined : readSupportSet(options.support);
  const files = pictures.length === 0 ? [] : listPictures(pictures);
  refuseNothing(set, pictures, files);
  return withNetworks(networks, options, (started, progress) =>
    set === undefined && files.length === 2 && started.opened[0]!.support === undefined
      ? answerPair(started, [files[0]!, files[1]!], options, progress)
      : answerQueries(started, set, files, options, progress),
  );
}

function countNetworks(paths: readonly string[]): number {
  const count = paths.findIndex((path) => !isNetworkPath(path));
  return count < 0 ? paths.length : count;
}

function refuseNothing(set: SupportSet | undefined, pictures: readonly string[], files: readonly string[]): void {
  if (files.length === 0)
    throw new OneshotError('usage', 'no pictures to name', {
      hint: 'name pictures or folders behind the run: `oneshot classify RUN --support DIR PICTURE…`',
    });
  if (set === undefined) return;
  for (const path of set.passedOver.slice(0, 5)) printNote(`passed over, no picture: ${path}`);
  if (set.passedOver.length > 5) printNote(`passed over, no pictures: ${set.passedOver.length - 5} more files`);
  const known = new Set(set.pictures.map(({ path }) => resolve(path)));
  if (files.every((file) => known.has(resolve(file))))
    throw new OneshotError('usage', `all pictures in ${pictures.join(', ')} are the support set itself`, {
      hint: 'it would recognise each of them by itself; name other pictures',
    });
}

async function answerPair(
  started: StartedCommittee,
  files: readonly [string, string],
  options: ClassifyOptions,
  progress: ProgressLine,
): Promise<ExitCode> {
  const { committee, calibration } = await calibrateCommittee(
    started,
    { nWay: 20, kShot: 1 },
    { env: process.env, report: (message) => progress.show(message) },
  );
  const answer = await compareTwo(committee, started.read, files, calibration);
  progress.close();
  if (options.json) printResult(JSON.stringify({ networks: describeNetworks(started), ...answer }, null, 2));
  else if (options.csv)
    printResult(
      `first,second,score,probability\n${[answer.first, answer.second, answer.score, answer.probability ?? ''].join(',')}`,
    );
  else if (answer.probability === null)
    printResult(`score ${answer.score.toFixed(3)} (no validation classes to read it by)`);
  else {
    printResult(`the same with probability ${percent(answer.probability)} (score ${answer.score.toFixed(3)})`);
    printNote('where as many pairs are the same as not; `oneshot classify RUN --support DIR` names pictures');
  }
  return 0;
}

async function answerQueries(
  started: StartedCommittee,
  set: SupportSet | undefined,
  files: readonly string[],
  options: ClassifyOptions,
  progress: ProgressLine,
): Promise<ExitCode> {
  const classifier = await startClassifier(started, set, {
    threshold: options.threshold,
    env: process.env,
    report: (message) => progress.show(message),
  });
  const { setup, calibration, best, threshold } = classifier;
  const { support } = setup;
  const { labels, pictures } = support.set;
  const notes = describeReading(
    labels.length,
    pictures.length,
    calibration,
    best,
    threshold,
    options.threshold !== undefined,
  );
  progress.close();
  for (const note of notes) printNote(note);
  const printer = openAnswerPrinter(options.json ? 'json' : options.csv ? 'csv' : 'table', {
    labels,
    files,
    top: Math.min(options.top, labels.length),
    head: describeClassification(started, classifier, options.support),
  });
  const kept: PictureAnswer[] = [];
  const tally = startTally();
  const begun = performance.now();
  for await (const answer of classifyPictures(setup, files)) {
    printer.print(answer);
    if (options.sheet !== undefined && kept.length < SHEET_QUERIES) kept.push(answer);
    count(tally, answer);
    const seconds = (performance.now() - begun) / 1000;
    progress.show(
      `${formatInteger(tally.done)} of ${formatInteger(files.length)} pictures · ${formatInteger(tally.done / seconds)} a second`,
    );
  }
  printer.end();
  progress.close();
  const summary = summarize(tally);
  for (const line of summary) printNote(line);
  if (options.sheet !== undefined) {
    const title =
      `${files.length} ${files.length === 1 ? 'picture' : 'pictures'} named by ` +
      `${started.opened.map(({ network }) => nameNetwork(network)).join(', ')}`;
    const cut = kept.length < files.length ? [`The first ${kept.length} are shown.`] : [];
    writeSheet(resolve(options.sheet), {
      title,
      notes: [...notes, ...summary, ...cut],
      support,
      answers: kept,
      form: started.form,
    });
    printNote(`sheet: ${options.sheet}`);
  }
  return tally.unreadable > 0 ? 1 : 0;
}

const percent = (share: number) => `${(100 * share).toFixed(1)} %`;

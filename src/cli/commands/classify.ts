import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { OneshotError } from '../../base/problem.js';
import { classifyPictures, type PictureAnswer } from '../../classify/classify-pictures.js';
import { compareTwo } from '../../classify/compare-two.js';
import { SHEET_QUERIES, writeSheet } from '../../classify/sheet.js';
import type { PictureForm } from '../../data/pictures/see-picture.js';
import type { EngineName } from '../../engine/engine.js';
import { wilsonInterval } from '../../evaluation/statistics/wilson-interval.js';
import { type BestScores, type Calibration, measureThreshold } from '../../trained/calibration.js';
import { type EmbeddedSupport, embedSupport } from '../../trained/embed-support.js';
import { isNetworkPath } from '../../trained/open-trained.js';
import { listPictures } from '../../trained/picture-names.js';
import { calibrateCommittee, type StartedCommittee, startCommittee } from '../../trained/start-committee.js';
import { readSupportSet, type SupportSet } from '../../trained/support-set.js';
import { nameNetwork } from '../../trained/trained-network.js';
import { openAnswerPrinter } from '../answer-printer.js';
import { formatInteger } from '../format-quantity.js';
import { openProgressLine, type ProgressLine } from '../progress-line.js';
import type { ExitCode } from '../report-error.js';
import { printNote, printResult } from '../terminal.js';

export interface ClassifyOptions {
  readonly support?: string;
  readonly top: number;
  /** A score, or `none`: every query gets a name. */
  readonly threshold?: number | 'none';
  readonly ink?: PictureForm['ink'];
  readonly sheet?: string;
  readonly json?: boolean;
  readonly csv?: boolean;
  readonly engine?: 'auto' | EngineName;
  readonly threads?: number;
}

/** `oneshot classify`: names for pictures after a support set, or whether two pictures show the same. */
export async function classifyCommand(first: string, rest: string[], options: ClassifyOptions): Promise<ExitCode> {
  const networks = [first, ...rest.slice(0, countNetworks(rest))];
  const pictures = rest.slice(networks.length - 1);
  if (options.json && options.csv)
    throw new OneshotError('usage', '--json and --csv are two forms of the answer; name one');
  if (options.sheet !== undefined && !existsSync(dirname(resolve(options.sheet))))
    throw new OneshotError('usage', `no such folder: ${dirname(resolve(options.sheet))}`);
  const progress = openProgressLine();
  let started: StartedCommittee | undefined;
  try {
    // What is wrong with the pictures is said before an engine is started.
    const set = options.support === undefined ? undefined : readSupportSet(options.support);
    const files = pictures.length === 0 ? [] : listPictures(pictures);
    refuseNothing(set, pictures, files);
    started = await startCommittee(networks, {
      engine: options.engine ?? 'auto',
      threads: options.threads,
      ink: options.ink,
      env: process.env,
      report: (message) => progress.show(message),
    });
    return set === undefined && files.length === 2 && started.opened[0]!.support === undefined
      ? await answerPair(started, [files[0]!, files[1]!], options, progress)
      : await answerQueries(started, set, files, options, progress);
  } finally {
    progress.close();
    started?.dispose();
  }
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
  const answer = await compareTwo(committee, started.read, started.form.imageSize, files, calibration);
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
  const support = set === undefined ? requireCarried(started) : await embedGiven(started, set);
  const { labels, pictures } = support.set;
  const { committee, calibration, best } = await calibrateCommittee(
    started,
    { nWay: labels.length, kShot: medianShots(support.set) },
    { env: process.env, report: (message) => progress.show(message) },
  );
  const threshold = options.threshold === 'none' ? undefined : (options.threshold ?? calibration?.threshold);
  const notes = describeReading(labels.length, pictures.length, calibration, best, threshold, options.threshold);
  progress.close();
  for (const note of notes) printNote(note);
  const setup = {
    committee,
    support,
    read: started.read,
    imageSize: started.form.imageSize,
    reading: { threshold, temperature: calibration?.temperature },
  };
  const printer = openAnswerPrinter(options.json ? 'json' : options.csv ? 'csv' : 'table', {
    labels,
    files,
    top: Math.min(options.top, labels.length),
    head: {
      networks: describeNetworks(started),
      support: options.support ?? null,
      calibration: calibration ?? null,
      threshold: threshold ?? null,
    },
  });
  const kept: PictureAnswer[] = [];
  const tally = { done: 0, unreadable: 0, unknown: 0, support: 0, right: 0, truths: 0 };
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
    const title = `${files.length} ${files.length === 1 ? 'picture' : 'pictures'} named by ${started.opened.map(({ network }) => nameNetwork(network)).join(', ')}`;
    const cut = kept.length < files.length ? [`The first ${kept.length} are shown.`] : [];
    writeSheet(resolve(options.sheet), {
      title,
      notes: [...notes, ...summary, ...cut],
      support,
      answers: kept,
      imageSize: setup.imageSize,
    });
    printNote(`sheet: ${options.sheet}`);
  }
  return tally.unreadable > 0 ? 1 : 0;
}

function embedGiven(started: StartedCommittee, set: SupportSet): Promise<EmbeddedSupport> {
  const { name, version, threads } = started.engine.description;
  return embedSupport(started.committee, set, {
    form: started.form,
    read: started.read,
    weightHashes: started.opened.map(({ network }) => network.weightHash),
    engine: `${name} ${version} ${threads}`,
    cacheFolder: started.cacheFolder,
  });
}

/** The support set that an exported file brings along. */
function requireCarried({ opened }: StartedCommittee): EmbeddedSupport {
  const { path, support } = opened[0]!;
  if (support === undefined)
    throw new OneshotError('usage', 'there is no support set: one picture at least of each class that may be named', {
      hint: '`--support DIR`, with a folder for each class or a picture for each; two pictures alone need none',
    });
  const { labels, ways, embeddings, pictures } = support;
  const size = pictures.values.length / ways.length;
  const pixels = Uint8Array.from(pictures.values, (ink) => Math.round(255 * ink));
  return {
    set: {
      labels,
      pictures: ways.map((way, number) => ({ path: `${path}#${number + 1}`, hash: '', way })),
      passedOver: [],
    },
    embeddings: [embeddings.values],
    seen: ways.map((_, i) => ({ ink: 'dark', pixels: pixels.subarray(i * size, (i + 1) * size) })),
  };
}

/** How the answers are read, in sentences. */
function describeReading(
  ways: number,
  supports: number,
  calibration: Calibration | undefined,
  best: BestScores | undefined,
  threshold: number | undefined,
  asked: ClassifyOptions['threshold'],
): string[] {
  const set = `${ways} classes, ${supports} support ${supports === 1 ? 'picture' : 'pictures'}`;
  if (calibration === undefined)
    return [
      `${set}; the run kept too few classes to tell what its scores mean: probabilities are a bare softmax${threshold === undefined ? ', nothing is called unknown' : ''}`,
    ];
  const { nWay, kShot, selection, knownQueries, unknownQueries } = calibration;
  const on = `${nWay}-way ${kShot}-shot episodes of ${selection === 'train' ? 'training classes (none were kept for validation: expect worse)' : 'validation classes'}`;
  if (threshold === undefined) return [`${set}; probabilities after ${on}; nothing is called unknown`];
  const shares = asked === undefined ? calibration : best === undefined ? undefined : measureThreshold(best, threshold);
  if (shares === undefined) return [`${set}; below a score of ${threshold} a picture is unknown`];
  return [
    `${set}; below a score of ${threshold.toPrecision(4)} a picture is unknown`,
    `expected after ${on}: ${percent(shares.falseUnknown)} of known pictures called unknown (n = ${formatInteger(knownQueries)}), ` +
      `${percent(shares.falseNames)} of unknown ones given a name (n = ${formatInteger(unknownQueries)})`,
  ];
}

interface Tally {
  done: number;
  unreadable: number;
  unknown: number;
  support: number;
  right: number;
  truths: number;
}

function count(tally: Tally, { problem, name, truth, isSupport }: PictureAnswer): void {
  tally.done++;
  if (problem !== null) tally.unreadable++;
  else if (name === null) tally.unknown++;
  if (isSupport) tally.support++;
  if (truth === null || isSupport || problem !== null) return;
  tally.truths++;
  if (name === truth) tally.right++;
}

function summarize({ done, unreadable, unknown, support, right, truths }: Tally): string[] {
  const lines = [
    `${formatInteger(done)} ${done === 1 ? 'picture' : 'pictures'}: ${formatInteger(done - unreadable - unknown)} named, ${formatInteger(unknown)} unknown${unreadable > 0 ? `, ${formatInteger(unreadable)} could not be read` : ''}`,
  ];
  if (support > 0)
    lines.push(`${formatInteger(support)} of them are pictures of the support set, which recognise themselves`);
  if (truths > 0) {
    const [low, high] = wilsonInterval(right, truths);
    lines.push(
      `of ${formatInteger(truths)} in folders named like a class, ${formatInteger(right)} were given that name: ${percent(right / truths)} (95 % interval ${percent(low)} to ${percent(high)})`,
    );
  }
  return lines;
}

function medianShots({ labels, pictures }: SupportSet): number {
  const counts = labels.map((_, way) => pictures.filter((picture) => picture.way === way).length).sort((a, b) => a - b);
  return counts[Math.floor(counts.length / 2)]!;
}

function describeNetworks({ opened }: StartedCommittee) {
  return opened.map(({ path, network }) => ({ path, name: nameNetwork(network), weightHash: network.weightHash }));
}

const percent = (share: number) => `${(100 * share).toFixed(1)} %`;

import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { formatInteger } from '../../base/format-quantity.js';
import { OneshotError } from '../../base/problem.js';
import { classifyPictures, type PictureAnswer } from '../../classify/classify-pictures.js';
import { compareTwo } from '../../classify/compare-two.js';
import { SHEET_QUERIES, writeSheet } from '../../classify/sheet.js';
import type { PictureForm } from '../../data/pictures/see-picture.js';
import type { EngineName } from '../../engine/engine.js';
import { type EmbeddedSupport, embedSupport } from '../../trained/embed-support.js';
import { isNetworkPath } from '../../trained/open-trained.js';
import { listPictures } from '../../trained/picture-names.js';
import { calibrateCommittee, type StartedCommittee, startCommittee } from '../../trained/start-committee.js';
import { readSupportSet, type SupportSet } from '../../trained/support-set.js';
import { nameNetwork } from '../../trained/trained-network.js';
import { openAnswerPrinter } from '../answer-printer.js';
import { count, describeReading, startTally, summarize } from '../answer-summary.js';
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
      note: progress.note,
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
  const support = set === undefined ? requireCarried(started) : await embedGiven(started, set);
  const { labels, pictures } = support.set;
  const { committee, calibration, best } = await calibrateCommittee(
    started,
    { nWay: labels.length, kShot: medianShots(support.set) },
    { env: process.env, report: (message) => progress.show(message) },
  );
  const threshold = options.threshold === 'none' ? undefined : (options.threshold ?? calibration?.threshold);
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
  const setup = {
    committee,
    support,
    read: started.read,
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
    const title = `${files.length} ${files.length === 1 ? 'picture' : 'pictures'} named by ${started.opened.map(({ network }) => nameNetwork(network)).join(', ')}`;
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
    seen: ways.map((_, i) => ({ ink: null, pixels: pixels.subarray(i * size, (i + 1) * size) })),
  };
}

function medianShots({ labels, pictures }: SupportSet): number {
  const counts = labels.map((_, way) => pictures.filter((picture) => picture.way === way).length).sort((a, b) => a - b);
  return counts[Math.floor(counts.length / 2)]!;
}

function describeNetworks({ opened }: StartedCommittee) {
  return opened.map(({ path, network }) => ({ path, name: nameNetwork(network), weightHash: network.weightHash }));
}

const percent = (share: number) => `${(100 * share).toFixed(1)} %`;

import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { createLogUpdate } from 'log-update';
import { userPicturesFolder } from '../../base/environment.js';
import { formatBytes } from '../../base/format-quantity.js';
import { makeFolder } from '../../base/make-folder.js';
import { OneshotError } from '../../base/problem.js';
import { resolveDataFolder } from '../../data/files/data-folder.js';
import { type DataSetState, inspectDataSets } from '../../data/files/data-sets-state.js';
import { fetchFile } from '../../data/files/fetch-file.js';
import type { PublishedFile } from '../../data/files/published-file.js';
import { checkPublishedFile, findPublishedFile, PUBLISHED_DATA_SETS } from '../../data/files/published-files.js';
import { createPlainTable } from '../plain-table.js';
import type { ExitCode } from '../report-error.js';
import { colorsFor, printJson, printNote, printResult } from '../terminal.js';

export interface DataOptions {
  readonly folder?: string;
  readonly check?: boolean;
  readonly json?: boolean;
}

/**
 * `oneshot data`: the published data sets, where they lie, what they take, whether they are whole; exit code 1 when
 * `--check` finds a wrong one.
 */
export async function dataCommand(options: DataOptions): Promise<ExitCode> {
  const folder = findFolder(options);
  const dataSets = await inspectDataSets(folder, { check: options.check === true });
  const cache = { folder: userPicturesFolder(process.env), bytes: measureFolder(userPicturesFolder(process.env)) };
  if (options.json) printJson({ folder, dataSets, cache });
  else printDataSets(folder, dataSets, cache);
  return dataSets.some(({ state }) => state === 'wrong') ? 1 : 0;
}

/** `oneshot data fetch`: downloads what is missing of a data set, or takes it from another place. */
export async function fetchDataCommand(name: string, options: DataOptions & { from?: string }): Promise<ExitCode> {
  const dataSet = PUBLISHED_DATA_SETS.find((candidate) => candidate.name === name);
  if (dataSet === undefined) {
    throw new OneshotError('usage', `${name} is no data set that can be fetched`, {
      hint: `There are ${PUBLISHED_DATA_SETS.map((known) => known.name).join(', ')}; glyphs needs no files.`,
    });
  }
  const folder = findFolder(options);
  makeFolder(folder);
  for (const file of dataSet.files) {
    if (await isThere(file, folder)) printNote(`${file.name} is there already`);
    else await fetchWithProgress(file, folder, options.from);
  }
  printResult(`${name} is whole in ${folder}`);
  return 0;
}

function findFolder({ folder }: DataOptions): string {
  return resolveDataFolder(folder, { env: process.env, baseFolder: process.cwd() });
}

async function isThere(file: PublishedFile, folder: string): Promise<boolean> {
  if (findPublishedFile(file, folder) === undefined) return false;
  try {
    await checkPublishedFile(file, folder);
    return true;
  } catch (error) {
    if (!(error instanceof OneshotError)) throw error;
    printNote(`${error.message}; fetching it again`);
    return false;
  }
}

async function fetchWithProgress(file: PublishedFile, folder: string, from: string | undefined): Promise<void> {
  const { stderr } = process;
  const live = stderr.isTTY === true && process.env.TERM !== 'dumb' ? createLogUpdate(stderr) : undefined;
  if (!live) printNote(`fetching ${file.name} (${formatBytes(file.bytes)})`);
  await fetchFile(file, {
    folder,
    from,
    report: printNote,
    onProgress: (received, total) => live?.(`fetching ${file.name}: ${describeProgress(received, total)}`),
  });
  live?.clear();
  printNote(`fetched ${file.name}`);
}

function describeProgress(received: number, total: number | undefined): string {
  if (total === undefined) return formatBytes(received);
  return `${formatBytes(received)} of ${formatBytes(total)}, ${Math.floor((100 * received) / total)} %`;
}

function printDataSets(
  folder: string,
  dataSets: readonly DataSetState[],
  cache: { folder: string; bytes: number },
): void {
  const colors = colorsFor(process.stdout);
  const paint = {
    missing: colors.dim,
    incomplete: colors.yellow,
    present: colors.green,
    right: colors.green,
    wrong: colors.red,
  };
  printResult(`data sets in ${folder}`);
  const table = createPlainTable(['data set', 'state', 'size', 'what it is'], colors, [2]);
  for (const { name, state, bytes, description } of dataSets) {
    table.push([name, paint[state](state), bytes === 0 ? '' : formatBytes(bytes), description]);
  }
  table.push(['glyphs', colors.green('drawn'), '', 'characters that the program draws itself']);
  printResult(table.toString());
  for (const { name, state, files } of dataSets) {
    for (const file of files) {
      if (file.problem !== undefined) printResult(`${colors.red('x')} ${file.problem}`);
      else if (state === 'incomplete' && file.state === 'missing') printResult(`${name} lacks ${file.name}`);
    }
    if (state !== 'present' && state !== 'right') printResult(`to have ${name}: oneshot data fetch ${name}`);
  }
  if (cache.bytes > 0) {
    printResult(`decoded pictures, which may be removed at any time: ${cache.folder} (${formatBytes(cache.bytes)})`);
  }
}

function measureFolder(folder: string): number {
  try {
    return readdirSync(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
  } catch {
    return 0;
  }
}

import { existsSync } from 'node:fs';
import { join, relative, resolve, sep } from 'node:path';
import { OneshotError } from '../../base/problem.js';
import { loadExperiment } from '../../check/load-experiment.js';
import type { DataFolder } from '../../config/experiment.js';
import { writeExamples, writeStarterFiles } from '../../config/starter-file.js';
import { listFolder } from '../../data/folder/list-folder.js';
import type { FolderLook } from '../../data/folder/look-at-folder.js';
import { suggestExperiment } from '../../data/folder/suggest-experiment.js';
import type { ExitCode } from '../report-error.js';
import { printNote, printResult } from '../terminal.js';

/** `oneshot init`: writes a starter experiment, or one that fits a folder of pictures, and prints where. */
export async function initCommand(
  folder: string,
  options: { pictures?: string; labels?: string[]; examples?: boolean } = {},
): Promise<ExitCode> {
  if (options.examples) return initExamples(folder, options.pictures);
  if (options.pictures !== undefined) return initForPictures(folder, options.pictures, options.labels);
  if (options.labels !== undefined)
    throw new OneshotError('usage', '--labels says what pictures show; name their folder with --pictures');
  const { experiment } = await writeStarterFiles(folder);
  printResult(experiment);
  printNote(`run it with \`oneshot run ${experiment}\`: half a minute, nothing to download`);
  return 0;
}

function initExamples(folder: string, pictures: string | undefined): ExitCode {
  if (pictures !== undefined)
    throw new OneshotError('usage', '--examples and --pictures write different files; name one');
  const files = writeExamples(folder);
  for (const file of files) printResult(file);
  const quickstart = files.find((file) => /quickstart\.yaml$/.test(file));
  printNote(`run one with \`oneshot run ${quickstart}\`: half a minute, nothing to download`);
  return 0;
}

async function initForPictures(folder: string, pictures: string, labels?: string[]): Promise<ExitCode> {
  const { lookAtFolder } = await import('../../data/folder/look-at-folder.js');
  const section = chooseSection(resolve(pictures), labels);
  const look = await lookAtFolder(section);
  refuseSingleClass(section, look);
  const inFile = relative(resolve(folder), section.path).replaceAll(sep, '/') || '.';
  const { experiment } = await writeStarterFiles(folder, (name) => suggestExperiment(name, inFile, section, look));
  // What init writes is valid; if it is not, that is told as of any file.
  loadExperiment(experiment);
  for (const note of look.notes) printNote(note);
  printResult(experiment);
  if (look.isColored) printNote('once, 17 MB: oneshot data fetch efficientnet-lite0');
  printNote(`then: oneshot run ${experiment}`);
  return 0;
}

function refuseSingleClass({ path, labels }: DataFolder, { classes, tables }: FolderLook): void {
  if (classes > 1) return;
  const table = labels === undefined ? tables[0] : undefined;
  throw new OneshotError('usage', `${path} holds pictures of a single class; expected two or more`, {
    hint:
      table === undefined
        ? 'each class is a folder of its own; or a table says what each picture shows: --labels FILE'
        : `where ${table} says what each picture shows: --labels ${table}`,
  });
}

/** A file as the folder names it, also where it was named from here. */
function nameWithin(folder: string, file: string): string {
  const within = relative(folder, resolve(file)).replaceAll(sep, '/');
  return existsSync(join(folder, file)) || !existsSync(file) || within.startsWith('../') ? file : within;
}

/** The settings of a folder as it lies: where classes with a single picture are in it, they are left out. */
function chooseSection(path: string, labels: string[] | undefined): DataFolder {
  const section: DataFolder = {
    dataset: 'folder',
    path,
    ...(labels && { labels: labels.map((file) => nameWithin(path, file)) }),
    color: 'grey',
    background: '#ffffff',
    ink: 'auto',
    validation: 0.2,
    test: 0.2,
    seed: 1,
    imageSize: 32,
    inkGain: 1,
  };
  try {
    listFolder(section);
    return section;
  } catch (error) {
    if (!(error instanceof OneshotError) || !/has a single picture/.test(error.message)) throw error;
    return { ...section, minimumPictures: 2 };
  }
}

import { encodeCsvRow } from '../../base/csv-row.js';
import { OneshotError } from '../../base/problem.js';
import { answerByBaseline, type BaselineAnswer } from '../../classify/answer-by-baseline.js';
import type { Baseline } from '../../config/experiment.js';
import { describeData } from '../../data/data-sets.js';
import type { PictureForm } from '../../data/pictures/see-picture.js';
import { readFinishedRun } from '../../run-folder/read-finished-run.js';
import { describePictures } from '../../trained/open-run.js';
import { findOnlyRun } from '../../trained/open-trained.js';
import { listPictures } from '../../trained/picture-names.js';
import { readSupportSet } from '../../trained/support-set.js';
import { createPlainTable } from '../plain-table.js';
import type { ExitCode } from '../report-error.js';
import { colorsFor, printJson, printNote, printResult } from '../terminal.js';

export interface BaselineOptions {
  readonly support?: string;
  readonly top: number;
  readonly ink?: PictureForm['ink'];
  readonly json?: boolean;
  readonly csv?: boolean;
}

/** `oneshot classify RUN --scorer NAME`: names for pictures by a baseline that the run measured. */
export async function classifyByBaseline(
  run: string,
  name: string,
  paths: readonly string[],
  options: BaselineOptions,
): Promise<ExitCode> {
  if (options.support === undefined)
    throw new OneshotError('usage', '--scorer needs pictures that are known', { hint: 'name them with --support DIR' });
  const support = readSupportSet(options.support);
  const files = listPictures(paths);
  const folder = findOnlyRun(run);
  const { experiment } = readFinishedRun(folder, { purpose: 'use' });
  const baseline = findBaseline(experiment.baselines, name, folder);
  const answers: BaselineAnswer[] = [];
  const pictures = describePictures(experiment.data, describeData(experiment.data));
  const form = options.ink === undefined ? pictures : { ...pictures, ink: options.ink };
  for await (const answer of answerByBaseline(baseline, form, support, files)) answers.push(answer);
  if (options.json) printJson({ run: folder, scorer: name, labels: support.labels, answers });
  else if (options.csv) printResult(encodeAnswers(answers).join('\n'));
  else printAnswers(answers, options.top);
  printNote(`${name} has no threshold: every picture gets the name that is most alike`);
  return answers.some(({ problem }) => problem !== undefined) ? 1 : 0;
}

function findBaseline(baselines: readonly Baseline[], name: string, folder: string): Baseline {
  const names = baselines.map((baseline) => ('name' in baseline && baseline.name) || baseline.type);
  const found = baselines[names.indexOf(name)];
  if (found !== undefined) return found;
  throw new OneshotError('usage', `${folder} has no baseline ${name}`, {
    hint: `it measured ${names.join(', ') || 'none'}`,
  });
}

function encodeAnswers(answers: readonly BaselineAnswer[]): string[] {
  const rows = answers.flatMap(({ picture, ranking, problem }) =>
    problem === undefined
      ? ranking.map(({ label, score, support }, i) => [picture, i + 1, label, score, support, ''])
      : [[picture, '', '', '', '', problem]],
  );
  return [['picture', 'rank', 'name', 'score', 'support', 'problem'], ...rows].map((row) =>
    encodeCsvRow(row.map(String)),
  );
}

function printAnswers(answers: readonly BaselineAnswer[], top: number): void {
  const colors = colorsFor(process.stdout);
  const others = Array.from({ length: Math.max(0, top - 1) }, (_, i) => (i === 0 ? 'runner-up' : `${i + 2}.`));
  const table = createPlainTable(['picture', 'name', 'score', ...others, 'nearest support'], colors, [2]);
  for (const { picture, ranking, problem } of answers) {
    const [best, ...rest] = ranking;
    if (best === undefined) {
      table.push([picture, colors.red(problem ?? ''), '', ...others.map(() => ''), '']);
      continue;
    }
    // A picture without ink is as far from all, and so is one that is no drawing where strokes are compared.
    if (best.score === rest[0]?.score) {
      table.push([picture, colors.yellow('none: as far from all'), '', ...others.map(() => ''), '']);
      continue;
    }
    const runners = others.map((_, i) => (rest[i] ? `${rest[i].label} ${rest[i].score.toFixed(3)}` : ''));
    table.push([picture, colors.bold(best.label), best.score.toFixed(3), ...runners, best.support]);
  }
  printResult(table.toString());
}

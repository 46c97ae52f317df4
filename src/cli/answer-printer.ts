// The answers of `oneshot classify` as they come: a table whose widths are known before the first row, CSV, or one JSON text.
import { encodeCsvRow } from '../base/csv-row.js';
import type { PictureAnswer } from '../classify/classify-pictures.js';
import { describeAnswer } from '../classify/start-classifier.js';
import { colorsFor, printResult } from './terminal.js';

export interface PrinterOptions {
  readonly labels: readonly string[];
  readonly files: readonly string[];
  /** Classes that are shown of each answer. */
  readonly top: number;
  /** What stands before the answers in JSON. */
  readonly head: object;
}

export interface AnswerPrinter {
  print(answer: PictureAnswer): void;
  /** After the last answer. */
  end(): void;
}

export function openAnswerPrinter(form: 'table' | 'csv' | 'json', options: PrinterOptions): AnswerPrinter {
  return { table: openTable, csv: openCsv, json: openJson }[form](options);
}

function openTable({ labels, files, top }: PrinterOptions): AnswerPrinter {
  const colors = colorsFor(process.stdout);
  const widest = (texts: readonly string[], least: string) =>
    Math.max(least.length, ...texts.map((text) => text.length));
  const picture = Math.min(48, widest(files, 'picture'));
  const label = Math.min(32, widest(labels, 'unknown'));
  const cell = (text: string, width: number) =>
    text.length > width ? `…${text.slice(1 - width)}` : text.padEnd(width);
  const others = Array.from({ length: Math.max(1, top - 1) }, (_, i) =>
    cell(i === 0 ? 'runner-up' : `${i + 2}.`, label + 8),
  );
  printResult(
    colors.dim(
      ` ${cell('picture', picture)}  ${cell('name', label)}  ${'prob.'.padStart(7)}  ${others.join('  ')}  nearest support`,
    ),
  );
  return {
    print({ picture: path, name, ranking, problem }) {
      const [best, ...rest] = ranking;
      if (best === undefined) {
        printResult(` ${cell(path, picture)}  ${colors.red(problem ?? '')}`);
        return;
      }
      const named = name === null ? colors.yellow(cell('unknown', label)) : colors.bold(cell(name, label));
      const runners = rest
        .slice(0, others.length)
        .map((ranked) => `${cell(ranked.label, label)} ${percent(ranked.probability).padStart(7)}`);
      // Whoever is unknown still looks like somebody most.
      printResult(
        ` ${cell(path, picture)}  ${named}  ${percent(best.probability).padStart(7)}  ${runners.join('  ')}  ${best.support}`,
      );
    },
    end() {},
  };
}

function openCsv({ top }: PrinterOptions): AnswerPrinter {
  const numbers = Array.from({ length: top }, (_, i) => i + 1);
  printResult(
    [
      'picture',
      'name',
      ...numbers.flatMap((n) => [`class_${n}`, `probability_${n}`, `score_${n}`, `support_${n}`]),
      'truth',
      'problem',
    ].join(','),
  );
  return {
    print({ picture, name, ranking, truth, problem }) {
      const cells = numbers.flatMap((n) => {
        const ranked = ranking[n - 1];
        return ranked === undefined
          ? ['', '', '', '']
          : [ranked.label, ranked.probability, ranked.score, ranked.support];
      });
      const named = problem !== null ? '' : (name ?? 'unknown');
      printResult(encodeCsvRow([picture, named, ...cells, truth ?? '', problem ?? '']));
    },
    end() {},
  };
}

// Written piece by piece: ten thousand answers need not be held.
function openJson({ top, head }: PrinterOptions): AnswerPrinter {
  const opening = JSON.stringify(head, null, 2);
  printResult(`${opening.slice(0, opening.lastIndexOf('\n'))},\n  "answers": [`);
  let isFirst = true;
  return {
    print(answer) {
      process.stdout.write(`${isFirst ? '' : ',\n'}    ${JSON.stringify(describeAnswer(answer, top))}`);
      isFirst = false;
    },
    end() {
      printResult(`${isFirst ? '' : '\n'}  ]\n}`);
    },
  };
}

const percent = (share: number) => `${(100 * share).toFixed(1)} %`;

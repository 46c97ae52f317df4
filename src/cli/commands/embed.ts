import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { writeFileAtomic } from '../../base/atomic-file.js';
import { encodeCsvRow } from '../../base/csv-row.js';
import { formatInteger } from '../../base/format-quantity.js';
import { OneshotError } from '../../base/problem.js';
import { embedPictures } from '../../classify/embed-pictures.js';
import { encodeNpy } from '../../classify/encode-npy.js';
import { listPictures } from '../../trained/picture-names.js';
import type { ExitCode } from '../report-error.js';
import { printNote, printResult } from '../terminal.js';
import { type NetworkOptions, withNetworks } from '../with-networks.js';

export interface EmbedOptions extends NetworkOptions {
  readonly format?: EmbedFormat;
  readonly out?: string;
}

export const EMBED_FORMATS = ['npy', 'csv', 'jsonl'] as const;
type EmbedFormat = (typeof EMBED_FORMATS)[number];

/**
 * `oneshot embed`: embeddings of pictures. Text goes to standard output or into a file, .npy into a file, with the
 * names of its rows on standard output.
 */
export async function embedCommand(network: string, pictures: string[], options: EmbedOptions): Promise<ExitCode> {
  const format = chooseFormat(options);
  if (options.out !== undefined && !existsSync(dirname(resolve(options.out))))
    throw new OneshotError('usage', `no such folder: ${dirname(resolve(options.out))}`);
  const files = listPictures(pictures);
  return withNetworks([network], options, async (started, progress) => {
    const { units } = started.members[0]!;
    const lines: string[] = [];
    const rows: Float32Array[] = [];
    const write = (line: string) =>
      options.out === undefined || format === 'npy' ? printResult(line) : lines.push(line);
    if (format === 'csv') write(['picture', ...Array.from({ length: units }, (_, i) => `e${i}`)].join(','));
    let [done, unreadable] = [0, 0];
    for await (const { picture, embedding, problem } of embedPictures(started, files)) {
      progress.show(`${formatInteger(++done)} of ${formatInteger(files.length)} pictures`);
      if (embedding === null) {
        unreadable++;
        progress.note(`left out: ${picture} ${problem}`);
      } else {
        if (format === 'npy') rows.push(embedding);
        write(encodeRow(format, picture, embedding));
      }
    }
    if (options.out !== undefined)
      writeFileAtomic(resolve(options.out), format === 'npy' ? encodeNpy(rows, units) : `${lines.join('\n')}\n`);
    progress.close();
    if (options.out !== undefined)
      printNote(`${options.out}: ${formatInteger(done - unreadable)} embeddings of ${formatInteger(units)} numbers`);
    return unreadable > 0 ? 1 : 0;
  });
}

function chooseFormat({ format, out }: EmbedOptions): EmbedFormat {
  const ending = EMBED_FORMATS.find((name) => out?.toLowerCase().endsWith(`.${name}`));
  const chosen = format ?? ending ?? 'jsonl';
  if (chosen === 'npy' && out === undefined)
    throw new OneshotError('usage', '.npy is no text; name a file', { hint: '`--out embeddings.npy`' });
  return chosen;
}

function encodeRow(format: EmbedFormat, picture: string, embedding: Float32Array): string {
  if (format === 'npy') return picture;
  if (format === 'csv') return encodeCsvRow([picture, ...embedding]);
  return JSON.stringify({ picture, embedding: Array.from(embedding) });
}

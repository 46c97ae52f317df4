// All files and folders below a folder, in one order everywhere. Links are followed; what would count a folder twice or lead
// round in a circle is refused.
import { type Dirent, readdirSync, realpathSync, type Stats, statSync } from 'node:fs';
import { join } from 'node:path';
import { OneshotError } from '../../base/problem.js';
import type { BadFile } from './bad-files.js';

/** A file within the folder. */
export interface FoundFile {
  /** With `/` between folders. */
  readonly path: string;
  readonly stat: Stats;
}

export interface FoundTree {
  /** By their paths' code units within each folder, the same everywhere. */
  readonly files: readonly FoundFile[];
  /** All folders but the first, with `/`. */
  readonly folders: readonly string[];
  /** Hidden files and what desktop systems leave behind. */
  readonly litter: readonly string[];
}

const DESKTOP_LITTER = /^(\.|__MACOSX$|Thumbs\.db$|desktop\.ini$)/i;

/** Deeper than any layout that is known. */
const MAX_DEPTH = 8;

/** What lies below a folder. Adds to `bad` what cannot be read; throws a OneshotError('data') when the folder itself cannot. */
export function walkFolder(root: string, bad: BadFile[]): FoundTree {
  const files: FoundFile[] = [];
  const folders: string[] = [];
  const litter: string[] = [];
  const seen = new Set<string>();

  const visit = (path: string, depth: number): void => {
    const place = join(root, path);
    let entries: Dirent[];
    try {
      const real = realpathSync(place);
      if (seen.has(real)) {
        bad.push({ path, what: 'is a link to a folder that is read already' });
        return;
      }
      seen.add(real);
      entries = readdirSync(place, { withFileTypes: true });
    } catch (error) {
      if (path === '') throw new OneshotError('data', `${place} ${whyNoFolder(error)}`, { cause: error });
      bad.push({ path, what: `cannot be read (${reasonOf(error)})` });
      return;
    }
    if (path !== '') folders.push(path);
    entries.sort((a, b) => (a.name < b.name ? -1 : 1));
    for (const { name } of entries) {
      const inside = path === '' ? name : `${path}/${name}`;
      if (DESKTOP_LITTER.test(name)) {
        litter.push(inside);
        continue;
      }
      let stat: Stats;
      try {
        stat = statSync(join(root, inside));
      } catch (error) {
        bad.push({ path: inside, what: `cannot be read (${reasonOf(error)})` });
        continue;
      }
      if (!stat.isDirectory()) files.push({ path: inside, stat });
      else if (depth < MAX_DEPTH) visit(inside, depth + 1);
      else bad.push({ path: inside, what: `lies ${depth + 1} folders deep` });
    }
  };
  visit('', 0);
  return { files, folders, litter };
}

function whyNoFolder(error: unknown): string {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT') return 'does not exist';
  if (code === 'ENOTDIR') return 'is no folder';
  return `cannot be read (${reasonOf(error)})`;
}

function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return code === 'ENOENT' ? 'what it links to is missing, or its name is no UTF-8' : (code ?? message);
}

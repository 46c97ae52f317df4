// The command `report`: from run folders to report.html, report.md and the files that the latter refers to.
import { dirname, join, relative, resolve } from 'node:path';
import { removeStaleTemporaries, writeFileAtomic } from '../base/atomic-file.js';
import { makeFolder } from '../base/make-folder.js';
import { readOwnVersion } from '../base/own-files.js';
import { formatCount } from './format-figures.js';
import { renderHtmlPage } from './html-page.js';
import { loadRuns } from './load-runs.js';
import { makeReport, type Report } from './make-report.js';
import { renderMarkdownPage } from './markdown-page.js';
import { makeBlocks } from './report-blocks.js';

export interface WriteReportOptions {
  /** Made when it is missing. */
  readonly outFolder: string;
}

export interface WrittenReport {
  /** Path of the page. */
  readonly html: string;
  /** Path of the Markdown text; its plots and pictures are in `report-files` beside it. */
  readonly markdown: string;
  /** Every number that the page shows. */
  readonly report: Report;
}

/**
 * Writes the report of the runs at or below `paths`. Throws OneshotError('usage') when a path does not exist, and the
 * file system's error when it cannot write.
 */
export async function writeReport(paths: readonly string[], { outFolder }: WriteReportOptions): Promise<WrittenReport> {
  const report = makeReport(loadRuns(paths));
  const blocks = await makeBlocks(report, (folder) => relative(resolve(outFolder), folder) || '.');
  const footer = `Written by oneshot ${readOwnVersion()} from ${formatCount(report.runs.length, 'run folder')}.`;
  const html = join(outFolder, 'report.html');
  const markdown = join(outFolder, 'report.md');
  const page = renderMarkdownPage(report.title, blocks, footer, 'report-files');
  writeFiles([
    ...[...page.files].map(([path, content]) => [join(outFolder, path), content] as const),
    [markdown, page.text],
    [html, renderHtmlPage(report.title, blocks, footer)],
  ]);
  return { html, markdown, report };
}

/** Writes files in folders that are made where they are missing, and clears away what a killed writer has left there. */
function writeFiles(files: readonly (readonly [path: string, content: string | Uint8Array])[]): void {
  for (const folder of new Set(files.map(([path]) => dirname(path)))) {
    makeFolder(folder);
    removeStaleTemporaries(folder);
  }
  for (const [path, content] of files) {
    try {
      writeFileAtomic(path, content);
    } catch (error) {
      // Another writer, starting just now, took it for what a killed one had left.
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      writeFileAtomic(path, content);
    }
  }
}

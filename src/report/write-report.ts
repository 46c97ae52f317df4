// The command `report`: from run folders to report.html, report.md and the files that the latter refers to.
import { mkdirSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { writeFileAtomic } from '../base/atomic-file.js';
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

/** Writes the report of the runs at or below `paths`. Throws OneshotError('usage') when a path does not exist, and the file system's error when it cannot write. */
export async function writeReport(paths: readonly string[], { outFolder }: WriteReportOptions): Promise<WrittenReport> {
  const report = makeReport(loadRuns(paths));
  const blocks = await makeBlocks(report, (folder) => relative(resolve(outFolder), folder) || '.');
  const footer = `Written by oneshot ${readOwnVersion()} from ${formatCount(report.runs.length, 'run folder')}.`;
  const html = join(outFolder, 'report.html');
  const markdown = join(outFolder, 'report.md');
  const page = renderMarkdownPage(report.title, blocks, footer, 'report-files');
  mkdirSync(outFolder, { recursive: true });
  for (const [path, content] of page.files) {
    mkdirSync(dirname(join(outFolder, path)), { recursive: true });
    writeFileAtomic(join(outFolder, path), content);
  }
  writeFileAtomic(markdown, page.text);
  writeFileAtomic(html, renderHtmlPage(report.title, blocks, footer));
  return { html, markdown, report };
}

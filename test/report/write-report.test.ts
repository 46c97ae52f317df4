import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PNG } from 'pngjs';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { temporaryName } from '../../src/base/atomic-file.js';
import { formatInterval, formatPercent } from '../../src/report/format-figures.js';
import { type WrittenReport, writeReport } from '../../src/report/write-report.js';
import { FIVE_WAY, HARMFUL_NAMES, makeSmallData } from './support/small-data.js';
import { type FakeEvaluation, writeRun } from './support/write-run.js';

const [SCRIPT, KOREAN, HEBREW] = HARMFUL_NAMES;
let parent: string;
let written: WrittenReport;
let page: string;
let markdown: string;
let leftByAKill: string[];

beforeAll(async () => {
  parent = mkdtempSync(join(tmpdir(), 'write-report-'));
  const data = makeSmallData({ alphabets: HARMFUL_NAMES });
  const evaluation: FakeEvaluation = {
    data,
    sections: [{ ...FIVE_WAY, nWay: [2, 5] }],
    baselines: [{ type: 'nearestNeighbourEuclidean' }, { type: 'chance' }],
    skill: 1,
  };
  const metrics = { 'train/loss': [0.7, 0.5], 'validation/one-shot-accuracy': [0.3, 0.6] };
  await writeRun(parent, {
    experiment: SCRIPT,
    name: KOREAN,
    evaluation,
    metrics,
    settings: { [`training.${HEBREW}`]: SCRIPT },
  });
  await writeRun(parent, {
    experiment: HEBREW,
    name: 'b',
    seed: 2,
    evaluation,
    metrics,
    settings: { [`training.${HEBREW}`]: '=1+1' },
  });
  await writeRun(parent, {
    experiment: SCRIPT,
    name: 'c',
    seed: 3,
    state: 'failed',
    failure: '</td><img src=x onerror=alert(1)>',
  });
  const outFolder = join(parent, 'report');
  const files = join(outFolder, 'report-files');
  mkdirSync(files, { recursive: true });
  leftByAKill = [temporaryName(join(outFolder, 'report.html')), temporaryName(join(files, 'ways.png'))];
  for (const path of leftByAKill) writeFileSync(path, 'half');
  written = await writeReport([parent], { outFolder });
  page = readFileSync(written.html, 'utf8');
  markdown = readFileSync(written.markdown, 'utf8');
});
afterAll(() => rmSync(parent, { recursive: true }));

test('a report leaves nothing of one that was killed', () => {
  expect(leftByAKill.filter(existsSync)).toEqual([]);
});

describe('report.html', () => {
  it('shows names as text, whatever stands in them', () => {
    // The one that sorts tables, which the page's policy lets run by its hash.
    expect(page.match(/<script/g)).toHaveLength(1);
    const [, script = ''] = /<script>([\s\S]*?)<\/script>/.exec(page) ?? [];
    const hash = createHash('sha256').update(script).digest('base64');
    expect(page).toContain(`script-src &#39;sha256-${hash}&#39;`);
    expect(page).not.toContain('<img src=x');
    expect(page).toContain('<bdi>&#60;script&#62;alert(1)&#60;script&#62;</bdi>');
    expect(page).toContain('한글 &#34;글자&#34; &#38; &#39;|&#39; `x`');
    expect(page).toContain(`<bdi>${HEBREW}`);
  });

  it('needs nothing from outside and lets nothing run', () => {
    expect(page).toContain("default-src 'none'; style-src 'unsafe-inline'; img-src data:".replaceAll("'", '&#39;'));
    const references = [...page.matchAll(/(?:src|href)="([^"]*)"/g)].map(([, target]) => target!);
    expect(references.length).toBeGreaterThan(10);
    // Links lead to run folders beside the report, and nothing else is referred to.
    const others = references.filter((target) => !/^(data:|#)/.test(target));
    for (const target of others) expect(existsSync(join(parent, 'report', decodeURIComponent(target)))).toBe(true);
    expect(others).toHaveLength(3);
    expect(page).not.toMatch(/url\(|@import/);
  });

  it('tells every plot and picture in words', () => {
    const plots = page.match(/<svg [^>]*>/g)!;
    // The answer, ways, two learning curves, alphabets, calibration.
    expect(plots).toHaveLength(7);
    for (const plot of plots) expect(plot).toMatch(/role="img" aria-label="[^"]{20,}"/);
    for (const picture of page.match(/<img [^>]*>/g)!) expect(picture).toMatch(/alt="[^"]+"/);
  });

  it('takes all colours of its plots from the scheme of the reader', () => {
    for (const plot of page.match(/<svg .*?<\/svg>/gs)!) expect(plot).not.toMatch(/#[0-9a-f]{3,6}"/i);
    expect(page).toContain('prefers-color-scheme: dark');
  });

  it('stands open where the answer is, and folds everything else away under links that open it', () => {
    const sections = [
      ...page.matchAll(
        /<details class="section"( open)?><summary><h2>([^<]+)<\/h2><\/summary>\s*<div class="content" id="([^"]+)"/g,
      ),
    ];
    expect(sections.filter(([, isOpen]) => isOpen).map(([, , title]) => title)).toEqual(['Results']);
    expect(sections.length).toBeGreaterThan(5);
    for (const [, , title, id] of sections) expect(page).toContain(`<a href="#${id}">${title}</a>`);
  });

  it('shows confused characters as pictures', () => {
    const confused = page.slice(page.indexOf('id="confusions"'));
    expect(confused).toMatch(/<img class="small" src="data:image\/png;base64,[^"]+" alt="a drawing of [^"]+"><bdi>/);
  });

  it('shows the numbers of --json', () => {
    for (const { accuracy, interval, scorer } of written.report.measurements) {
      expect(page).toContain(`<strong>${formatPercent(accuracy)}</strong>`);
      if (scorer !== 'chance') expect(page).toContain(`<small>${formatInterval(interval)}</small>`);
    }
  });

  it('links every section, and each link leads somewhere', () => {
    const targets = [...page.matchAll(/<a href="#([^"]+)"/g)].map(([, id]) => id!);
    const sections = [...page.matchAll(/<div class="content" id="([^"]+)"/g)].map(([, id]) => id!);
    const runs = [...page.matchAll(/<tr id="([^"]+)"/g)].map(([, id]) => id!);
    expect(sections).toContain('results');
    expect(runs).toEqual(['run-1', 'run-2', 'run-3']);
    expect(targets.filter((id) => !runs.includes(id))).toEqual(sections);
    // The figures of both networks lead to their runs.
    expect(targets).toEqual(expect.arrayContaining(['run-1', 'run-2']));
  });

  it('does not hold published figures against other data than theirs', () => {
    expect(page).not.toContain('Koch');
  });
});

describe('report.md', () => {
  it('shows names as text', () => {
    expect(markdown).not.toMatch(/(?<!\\)<script/);
    expect(markdown).not.toMatch(/(?<!\\)<\/td/);
    expect(markdown).toContain('\\<script\\>alert(1)\\<script\\>');
    expect(markdown).toContain('\\|');
  });

  it('holds the resolved experiment of the shown configuration', () => {
    expect(markdown).toMatch(/<details><summary>The resolved experiment file<\/summary>\n\n```yaml\ndata:/);
  });

  it('keeps right-to-left names within themselves', () => {
    expect(markdown).toContain(`\u2068${HEBREW}\u2069`);
  });

  it('refers to files that are there', () => {
    const targets = [...markdown.matchAll(/\]\(([^)]+)\)/g)].map(([, target]) => target!);
    expect(targets.length).toBeGreaterThan(8);
    for (const target of targets) expect(existsSync(join(parent, 'report', target))).toBe(true);
  });

  it('has each plot as SVG and as PNG', () => {
    const plots = [...markdown.matchAll(/\]\(report-files\/([^)]+)\.svg\)/g)].map(([, stem]) => stem!);
    expect(plots).toHaveLength(7);
    for (const stem of plots) {
      expect(markdown).toContain(`[the plot as PNG](report-files/${stem}.png)`);
      const { width } = PNG.sync.read(readFileSync(join(parent, 'report/report-files', `${stem}.png`)));
      expect(width).toBeGreaterThan(600);
    }
  });

  it('has a sheet of each episode shown: the query above its support set', () => {
    const [target] = /report-files\/episode-[^)]+\.png/.exec(markdown)!;
    const sheet = PNG.sync.read(readFileSync(join(parent, 'report', target)));
    expect([sheet.width, sheet.height]).toEqual([5 * 17, 2 * 17]);
  });

  it('gives no formula to a spreadsheet', () => {
    const csv = readFileSync(join(parent, 'report/report-files/results.csv'), 'utf8');
    expect(csv.split('\r\n')[0]).toBe('system,scorer,task,picture size,correct,n,accuracy,run');
    expect(csv).not.toMatch(/(^|,)[=+@]/m);
  });
});

describe('writeReport', () => {
  it('writes the same bytes for the same runs', async () => {
    const again = await writeReport([parent], { outFolder: join(parent, 'report') });
    expect(readFileSync(again.html, 'utf8')).toBe(page);
    expect(readFileSync(again.markdown, 'utf8')).toBe(markdown);
  });

  it('refuses a path that does not exist', async () => {
    await expect(writeReport([join(parent, 'nowhere')], { outFolder: parent })).rejects.toThrow(
      expect.objectContaining({ code: 'usage' }),
    );
  });
});

/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
// The report in a real browser, and its numbers beside an independent computation from the files of its runs.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type WrittenReport, writeReport } from '../../src/report/write-report.js';
import { FIVE_WAY, HARMFUL_NAMES, makeSmallData, SIXTY_PAIRS } from '../report/support/small-data.js';
import { type FakeEvaluation, writeRun } from '../report/support/write-run.js';
import { openBrowser } from './support/browser.js';
import { listShownNumbers } from './support/list-shown-numbers.js';
import { recomputeResults } from './support/recompute-results.js';

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

let parent: string;
let written: WrittenReport;
let browser: Browser;

beforeAll(async () => {
  parent = mkdtempSync(join(tmpdir(), 'report-page-'));
  await writeSweep(parent);
  written = await writeReport([parent], { outFolder: join(parent, 'report') });
  browser = await openBrowser();
});

afterAll(async () => {
  await browser?.close();
  rmSync(parent, { recursive: true, force: true });
});

/** A half-finished sweep of two parameters by two seeds, with names as files and alphabets may have them. */
async function writeSweep(folder: string): Promise<void> {
  const evaluation: FakeEvaluation = {
    data: makeSmallData({ alphabets: HARMFUL_NAMES }),
    sections: [{ ...FIVE_WAY, nWay: [2, 3, 5] }, { ...FIVE_WAY, protocol: 'cross-alphabet', nWay: 9 }, SIXTY_PAIRS],
    baselines: [{ type: 'nearestNeighbourCosine' }, { type: 'chance' }],
  };
  for (const [index, value] of [0.001, 0.01].entries()) {
    for (const kind of HARMFUL_NAMES) {
      const assignments = [
        { path: 'training.optimizer.learningRate', value },
        { path: 'model.kind', value: kind },
      ];
      const settings = { 'training.optimizer.learningRate': String(value), 'model.kind': kind };
      const metrics = { 'train/loss': [0.7, 0.6 - value], 'validation/one-shot-accuracy': [0.3, 0.5 + 10 * value] };
      await writeRun(folder, {
        assignments,
        settings,
        seed: 1,
        metrics,
        evaluation: { ...evaluation, skill: 1 + index },
      });
      if (kind !== HARMFUL_NAMES[0]) continue;
      await writeRun(folder, { assignments, settings, seed: 2, metrics, evaluation: { ...evaluation, skill: 1 } });
      await writeRun(folder, { assignments, settings, seed: 3, state: 'failed', failure: '<b>no memory</b>' });
      await writeRun(folder, { assignments, settings, seed: 4, state: 'stopped', metrics });
      await writeRun(folder, { assignments, settings, seed: 5, metrics });
    }
  }
  const foreign = join(folder, 'fake', 'foreign');
  mkdirSync(foreign);
  writeFileSync(join(foreign, 'trial.json'), '{"trial": "of another program"}');
}

const VIEWS = [390, 1400].flatMap((width) =>
  (['light', 'dark'] as const).map((colorScheme) => ({ width, colorScheme })),
);

describe.each(VIEWS)('report.html, $width pixels wide, $colorScheme', ({ width, colorScheme }) => {
  let page: Page;
  const requests: string[] = [];
  const complaints: string[] = [];

  beforeAll(async () => {
    page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme });
    page.on('request', (request) => requests.push(request.url()));
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(error.message));
    await page.goto(`file://${written.html}`);
    // What is folded is looked at as well.
    await page.evaluate(() => {
      for (const fold of document.querySelectorAll('details')) fold.open = true;
    });
  });

  it('fetches nothing from outside and complains about nothing', () => {
    expect(requests.filter((url) => !url.startsWith('data:') && url !== `file://${written.html}`)).toEqual([]);
    expect(complaints).toEqual([]);
  });

  it('is as wide as the screen', async () => {
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
  });

  it('draws every plot and picture, and tells each in words', async () => {
    const drawn = await page.evaluate(() => ({
      plots: [...document.querySelectorAll('svg')].map((plot) => ({
        area: plot.getBoundingClientRect().width * plot.getBoundingClientRect().height,
        marks: plot.querySelectorAll('.mark-line path, .mark-symbol path, .mark-rule line').length,
        label: plot.getAttribute('aria-label') ?? '',
      })),
      pictures: [...document.querySelectorAll('img')].map((picture) => ({
        pixels: picture.naturalWidth,
        label: picture.alt,
      })),
    }));
    // The answer, costs, two histories, sweep, two effects, ways, two curves, alphabets, calibration.
    expect(drawn.plots).toHaveLength(12);
    for (const { area, marks, label } of drawn.plots) {
      expect(area).toBeGreaterThan(10_000);
      expect(marks).toBeGreaterThan(0);
      expect(label.length).toBeGreaterThan(20);
    }
    expect(drawn.pictures.length).toBeGreaterThan(10);
    for (const { pixels, label } of drawn.pictures) {
      expect(pixels).toBeGreaterThan(0);
      expect(label).not.toBe('');
    }
  });

  // WCAG 2.2, 1.4.3: 4.5 for text.
  it('has enough contrast in all its text', async () => {
    expect(await page.evaluate(findPaleText)).toEqual([]);
  });

  it('has no finding of axe', async () => {
    // Chromium's protocol runs it beside the page, whose own rules let no script in.
    const session = await page.context().newCDPSession(page);
    await session.send('Runtime.evaluate', { expression: readFileSync(AXE, 'utf8') });
    const { result } = await session.send('Runtime.evaluate', {
      expression: `axe.run().then(({ violations }) => JSON.stringify(violations.map(({ id, nodes }) =>
        id + ': ' + nodes.slice(0, 3).map(({ html }) => html.slice(0, 120)).join(' '))))`,
      awaitPromise: true,
      returnByValue: true,
    });
    expect(JSON.parse(result.value as string)).toEqual([]);
  });

  it('sorts a table by a click on a head: largest first, smallest first, as written', async () => {
    const table = page.locator('table', { has: page.locator('tr[id^="run-"]') }).first();
    const column = () =>
      table.locator('tbody tr').evaluateAll((rows) => rows.map((row) => row.querySelector('td')!.textContent));
    const head = table.locator('th').first();
    const written = await column();
    const numbers = written.map(Number);
    expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
    await head.locator('button').click();
    expect([(await column()).map(Number), await head.getAttribute('aria-sort')]).toEqual([
      numbers.toSorted((a, b) => b - a),
      'descending',
    ]);
    await head.locator('button').press('Enter');
    expect([await column(), await head.getAttribute('aria-sort')]).toEqual([written, 'ascending']);
    await head.locator('button').click();
    expect([await column(), await head.getAttribute('aria-sort')]).toEqual([written, null]);
  });

  it('shows names as text', async () => {
    // The page's own script, and no other.
    expect(await page.evaluate(() => document.querySelectorAll('script, b').length)).toBe(1);
    const text = await page.evaluate(() => document.body.textContent ?? '');
    for (const name of HARMFUL_NAMES) expect(text).toContain(name);
  });

  it('shows the numbers of --json, and links each to its runs', async () => {
    const cells = await page.evaluate(() =>
      [...document.querySelectorAll('#results > .scroll')].slice(0, 2).flatMap((table) =>
        [...table.querySelectorAll('tbody tr')].map((row) => ({
          accuracies: [...row.querySelectorAll('td strong')].map((cell) => cell.textContent),
          runs: [...row.querySelectorAll('a')].map(
            (link) => document.querySelector(link.getAttribute('href')!)?.tagName,
          ),
        })),
      ),
    );
    const shown = cells.flatMap(({ accuracies }) => accuracies).sort();
    expect(shown).toEqual(written.report.measurements.map(({ accuracy }) => (100 * accuracy).toFixed(1)).sort());
    for (const { runs } of cells) expect(new Set(runs)).toEqual(new Set(['TR']));
  });

  it('shows no number that --json lacks', async () => {
    const shown = await page.evaluate(() =>
      [...document.querySelectorAll('td, .facts dd, .lead strong, .way figcaption')].flatMap((cell) => {
        const names = [...cell.querySelectorAll('bdi')].map(({ textContent }) => textContent ?? '');
        const text = names.reduce((rest, name) => rest.replace(name, ''), cell.textContent ?? '');
        return text.match(/\u2212?\d+(?:,\d{3})*(?:\.\d+)?/g) ?? [];
      }),
    );
    expect(shown.length).toBeGreaterThan(300);
    const known = listShownNumbers(JSON.parse(JSON.stringify(written.report)));
    expect(shown.filter((number) => !known.has(number))).toEqual([]);
  });

  it('counts the folders that cannot be read', async () => {
    const text = await page.evaluate(() => document.body.textContent ?? '');
    expect(text).toContain('1 folder could not be read and is left out');
    expect(text).toContain('trial.json is of version none; this program reads version 1');
  });

  it('counts the runs that failed, were stopped or lack results', async () => {
    const text = await page.evaluate(() => document.body.textContent ?? '');
    expect(text).toContain('10 of 14 finished, 2 of them without all results; 2 failed, 2 stopped');
    expect(text.match(/is finished but has no results/g)).toHaveLength(2);
    expect(text).toContain('failed: <b>no memory</b>');
  });
});

/** Texts whose colour differs too little from what is behind them; runs in the page. */
function findPaleText(): string[] {
  const luminance = (color: string) => {
    const [r, g, b] = (color.match(/[\d.]+/g) ?? []).slice(0, 3).map((part) => {
      const value = Number(part) / 255;
      return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
  };
  const backgroundOf = (element: Element | null): string => {
    if (!element) return 'rgb(255, 255, 255)';
    const { backgroundColor } = getComputedStyle(element);
    return /, 0\)$/.test(backgroundColor) ? backgroundOf(element.parentElement) : backgroundColor;
  };
  return [...document.querySelectorAll('body *')].flatMap((element) => {
    const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent?.trim());
    if (!own || element.closest('head, style')) return [];
    const style = getComputedStyle(element);
    const color = element instanceof SVGElement ? style.fill : style.color;
    // Letters drawn once more in the page's colour, around those that are read.
    if (element instanceof SVGElement && style.stroke !== 'none') return [];
    const [light, dark] = [luminance(color), luminance(backgroundOf(element))].sort((a, b) => b - a) as [
      number,
      number,
    ];
    const contrast = (light + 0.05) / (dark + 0.05);
    return contrast < 4.5
      ? [`${element.tagName} ${color}: ${contrast.toFixed(2)} ${element.textContent?.slice(0, 30)}`]
      : [];
  });
}

describe('the numbers of the report', () => {
  it('are those that an independent program computes from the journals and predictions', () => {
    const { configurations, sweep } = recomputeResults(parent);
    const shown = written.report.measurements.filter(({ scorer }) => scorer === 'network');
    const verified = written.report.verifications.filter(({ scorer }) => scorer === 'network');
    expect(shown.length + verified.length).toBe(configurations.size);
    for (const { task, folders, accuracy } of [...shown, ...verified]) {
      expect(accuracy).toBeCloseTo(configurations.get(JSON.stringify([task, [...folders].sort()]))!, 12);
    }
    const [figures] = written.report.sweeps;
    expect(figures!.configurations).toHaveLength(sweep.size);
    for (const { folders, mean } of figures!.configurations) {
      expect(mean).toBeCloseTo(sweep.get(JSON.stringify([...folders].sort()))!, 12);
    }
  });

  it('are the same in the CSV files', () => {
    const csv = readFileSync(join(parent, 'report/report-files/results.csv'), 'utf8').trim().split('\r\n').slice(1);
    const { measurements, verifications } = written.report;
    expect(csv).toHaveLength([...measurements, ...verifications].flatMap(({ folders }) => folders).length);
  });
});

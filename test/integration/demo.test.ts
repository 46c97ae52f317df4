/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
// `oneshot demo`: the page in a real browser, drawn on by a hand that the network does not know.
import { readFileSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { randomStream } from '../../src/base/random-stream.js';
import { pathOf } from '../../src/data/glyphs/draw-strokes.js';
import { inventAlphabet } from '../../src/data/glyphs/glyph-alphabet.js';
import { drawByHand, inventHand } from '../../src/data/glyphs/glyph-hand.js';
import { encodePng } from '../../src/data/pictures/encode-png.js';
import { readResults } from '../../src/evaluation/records/evaluation-result.js';
import { newFolder, runCommand, runFoldersOf, startCommand, waitFor } from '../support/run-command.js';
import { openBrowser } from './support/browser.js';
import { drawStrokes, readVerdict, tremble } from './support/draw-on-page.js';

const ROOT = resolve(import.meta.dirname, '../..');
const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
const SET = ['training.maxEpochs=4', 'evaluation=[{protocol: within-alphabet, nWay: 20, episodes: 200}]'];
const GLYPHS = { seed: 1, charactersPerAlphabet: 20 };

let run = '';
let browser: Browser;
const site = join(newFolder(), 'site');
const address = `file://${site}/index.html`;

beforeAll(async () => {
  const runs = newFolder();
  const file = join(ROOT, 'experiments/quickstart.yaml');
  const { code } = await runCommand(['run', file, '--runs', runs, ...SET.flatMap((set) => ['--set', set])]);
  expect(code).toBe(0);
  run = runFoldersOf(runs, 'quickstart')[0]!;
  const written = await runCommand(['demo', run, '--out', site]);
  expect([written.code, written.stdout.trim()]).toEqual([0, join(site, 'index.html')]);
  expect(written.stderr).toContain('600 pictures to start from');
  browser = await openBrowser();
}, 400_000);

afterAll(async () => {
  await browser?.close();
});

interface OpenedPage {
  readonly page: Page;
  readonly requests: string[];
  readonly complaints: string[];
}

async function openDemo(options: Parameters<Browser['newPage']>[0] = {}): Promise<OpenedPage> {
  const page = await browser.newPage({ viewport: { width: 1400, height: 900 }, ...options });
  const requests: string[] = [];
  const complaints: string[] = [];
  page.on('request', (made) => requests.push(made.url()));
  page.on('console', (message) => complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
  await page.goto(address);
  await page.locator('.card').first().waitFor();
  await readVerdict(page);
  return { page, requests, complaints };
}

const VIEWS = [390, 1400].flatMap((width) =>
  (['light', 'dark'] as const).map((colorScheme) => ({ width, colorScheme })),
);

describe.each(VIEWS)('the page from a disk, $width pixels wide, $colorScheme', ({ width, colorScheme }) => {
  test('fetches nothing, complains about nothing, fits the screen, and axe finds nothing', async () => {
    const { page, requests, complaints } = await openDemo({ viewport: { width, height: 850 }, colorScheme });
    await page.evaluate(() => document.getElementById('try-known')!.click());
    await readVerdict(page);
    // Every glyph is read as strokes.
    expect(await page.locator('#strokes-words').textContent()).toMatch(/^[1-9]\d* strokes?$/);
    await page.evaluate(() => document.querySelector('details')!.setAttribute('open', ''));
    expect(requests.filter((url) => !/^(data|blob):/.test(url))).toEqual([address]);
    expect(complaints).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
    expect(await page.locator('.card').count()).toBe(20);
    const session = await page.context().newCDPSession(page);
    await session.send('Runtime.evaluate', { expression: readFileSync(AXE, 'utf8') });
    const { result } = await session.send('Runtime.evaluate', {
      expression: `axe.run().then(({ violations }) => JSON.stringify(violations.map(({ id, nodes }) =>
        id + ': ' + nodes.slice(0, 3).map(({ html }) => html.slice(0, 160)).join(' '))))`,
      awaitPromise: true,
      returnByValue: true,
    });
    expect(JSON.parse(result.value as string)).toEqual([]);
    await page.close();
  });
});

test('strokes of people whom nobody knows are named as often as the run has measured, 20 ways', async () => {
  const { page } = await openDemo();
  const pen = await page.context().newCDPSession(page);
  const groups = await page.locator('#group option').allTextContents();
  expect(groups).toHaveLength(6);
  let right = 0;
  let n = 0;
  for (const group of groups) {
    await page.selectOption('#group', group);
    await page.waitForFunction(
      (name) =>
        document.querySelectorAll('.card').length === 20 &&
        document.querySelector<HTMLSelectElement>('#group')!.value === name,
      group,
    );
    await readVerdict(page);
    const glyphs = inventAlphabet(randomStream(GLYPHS.seed, 'glyphs', group), GLYPHS.charactersPerAlphabet);
    for (const [number, glyph] of glyphs.entries()) {
      for (const hand of [0, 1]) {
        const random = randomStream('demo test', group, number, hand);
        const { strokes, place } = drawByHand(
          random,
          inventHand(randomStream('demo test', group, 'hand', hand)),
          glyph,
        );
        await drawStrokes(
          page,
          pen,
          strokes.map((stroke) => tremble(random, pathOf(stroke).map(place))),
        );
        // The nearest one is asked for, as the run does: "none of these" has a test of its own.
        const { nearest } = await readVerdict(page);
        if (nearest === `character${String(number + 1).padStart(2, '0')}`) right++;
        n++;
      }
    }
  }
  const { accuracy } = readResults(join(run, 'results.json')).find(
    ({ task, scorer }) => scorer === 'network' && task === 'test/within-alphabet/20-way-1-shot',
  )!;
  expect(n).toBe(240);
  expect(Math.abs(right / n - accuracy)).toBeLessThan(0.05);
  await page.close();
});

test('characters that are not here are none of these more often than those that are', async () => {
  const { page } = await openDemo();
  const tries = 40;
  const countNone = async (button: string) => {
    let none = 0;
    for (let i = 0; i < tries; i++) {
      await page.evaluate((id) => document.getElementById(id)!.click(), button);
      const { name, why } = await readVerdict(page);
      expect(why).toMatch(/[✓✗] It is (character\d\d|not among these), drawn by person \d+\.$/);
      if (name === 'None of these') none++;
    }
    return none;
  };
  await page.selectOption('#ways', '5');
  const [known, unknown] = [await countNone('try-known'), await countNone('try-unknown')];
  expect(unknown).toBeGreaterThan(known + tries / 4);
  await page.close();
});

test('what is drawn with the keyboard is remembered, renamed, and known again; it is told to screen readers', async () => {
  const { page } = await openDemo();
  await page.click('#forget');
  expect(await readVerdict(page)).toMatchObject({ name: 'Nothing is known yet' });
  const press = async (...keys: string[]) => {
    for (const key of keys) await page.keyboard.press(key);
  };
  const right = Array<string>(6).fill('ArrowRight');
  const down = Array<string>(8).fill('ArrowDown');
  await page.focus('#pad');
  await press(' ', ...right, ...down, ' ');
  await page.click('#remember');
  await page.focus('#pad');
  await press('Delete', ' ', ...down, ...down, ' ', 'ArrowLeft', ' ', ...right, ' ');
  await page.click('#remember');
  await readVerdict(page);
  expect(await page.locator('.card').count()).toBe(2);
  await page.locator('.card input').first().fill('corner');
  await page.locator('.card input').first().press('Enter');
  await page.focus('#pad');
  await press('Delete', ' ', ...right, ...down, 'ArrowDown', ' ');
  const { nearest } = await readVerdict(page);
  expect(nearest).toBe('corner');
  expect(await page.locator('#spoken').textContent()).toContain('corner');
  await press('Control+z');
  expect(await readVerdict(page)).toMatchObject({ name: 'Draw something' });
  await page.close();
});

test('a picture is opened, becomes a further example, and a file that is none is refused', async () => {
  const { page, complaints } = await openDemo();
  const file = join(newFolder(), 'cross.png');
  const ink = Uint8Array.from({ length: 64 * 40 }, (_, i) =>
    Math.abs((i % 64) - 32) < 3 || Math.abs(i / 64 - 20) < 3 ? 255 : 0,
  );
  writeFileSync(file, encodePng(ink, { height: 40, width: 64 }));
  await page.setInputFiles('#file', file);
  await page.waitForFunction(() => !document.querySelector<HTMLButtonElement>('#remember')!.disabled);
  await page
    .locator('.card .add')
    .first()
    .evaluate((button: HTMLButtonElement) => button.click());
  await page.locator('.card').first().locator('canvas').nth(1).waitFor();
  expect(await readVerdict(page)).toMatchObject({ nearest: 'character01' });
  writeFileSync(file, 'no picture');
  await page.setInputFiles('#file', file);
  await page.waitForFunction(() => document.getElementById('name')!.textContent === 'That is no picture');
  expect(complaints).toEqual([]);
  await page.close();
});

test('is served on the loopback address alone, to nobody who calls it by another name, and ends by Ctrl-C', async () => {
  const { child, result } = startCommand(['demo', run, '--no-starters']);
  let printed = '';
  child.stdout!.on('data', (text) => {
    printed += text;
  });
  const uri = await waitFor(() => /http:\/\/127\.0\.0\.1:\d+\//.exec(printed)?.[0], 120_000);
  const ask = (path: string, { host, method = 'GET' }: { host?: string; method?: string } = {}) =>
    new Promise<number>((resolve, reject) => {
      const asked = request(
        new URL(uri),
        { path, method, ...(host === undefined ? {} : { headers: { host } }) },
        (answer) => {
          answer.resume();
          resolve(answer.statusCode!);
        },
      );
      asked.on('error', reject).end();
    });
  expect(await ask('/')).toBe(200);
  expect(await ask('/LICENSES.txt')).toBe(200);
  expect(await ask('/', { host: 'attacker.example' })).toBe(403);
  expect(await ask('/', { method: 'POST' })).toBe(405);
  expect(await ask('/../package.json')).toBe(404);
  expect(await ask('/%2e%2e/package.json')).toBe(404);
  const page = await browser.newPage();
  await page.goto(uri);
  await page.waitForFunction(() => document.getElementById('name')!.textContent === 'Nothing is known yet');
  await page.close();
  child.kill('SIGINT');
  expect((await result).code).toBe(0);
});

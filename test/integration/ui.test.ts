// `oneshot ui` as a user meets it: a real MLflow server, a sweep over three seeds, and a real browser that looks at it.
// Screenshots are kept in a temporary folder, whose name is printed.
import { once } from 'node:events';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { hostname, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { collect, MlflowClient, type Run } from 'mlflow-ts-client';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  isRunning,
  newFolder,
  type RunningCommand,
  runCommand,
  startCommand,
  waitFor,
} from '../support/run-command.js';
import { openBrowser, openPage } from './support/browser.js';
import { findMlflowPython } from './support/mlflow-server.js';

const TINY = resolve(import.meta.dirname, '../fixtures/tiny.yaml');
const screenshots = mkdtempSync(join(tmpdir(), 'oneshot-screenshots-'));
const store = newFolder();
let runsFolder: string;
let env: NodeJS.ProcessEnv;
let ui: RunningCommand;
let address: string;
let base: string;
let browser: Browser;
let page: Page;
let trials: Run[];
let sweep: Run;

beforeAll(async () => {
  runsFolder = newFolder();
  env = { ONESHOT_MLFLOW: `${await findMlflowPython()} -m mlflow` };
  const sets = [
    'name=seen',
    'seeds=[1, 2, 3]',
    'training.maxEpochs=3',
    'sweep={method: grid, parameters: {training.optimizer.learningRate: [0.003, 0.0003]}}',
  ];
  const ran = await runCommand(['run', TINY, '--runs', runsFolder, ...sets.flatMap((set) => ['--set', set])]);
  expect(ran.code, ran.stderr).toBe(0);
  ui = startCommand(['ui', runsFolder, '--store', store, '--no-open'], { env });
  let printed = '';
  ui.child.stdout?.on('data', (chunk) => {
    printed += chunk;
  });
  address = await waitFor(() => /seen: (\S+)\n/.exec(printed)?.[1], 300_000);
  base = new URL(address).origin;
  const client = new MlflowClient(base);
  const found = await client.experiments.findByName('seen');
  const runs = await collect(client.runs.search({ experimentIds: [found?.experimentId ?? ''] }));
  trials = runs.filter(({ tags }) => tags.seed !== undefined);
  sweep = runs.find(({ tags }) => tags.seed === undefined) as Run;
  browser = await openBrowser();
  page = await openPage(browser);
  console.log(`screenshots: ${screenshots}`);
});
afterAll(async () => {
  await browser?.close();
  ui?.child.kill('SIGINT');
  await ui?.result;
});

const shoot = (name: string) => page.screenshot({ path: join(screenshots, `${name}.png`) });
const runAddress = ({ experimentId, runId }: Run, tab = '') =>
  `${base}/#/experiments/${experimentId}/runs/${runId}${tab}?workflowType=machine_learning`;

describe('the page that `oneshot ui` prints', () => {
  test('shows the runs, the best first, with what varies and what was reached; and the means over seeds', async () => {
    await page.goto(address);
    await page.getByText('Sort: best/validation-one-shot-accuracy').waitFor();
    for (const { runName } of trials) await page.getByText(runName).first().waitFor();
    await page.waitForTimeout(1000);
    await shoot('runs');
    await page.goto(`${address}-grouped`);
    await page.getByText('Group by: config_id').waitFor();
    await page.waitForTimeout(1000);
    await shoot('means');
  });

  test('shows charts in sections, curves over epochs among them', async () => {
    await page.goto(`${address}&compareRunsMode=CHART`);
    await page.getByText('what was swept').first().waitFor();
    for (const section of ['best', 'test', 'test-baseline', 'train', 'validation']) {
      await page.getByPlaceholder('Search metric charts').fill(`${section}/`);
      await page
        .getByText(new RegExp(`^${section}(/\\S+)?( ?\\(\\d+\\))?$`))
        .first()
        .waitFor();
    }
    await page.getByPlaceholder('Search metric charts').fill('one-shot-accuracy');
    await page.locator('.js-plotly-plot').first().waitFor();
    await page.waitForTimeout(2000);
    await shoot('charts');
  });
});

describe('the page of a run', () => {
  test('names its sweep, source, data and results; the sweep lists its trials and the best of them', async () => {
    const trial = trials[0] as Run;
    await page.goto(runAddress(trial));
    await page.getByText('Parent run', { exact: true }).waitFor();
    await page.getByText('oneshot run seen').waitFor();
    await page
      .getByText(/^glyphs\S*-train/)
      .first()
      .waitFor();
    await page.getByText('95 % interval').waitFor();
    await shoot('run');
    await page.goto(runAddress(sweep));
    await page.getByText('Child runs', { exact: true }).waitFor();
    await page.getByText('6 trials: 6 finished').waitFor();
    for (const { runName } of trials) await page.getByText(runName).first().waitFor();
    await shoot('sweep');
  });

  test('shows a won or a lost episode as a picture, and the load of the machine', async () => {
    const trial = trials[0] as Run;
    await page.goto(runAddress(trial, '/model-metrics'));
    await page.getByPlaceholder('Search metric charts').fill('episodes');
    const picture = page.locator('img[src*="episodes"]').first();
    await picture.waitFor();
    await picture.scrollIntoViewIfNeeded();
    await page.waitForTimeout(1000);
    await shoot('pictures');
    // Five or more ways of 48 pixels and their frames.
    expect(await picture.evaluate((image) => (image as HTMLImageElement).naturalWidth)).toBeGreaterThan(100);
    await page.goto(runAddress(trial, '/system-metrics'));
    await page.getByText('cpu_utilization_percentage').first().waitFor();
    await shoot('system');
  });

  test('shows its results as a table, and the model that was trained', async () => {
    const trial = trials[0] as Run;
    await page.goto(runAddress(trial, '/artifacts'));
    await page.getByText('results-table.json').first().click();
    await page.getByText('task and system').first().waitFor();
    await shoot('table');
    const models = await collect(new MlflowClient(base).models.search({ experimentIds: [trial.experimentId] }));
    expect(models.map(({ status }) => status)).toEqual(trials.map(() => 'LOGGED_MODEL_READY'));
  });
});

describe('the comparison', () => {
  beforeAll(async () => {
    // The page remembers the grouping, which has no tables.
    page = await openPage(browser);
  });

  test('of six runs puts their results side by side', async () => {
    const order = 'orderByKey=metrics.%60best%2Fvalidation-one-shot-accuracy%60&orderByAsc=false';
    await page.goto(
      `${base}/#/experiments/${sweep.experimentId}/runs?workflowType=machine_learning&compareRunsMode=ARTIFACT&${order}`,
    );
    await page.getByText('within-alphabet 2-way-1-shot-tta-2, network').first().waitFor();
    await shoot('tables');
  });

  test('of two runs shows their parameters and metrics', async () => {
    const two = JSON.stringify(trials.slice(0, 2).map(({ runId }) => runId));
    const experiments = JSON.stringify([sweep.experimentId]);
    await page.goto(
      `${base}/#/compare-runs?runs=${encodeURIComponent(two)}&experiments=${encodeURIComponent(experiments)}`,
    );
    await page.getByText('Comparing 2 Runs from 1 Experiment').waitFor();
    await page.getByText('Parallel Coordinates Plot').waitFor();
    await page.waitForTimeout(2000);
    await shoot('two-runs');
  });
});

describe('the server', () => {
  test('of the first `ui` is found by a second one, and ends with its whole process group on Ctrl-C', async () => {
    const second = await runCommand(['ui', runsFolder, '--store', store, '--no-open'], { env });
    expect(second.code, second.stderr).toBe(0);
    expect(second.stdout).toBe(`seen: ${address}\n`);
    ui.child.kill('SIGINT');
    expect((await ui.result).code).toBe(0);
    await expect(fetch(`${base}/health`)).rejects.toThrow();
  });

  test('is one for two that start at the same moment; left by a killed one it is ended by the next, and files from before a restart of the machine mislead nobody', async () => {
    const shared = newFolder();
    const start = () => {
      const command = startCommand(['ui', runsFolder, '--store', shared, '--no-open'], { env });
      let text = '';
      command.child.stdout?.on('data', (chunk) => {
        text += chunk;
      });
      return { ...command, address: waitFor(() => /seen: (\S+)\n/.exec(text)?.[1], 300_000) };
    };
    const readServer = () =>
      JSON.parse(readFileSync(join(shared, 'server.json'), 'utf8')) as { uri: string; pid: number };

    const both = [start(), start()];
    const [first, second] = await Promise.all(both.map((each) => each.address));
    expect(first).toBe(second);
    const follower = await Promise.race(both.map(async (each) => ({ each, ...(await each.result) })));
    expect(follower.code, follower.stderr).toBe(0);
    const leader = both.find((each) => each !== follower.each);
    leader?.child.kill('SIGKILL');
    await leader?.result;
    const left = readServer();
    expect((await fetch(`${left.uri}/health`)).ok).toBe(true);

    const third = start();
    expect(await third.address).toBe(first);
    expect(isRunning(left.pid)).toBe(false);
    third.child.kill('SIGINT');
    expect((await third.result).code).toBe(0);

    // The numbers of processes begin anew with the machine: now this test has that of the server.
    const lock = { host: hostname(), boot: 'an earlier one', pid: process.pid, started: '1' };
    writeFileSync(join(shared, 'lock'), JSON.stringify(lock));
    writeFileSync(join(shared, 'server.json'), JSON.stringify({ ...readServer(), pid: process.pid }));
    const fourth = start();
    expect(await fourth.address).toBe(first);
    fourth.child.kill('SIGINT');
    expect((await fourth.result).code).toBe(0);
  });

  test('is refused a port that is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as { port: number };
    const result = await runCommand(['ui', runsFolder, '--store', newFolder(), '--port', String(port)], { env });
    other.close();
    expect(result.code).toBe(2);
    expect(result.stderr).toContain(`port ${port} is taken`);
  });
});

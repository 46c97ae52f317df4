import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { loadRuns } from '../../src/report/load-runs.js';
import { makeReport } from '../../src/report/make-report.js';
import { makeBlocks } from '../../src/report/report-blocks.js';
import { writeShipCursor } from '../../src/tracking/ship-cursor.js';
import { writeRun } from './support/write-run.js';

let parent: string;
beforeAll(() => {
  parent = mkdtempSync(join(tmpdir(), 'load-runs-'));
});
afterAll(() => rmSync(parent, { recursive: true }));

it('links a run to its pages on the servers that it was shipped to, and to nothing else', async () => {
  const folder = await writeRun(parent, { name: 'a=1,b=2' });
  const cursor = {
    uid: 'u',
    experimentId: '7',
    runId: 'abc',
    entryOffset: 1,
    fileOffset: 1,
    tables: [],
    hasParentTag: true,
  };
  writeShipCursor(folder, 'http://127.0.0.1:5000', cursor);
  writeShipCursor(folder, 'javascript:alert(1)', cursor);
  const loaded = loadRuns([folder]);
  expect(loaded.runs[0]!.mlflow).toEqual([
    'http://127.0.0.1:5000/#/experiments/7/runs/abc?workflowType=machine_learning',
  ]);
  const blocks = await makeBlocks(makeReport(loaded), () => 'fake/a=1,b=2');
  const links = JSON.stringify(blocks).match(/"href":"[^"]+"/g);
  expect(links).toEqual([
    '"href":"./fake/a%3D1%2Cb%3D2/"',
    '"href":"http://127.0.0.1:5000/#/experiments/7/runs/abc?workflowType=machine_learning"',
  ]);
});

it.each(['null', '{}', '[]', 'baselines: [1]', 'data: omniglot\nbaselines: []', 'a: ['])(
  'tells of an experiment that is damaged, and goes on: %s',
  async (text) => {
    const folder = await writeRun(parent, { name: `damaged ${text}` });
    writeFileSync(join(folder, 'experiment.yaml'), text);
    const loaded = loadRuns([folder]);
    expect(loaded.runs[0]).toMatchObject({
      experiment: undefined,
      problems: [expect.stringMatching(/experiment\.yaml (is no experiment any more|cannot be read)/)],
    });
    expect(JSON.stringify(await makeBlocks(makeReport(loaded), () => 'fake'))).toContain('experiment.yaml');
  },
);

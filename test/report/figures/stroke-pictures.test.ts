import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { drawStrokePictures } from '../../../src/report/figures/stroke-pictures.js';
import { loadRuns } from '../../../src/report/load-runs.js';
import { writeReport } from '../../../src/report/write-report.js';
import { newFolder } from '../../support/run-command.js';
import { FIVE_WAY, makeSmallData } from '../support/small-data.js';
import { writeRun } from '../support/write-run.js';

test('a run that read strokes shows what it saw in the first query lost and the first one won', async () => {
  const runs = newFolder();
  const hbpl = { type: 'hbpl', name: 'strokes', candidates: 2, parses: 1, tokenNoise: 1, mostSubStrokes: 100 } as const;
  const baseline = { ...hbpl, relations: true, backWeight: 1, elasticWeight: 0 };
  await writeRun(runs, {
    evaluation: {
      data: makeSmallData(),
      sections: [{ ...FIVE_WAY, nWay: 3, episodes: 2 }],
      baselines: [baseline],
      skill: 1,
    },
  });
  const pictures = drawStrokePictures(loadRuns([runs]).runs);
  expect(pictures.length).toBeGreaterThan(0);
  expect(pictures.map(({ won }) => won)).toEqual([...new Set(pictures.map(({ won }) => won))]);
  for (const { task, system, svg, won, truth, prediction } of pictures) {
    expect([task, system]).toEqual(['test/within-alphabet/3-way-1-shot', 'strokes']);
    expect(won).toBe(truth === prediction);
    expect(svg).toContain('query: skeleton');
    expect(svg).toContain('its strokes over the query');
    expect(svg.includes('>answer<')).toBe(!won);
  }
  const { html } = await writeReport([runs], { outFolder: join(runs, 'report') });
  const page = readFileSync(html, 'utf8');
  expect(page).toContain('What the strokes’ scorer saw');
}, 240_000);

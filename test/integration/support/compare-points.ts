// The points of a run as the server's own database has them, and as its journal has them: compared one by one.
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { collect, type MlflowClient, type Run } from 'mlflow-ts-client';
import { expect } from 'vitest';
import { readJournal } from '../../../src/tracking/journal.js';
import { findMlflowPython, type MlflowServer } from './mlflow-server.js';

/** NaN is null. */
export type Point = [key: string, value: number | null, timestamp: number, step: number];

/** Every point of a run in the server's database, in one order. */
export async function pointsInDatabase(server: MlflowServer, runId: string): Promise<Point[]> {
  return (await pointsOfRuns(server, [runId])).get(runId) ?? [];
}

/** The same of several runs, by run id. */
async function pointsOfRuns(server: MlflowServer, runIds: readonly string[]): Promise<Map<string, Point[]>> {
  const query = `
import json, sqlite3, sys
database = sqlite3.connect(sys.argv[1])
for run_id in json.load(sys.stdin):
    rows = database.execute("select key, value, timestamp, step, is_nan from metrics where run_uuid = ?", [run_id])
    print(json.dumps([[k, None if nan else v, t, s] for k, v, t, s, nan in rows]))`;
  const output = execFileSync(await findMlflowPython(), ['-c', query, server.databasePath], {
    input: JSON.stringify(runIds),
    maxBuffer: 1e9,
  });
  const lines = output.toString().split('\n');
  return new Map(runIds.map((runId, index) => [runId, sorted(JSON.parse(lines[index] ?? '[]'))]));
}

/** Every point of a folder's journal, in the same order. */
export function pointsInJournal(folder: string): Point[] {
  return sorted(
    [...readJournal(join(folder, 'journal.jsonl'))].flatMap(({ event }): Point[] =>
      event.type === 'metric' ? [[event.key, event.value, event.time, event.step]] : [],
    ),
  );
}

function sorted(points: Point[]): Point[] {
  return points.sort((a, b) => (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : a[3] - b[3] || a[2] - b[2]));
}

/** All runs of an experiment by its name; none when there is no such experiment. */
export async function runsOf(client: MlflowClient, experiment: string): Promise<Run[]> {
  const found = await client.experiments.findByName(experiment);
  return found === undefined ? [] : await collect(client.runs.search({ experimentIds: [found.experimentId] }));
}

/**
 * Fails unless the experiment has one finished run for each folder, called like it, with the points of its journal and no
 * others. Returns how many points those are.
 */
export async function expectEveryPointOnce(
  server: MlflowServer,
  client: MlflowClient,
  experiment: string,
  folders: ReadonlyMap<string, string>,
): Promise<number> {
  const runs = await runsOf(client, experiment);
  expect(runs.map((run) => run.runName).sort()).toEqual([...folders.keys()].sort());
  const stored = await pointsOfRuns(
    server,
    runs.map(({ runId }) => runId),
  );
  let count = 0;
  for (const run of runs) {
    expect(run.status).toBe('FINISHED');
    const expected = pointsInJournal(folders.get(run.runName) ?? '');
    expect(stored.get(run.runId)).toEqual(expected);
    count += expected.length;
  }
  return count;
}

import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MlflowClient } from 'mlflow-ts-client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { followJournal } from '../../src/tracking/follow-journal.js';
import { openJournal } from '../../src/tracking/journal.js';
import type { JournalFact } from '../../src/tracking/journal-event.js';
import { measureBacklog } from '../../src/tracking/measure-backlog.js';
import { shipJournal } from '../../src/tracking/ship-journal.js';
import { shipJournals } from '../../src/tracking/ship-journals.js';
import type { ShipProblem } from '../../src/tracking/ship-report.js';
import { FakeMlflow, type Fault } from './support/fake-mlflow.js';

let root: string;
let folder: string;
let server: FakeMlflow;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'oneshot-ship-'));
  folder = join(root, 'run');
  mkdirSync(folder);
  server = new FakeMlflow();
});

afterEach(() => {
  rmSync(root, { recursive: true, force: true });
});

const connect = (maxRetries = 0) =>
  new MlflowClient('http://me:secret-word@server:5000', { fetch: server.fetch, retry: { maxRetries, baseDelayMs: 1 } });
const run = (uid = 'u1', parentUid?: string): JournalFact => ({
  type: 'run',
  uid,
  name: 'trial one',
  experiment: 'koch',
  parentUid,
  tags: { seed: '1' },
});
const points = (key: string, from: number, to: number): JournalFact[] =>
  Array.from({ length: to - from }, (_, index) => ({
    type: 'metric',
    key,
    step: from + index,
    value: (from + index) / 7,
  }));

let clock = 5000;
function write(facts: readonly JournalFact[], at = folder): void {
  const journal = openJournal(join(at, 'journal.jsonl'), { now: () => clock++ });
  for (const fact of facts) journal.append(fact);
  journal.close();
}

/** A whole small run: points, settings, files, a picture, a data set, its end. */
function writeWholeRun(trainPoints = 1200, validationPoints = 1300): void {
  clock = 5000;
  writeFileSync(join(folder, 'results.json'), '{"accuracy":1}');
  writeFileSync(join(folder, 'pairs.png'), 'picture');
  writeFileSync(join(folder, 'table.json'), '{"columns":[],"data":[]}');
  write([
    run(),
    { type: 'status', status: 'RUNNING' },
    {
      type: 'params',
      values: Object.fromEntries(Array.from({ length: 150 }, (_, index) => [`p${index}`, `${index}`])),
    },
    { type: 'dataset', name: 'glyphs', digest: 'abc', sourceType: 'code', source: '{}', context: 'training' },
    ...points('train/loss', 0, trainPoints),
    { type: 'image', key: 'val/pairs', step: 3, path: 'pairs.png' },
    { type: 'tags', values: { note: 'one' } },
    ...points('val/accuracy', 0, validationPoints),
    { type: 'artifact', path: 'results.json', artifactPath: 'results.json' },
    { type: 'table', path: 'table.json', artifactPath: 'eval/table.json' },
    { type: 'tags', values: { note: 'two' } },
    { type: 'status', status: 'FINISHED' },
  ]);
}

/** What the server shows of the only active run, without its id. */
function shown() {
  const [only, ...others] = server.activeRuns;
  expect(others).toEqual([]);
  if (only === undefined) throw new Error('there is no run');
  return {
    name: only.runName,
    startTime: only.startTime,
    status: only.status,
    endTime: only.endTime,
    tags: Object.fromEntries([...only.tags].sort()),
    params: Object.fromEntries(only.params),
    points: [...only.points.keys()].sort(),
    datasets: [...only.datasets],
    artifacts: [...server.artifacts]
      .filter(([path]) => path.startsWith(only.runId))
      .map(([path, content]) => [path.slice(33), content])
      .sort(),
  };
}

async function shipOnceToFreshServer() {
  const faulty = server;
  server = new FakeMlflow();
  cpSync(folder, join(root, 'reference'), { recursive: true });
  rmSync(join(root, 'reference', 'mlflow.json'), { force: true });
  await shipJournal({ client: connect(), folder: join(root, 'reference') });
  const expected = shown();
  server = faulty;
  return expected;
}

describe('shipping a journal', () => {
  it('gives the run with its times, settings, points, files and status', async () => {
    writeWholeRun();
    const report = await shipJournal({ client: connect(), folder });
    expect(report).toMatchObject({
      runId: server.activeRuns[0]?.runId,
      isComplete: true,
      sent: { points: 2500, params: 150, datasets: 1, files: 3, refused: 0 },
    });
    const result = shown();
    expect(result).toMatchObject({ name: 'trial one', startTime: 5000, status: 'FINISHED', endTime: 7509 });
    expect(result.tags).toEqual({
      'mlflow.loggedArtifacts': '[{"path":"eval/table.json","type":"table"}]',
      'mlflow.loggedImages': 'true',
      note: 'two',
      'oneshot.run_uid': 'u1',
      seed: '1',
    });
    expect(result.points).toHaveLength(2500);
    expect(server.activeRuns[0]?.points.get(JSON.stringify(['train/loss', 5004, 0, 0]))).toBeDefined();
    expect(result.artifacts.map(([path]) => path)).toEqual([
      'eval/table.json',
      expect.stringMatching(/^images\/val~pairs\+step\+3\+timestamp\+6204\+[0-9a-f-]{36}\+compressed\.png$/),
      expect.stringMatching(/^images\/val~pairs\+step\+3\+timestamp\+6204\+[0-9a-f-]{36}\.png$/),
      'results.json',
    ]);
  });

  it('a second time sends nothing; without its memory it asks for what is there, sends files again and changes nothing', async () => {
    writeWholeRun();
    await shipJournal({ client: connect(), folder });
    const before = shown();
    expect((await shipJournal({ client: connect(), folder })).sent).toMatchObject({ points: 0, params: 0, files: 0 });
    rmSync(join(folder, 'mlflow.json'));
    expect((await shipJournal({ client: connect(), folder })).sent).toMatchObject({ points: 0, params: 0, files: 3 });
    expect(shown()).toEqual(before);
  });

  it('goes on after new events, and leaves a torn line for later', async () => {
    write([run(), ...points('a', 0, 10)]);
    appendFileSync(join(folder, 'journal.jsonl'), '{"time":1,"type":"met');
    const first = await shipJournal({ client: connect(), folder });
    expect(first).toMatchObject({ sent: { points: 10 }, isComplete: false });
    write([...points('a', 0, 15), { type: 'status', status: 'KILLED' }]);
    const second = await shipJournal({ client: connect(), folder });
    expect(second).toMatchObject({ sent: { points: 5 }, isComplete: true });
    expect(shown()).toMatchObject({ status: 'KILLED' });
    expect(shown().points).toHaveLength(15);
  });

  it('keeps no secret beside the journal', async () => {
    write([run()]);
    await shipJournal({ client: connect(), folder });
    const stored = readFileSync(join(folder, 'mlflow.json'), 'utf8');
    expect(stored).toContain('http://server:5000');
    expect(stored).not.toContain('secret-word');
  });

  it('of a folder without a journal, or an empty one, sends nothing', async () => {
    expect(await shipJournal({ client: connect(), folder })).toMatchObject({ isComplete: false });
    write([]);
    expect(await shipJournal({ client: connect(), folder })).toMatchObject({ isComplete: false });
    expect(server.requests).toBe(0);
  });
});

describe('the backlog', () => {
  it('is all of a journal before it is shipped, what came since, and nothing after', async () => {
    const address = 'http://server:5000';
    expect(measureBacklog(folder, address)).toEqual({ points: 0, params: 0, tags: 0, files: 0, journalBytes: 0 });
    writeWholeRun(5, 5);
    expect(measureBacklog(folder, address)).toMatchObject({ points: 10, params: 150, tags: 2, files: 3 });
    await shipJournal({ client: connect(), folder });
    expect(measureBacklog(folder, address)).toEqual({ points: 0, params: 0, tags: 0, files: 0, journalBytes: 0 });
    expect(measureBacklog(folder, 'http://another')).toMatchObject({ points: 10, files: 3 });
    write(points('later', 0, 4));
    expect(measureBacklog(folder, address)).toMatchObject({ points: 4, params: 0, files: 0 });
  });
});

describe('a shipper that is killed', () => {
  it('at any request, answered or not, leaves a run that the next one completes', async () => {
    writeWholeRun(900, 200);
    const expected = await shipOnceToFreshServer();
    const { requests: total } = await countRequests();
    expect(total).toBeGreaterThan(15);
    for (let killAt = 1; killAt <= total; killAt++) {
      for (const kind of ['refused', 'lost'] satisfies Fault[]) {
        server = new FakeMlflow();
        rmSync(join(folder, 'mlflow.json'), { force: true });
        server.fault = (request) => (request >= killAt ? (request === killAt ? kind : 'refused') : 'none');
        await shipJournal({ client: connect(), folder }).catch(() => undefined);
        server.fault = () => 'none';
        await shipJournal({ client: connect(), folder });
        expect(shown(), `killed at request ${killAt} (${kind})`).toEqual(expected);
      }
    }
  });

  it('between sending and writing its cursor sends the same again', async () => {
    writeWholeRun(900, 200);
    const cursors: string[] = [];
    const path = join(folder, 'mlflow.json');
    const onProgress = () => cursors.push(readFileSync(path, 'utf8'));
    await shipJournal({ client: connect(), folder, onProgress });
    const expected = shown();
    expect(cursors.length).toBeGreaterThanOrEqual(2);
    for (const cursor of [...cursors, '', '{"version":1,"tar', '{"version":99,"targets":{}}']) {
      writeFileSync(path, cursor);
      await shipJournal({ client: connect(), folder });
      expect(shown()).toEqual(expected);
    }
  });

  async function countRequests() {
    const counted = new FakeMlflow();
    const kept = server;
    server = counted;
    rmSync(join(folder, 'mlflow.json'), { force: true });
    await shipJournal({ client: connect(), folder });
    server = kept;
    return counted;
  }
});

describe('several shippers of one journal', () => {
  it('end with one run that has everything, whoever won', async () => {
    for (let round = 0; round < 5; round++) {
      server = new FakeMlflow();
      writeWholeRun(60, 20);
      const expected = await shipOnceToFreshServer();
      const folders = ['a', 'b', 'c'].map((name) => join(root, name));
      for (const copy of folders) cpSync(folder, copy, { recursive: true });
      // Interleaved differently each round.
      const pace = new MlflowClient('http://server', {
        fetch: async (url, init) => {
          await new Promise((resolve) => setTimeout(resolve, Math.random() * 3));
          return await server.fetch(url, init);
        },
      });
      await Promise.all(folders.map((copy) => shipJournal({ client: pace, folder: copy })));
      await shipJournal({ client: pace, folder: folders[0] as string });
      expect(shown()).toEqual(expected);
      for (const copy of folders) rmSync(copy, { recursive: true });
      rmSync(join(root, 'reference'), { recursive: true });
    }
  });

  it('move to the winner when their own run is deleted in the middle', async () => {
    write([run(), ...points('a', 0, 3000)]);
    const expected = await shipOnceToFreshServer();
    let batches = 0;
    server.fault = (_request, path) => {
      if (!path.endsWith('log-batch')) return 'none';
      batches += 1;
      // Another process made a run with the same uid and a lower id, and deleted this one.
      if (batches === 2) {
        const [mine] = server.runs;
        if (mine === undefined) throw new Error('there is no run');
        server.runs.push({
          ...mine,
          runId: '0'.repeat(32),
          params: new Map(),
          points: new Map(),
          tags: new Map(mine.tags),
        });
        mine.isDeleted = true;
      }
      return 'none';
    };
    const report = await shipJournal({ client: connect(), folder });
    expect(report).toMatchObject({ runId: '0'.repeat(32), isComplete: true });
    expect(shown()).toEqual(expected);
  });
});

describe('a network that makes a run twice, the second time late,', () => {
  it.each(['0', 'f'])('leaves one run with everything, where the late one has an id of %s', async (digit) => {
    write([run(), ...points('a', 0, 1500), { type: 'status', status: 'FINISHED' }]);
    const expected = await shipOnceToFreshServer();
    let batches = 0;
    server.fault = (_request, path) => {
      if (path.endsWith('log-batch')) batches += 1;
      const [mine] = server.runs;
      if (batches === 2 && server.runs.length === 1 && mine !== undefined) {
        const late = { params: new Map(), points: new Map(), datasets: new Set<string>(), tags: new Map(mine.tags) };
        server.runs.push({ ...mine, ...late, runId: digit.repeat(32), status: 'RUNNING', endTime: undefined });
      }
      return 'none';
    };
    expect(await shipJournal({ client: connect(), folder })).toMatchObject({ isComplete: true });
    expect(shown()).toEqual(expected);
  });
});

describe('the files of a run', () => {
  it.skipIf(!existsSync('/proc/self/fd'))('are closed again, however many journals are shipped', async () => {
    write([run(), ...points('a', 0, 3)]);
    await shipJournals({ client: connect(), folders: [folder] });
    const before = readdirSync('/proc/self/fd').length;
    for (let time = 0; time < 20; time++) await shipJournals({ client: connect(), folders: [folder] });
    expect(readdirSync('/proc/self/fd').length).toBeLessThan(before + 10);
  });
});

describe('what cannot be shipped', () => {
  it('does not hold up the rest: refused entries, missing files, files outside', async () => {
    write([
      run(),
      { type: 'params', values: { lr: '0.1' } },
      ...points('a', 0, 3),
      { type: 'artifact', path: 'missing.json', artifactPath: 'missing.json' },
      { type: 'artifact', path: '../../etc/passwd', artifactPath: 'passwd' },
    ]);
    await shipJournal({ client: connect(), folder });
    server.activeRuns[0]?.params.set('lr', '0.5');
    rmSync(join(folder, 'mlflow.json'));
    const problems: ShipProblem[] = [];
    const report = await shipJournal({ client: connect(), folder, onProblem: (problem) => problems.push(problem) });
    expect(report).toMatchObject({ isComplete: true, sent: { points: 0, refused: 1, files: 0 } });
    expect(problems.map(({ code, message }) => [code, message.replace(/POST.*allowed/, '…')])).toEqual([
      ['refused', expect.stringContaining('param lr')],
      ['file', 'missing.json is no longer in the run folder'],
      ['file', '../../etc/passwd lies outside the run folder'],
    ]);
    expect(server.artifacts.size).toBe(0);
  });

  it('whole, because MLflow cuts it, is kept whole as an artifact', async () => {
    const [long, note] = ['x'.repeat(7000), 'y'.repeat(9000)];
    write([
      run(),
      { type: 'params', values: { 'data.notes': long, lr: '0.1' } },
      { type: 'tags', values: { 'mlflow.note.content': note } },
    ]);
    const problems: ShipProblem[] = [];
    await shipJournal({ client: connect(), folder, onProblem: (problem) => problems.push(problem) });
    expect(shown().params['data.notes']).toHaveLength(6000);
    expect(shown().tags['mlflow.note.content']).toHaveLength(8000);
    expect(shown().artifacts).toEqual([
      ['full-values/params/data.notes.txt', long],
      ['full-values/tags/mlflow.note.content.txt', note],
    ]);
    expect(problems.map(({ message }) => message)).toContain(
      'param data.notes: 6000 of its 7000 characters are kept in MLflow, all of them as an artifact in full-values',
    );
  });

  it('is told once when many points are not finite', async () => {
    const metrics = [Number.NaN, Number.NaN, 1].map(
      (value, step): JournalFact => ({ type: 'metric', key: 'loss', step, value }),
    );
    write([run(), ...metrics]);
    const problems: ShipProblem[] = [];
    await shipJournal({ client: connect(), folder, onProblem: (problem) => problems.push(problem) });
    expect(problems.map((problem) => problem.message)).toEqual([
      'metric loss is NaN at step 0; MLflow gets a mark instead',
    ]);
    expect(shown().tags['run.first_nonfinite']).toBe('loss@0');
    expect(shown().points).toHaveLength(3);
  });

  it('ends when somebody deleted the run in MLflow', async () => {
    write([run(), ...points('a', 0, 3)]);
    await shipJournal({ client: connect(), folder });
    (server.runs[0] as { isDeleted: boolean }).isDeleted = true;
    write(points('a', 3, 6));
    await expect(shipJournal({ client: connect(), folder })).rejects.toThrow(/was deleted in MLflow/);
    expect(server.runs).toHaveLength(1);
  });

  it('is named when the journal does not begin with a run', async () => {
    write(points('a', 0, 1));
    await expect(shipJournal({ client: connect(), folder })).rejects.toMatchObject({ code: 'corrupt' });
  });
});

describe('many journals', () => {
  it('ship side by side, sweeps before the trials that are shown under them', async () => {
    const folders = ['trial-1', 'trial-2', 'sweep', 'broken'].map((name) => join(root, name));
    for (const each of folders) mkdirSync(each);
    const [first = '', second = '', sweep = '', broken = ''] = folders;
    write([run('t1', 's'), ...points('a', 0, 5)], first);
    write([run('t2', 's'), ...points('a', 0, 5)], second);
    write([run('s')], sweep);
    writeFileSync(join(broken, 'journal.jsonl'), 'nonsense\n{}\n');
    const outcomes = await shipJournals({ client: connect(), folders });
    expect(outcomes.map((outcome) => ('report' in outcome ? outcome.report.sent.points : 'failed'))).toEqual([
      5,
      5,
      0,
      'failed',
    ]);
    const parent = server.runs.find((each) => each.tags.get('oneshot.run_uid') === 's');
    const parents = server.runs.map((each) => each.tags.get('mlflow.parentRunId'));
    expect(parents.filter((id) => id === parent?.runId)).toHaveLength(2);
  });

  it('get their parent later when the sweep was not there yet', async () => {
    const sweep = join(root, 'sweep');
    mkdirSync(sweep);
    write([run('t1', 's')]);
    write([run('s')], sweep);
    await shipJournal({ client: connect(), folder });
    expect(server.runs[0]?.tags.has('mlflow.parentRunId')).toBe(false);
    await shipJournal({ client: connect(), folder: sweep });
    await shipJournal({ client: connect(), folder });
    expect(server.runs[0]?.tags.get('mlflow.parentRunId')).toBe(server.runs[1]?.runId);
  });
});

describe('a folder that cannot be written', () => {
  it('ships all the same, says so once, and the next time sends only what the server has not', async () => {
    writeWholeRun();
    // A folder of this name: writing the cursor fails as it does on a file system that is full or read-only.
    mkdirSync(join(folder, 'mlflow.json'));
    const problems: ShipProblem[] = [];
    const ship = () => shipJournal({ client: connect(), folder, onProblem: (problem) => problems.push(problem) });
    const first = await ship();
    expect(first).toMatchObject({ isComplete: true, sent: { points: 2500, params: 150 } });
    expect(problems.map(({ code }) => code)).toEqual(['not-remembered']);
    const expected = shown();
    server.pointsReceived = 0;
    write(points('train/loss', 1200, 1210));
    const second = await ship();
    expect(second).toMatchObject({ isComplete: true, sent: { points: 10, params: 0 } });
    expect(server.pointsReceived).toBe(10);
    expect(shown().points).toHaveLength(expected.points.length + 10);
  });

  it('sends a point again whose value or time the server has otherwise', async () => {
    clock = 5000;
    write([run(), ...points('train/loss', 0, 3)]);
    await shipJournal({ client: connect(), folder });
    const [only] = server.activeRuns;
    const [key = ''] = [...(only?.points.keys() ?? [])];
    only?.points.delete(key);
    rmSync(join(folder, 'mlflow.json'));
    const report = await shipJournal({ client: connect(), folder });
    expect(report.sent.points).toBe(1);
    expect(only?.points.has(key)).toBe(true);
  });
});

describe('following', () => {
  const follow = (problems: ShipProblem[] = []) =>
    followJournal({
      client: connect(),
      folder,
      pollMs: 5,
      maxPauseMs: 20,
      onProblem: (problem) => problems.push(problem),
    });
  const until = async (condition: () => boolean) => {
    while (!condition()) await new Promise((resolve) => setTimeout(resolve, 2));
  };

  it('ships what is written while it is written, and drains at the end', async () => {
    const follower = follow();
    write([run(), ...points('a', 0, 10)]);
    await until(() => server.activeRuns[0]?.points.size === 10);
    write(points('a', 10, 20));
    await until(() => server.activeRuns[0]?.points.size === 20);
    write([...points('a', 20, 30), { type: 'status', status: 'FINISHED' }]);
    expect(await follower.drain(10_000)).toMatchObject({ isComplete: true, sent: { points: 30 } });
    expect(shown()).toMatchObject({ status: 'FINISHED' });
  });

  it('tells a dead server once and goes on when it is back', async () => {
    const problems: ShipProblem[] = [];
    let isDown = true;
    server.fault = () => (isDown ? 'refused' : 'none');
    write([run(), ...points('a', 0, 10)]);
    const follower = follow(problems);
    await until(() => server.requests > 4);
    isDown = false;
    await until(() => server.activeRuns[0]?.points.size === 10);
    expect(await follower.drain(10_000)).toMatchObject({ isComplete: true });
    expect(problems.map((problem) => problem.code)).toEqual(['failed']);
  });

  it('gives up draining at its limit', async () => {
    server.fault = () => 'refused';
    write([run()]);
    const report = await follow().drain(50);
    expect(report.isComplete).toBe(false);
  });

  it('stops at once, and of a deleted run tells so and ends', async () => {
    write([run()]);
    const problems: ShipProblem[] = [];
    const follower = follow(problems);
    await until(() => server.activeRuns.length === 1 && existsSync(join(folder, 'mlflow.json')));
    (server.runs[0] as { isDeleted: boolean }).isDeleted = true;
    write([run(), ...points('a', 0, 1)]);
    await until(() => problems.length > 0);
    await follower.stop();
    expect(problems.map((problem) => problem.code)).toEqual(['run-deleted']);
  });
});

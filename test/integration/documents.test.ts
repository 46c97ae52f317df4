// Every command in the documents runs, but for those that are marked; every link leads to a file. Networks are trained for
// a moment and measured on a few queries only: `run` gets some --set arguments more here.
import { execFile } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, test } from 'vitest';
import { readLinks, readShellBlocks } from '../support/read-blocks.js';
import { DATA_FOLDER, MAIN, newFolder } from '../support/run-command.js';

const ROOT = resolve(import.meta.dirname, '../..');
const PAGES = [
  'docs/run-and-resume.md',
  'docs/read-the-numbers.md',
  'docs/sweeps.md',
  'docs/slurm.md',
  'docs/reproduce-the-paper.md',
  'docs/mlflow.md',
  'docs/engines.md',
  'README.ko.md',
];
const LINKED = [
  ...readdirSync(join(ROOT, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
  'README.md',
  'README.ko.md',
  'CONTRIBUTING.md',
];

const read = (page: string) => readFileSync(join(ROOT, page), 'utf8');

/** Values that `run` is given besides. */
const SHORT = [
  'training.maxEpochs=1',
  'training.stepsPerEpoch=2',
  'training.validation.queries=20',
  'evaluation=[{protocol: within-alphabet, nWay: 5, episodes: 4}]',
];
/** Two trials beside other work of the machine. */
const LIMIT_MS = 180_000;

/** A folder like a clone, with `oneshot` and `npx` in its `bin`. */
function makeSandbox(): string {
  const sandbox = newFolder();
  for (const folder of ['experiments', 'schemas'])
    cpSync(join(ROOT, folder), join(sandbox, folder), { recursive: true });
  const programs = join(sandbox, 'bin');
  mkdirSync(programs);
  const command = `#!/bin/sh
if [ "$1" = run ]; then set -- "$@" ${SHORT.map((value) => `--set '${value}'`).join(' ')}; fi
exec "${process.execPath}" "${MAIN}" "$@"
`;
  writeFileSync(join(programs, 'oneshot'), command, { mode: 0o755 });
  writeFileSync(join(programs, 'npx'), '#!/bin/sh\nexec "$@"\n', { mode: 0o755 });
  return sandbox;
}

describe.each(PAGES)('%s', (page) => {
  const blocks = readShellBlocks(read(page));
  let sandbox = '';

  beforeAll(() => {
    sandbox = makeSandbox();
  });

  test('has commands to run', () => {
    expect(blocks.length).toBeGreaterThan(0);
  });

  test.each(blocks.map(({ line, commands }) => [line, commands] as const))(
    'line %i: %s',
    async (_, commands) => {
      const env = {
        ...process.env,
        PATH: `${join(sandbox, 'bin')}:${process.env.PATH}`,
        ONESHOT_DATA: DATA_FOLDER,
        MLFLOW_TRACKING_URI: '',
        NO_COLOR: '1',
      };
      await promisify(execFile)('sh', ['-ec', commands], { cwd: sandbox, env, maxBuffer: 2 ** 26 });
    },
    LIMIT_MS,
  );
});

test.each(LINKED)('every link in %s leads to a file', (page) => {
  const broken = readLinks(read(page)).filter((link) => !existsSync(resolve(ROOT, dirname(page), link)));
  expect(broken).toEqual([]);
});

test('the list of documents names every page', () => {
  const names = readdirSync(join(ROOT, 'docs')).filter((name) => name.endsWith('.md') && name !== 'README.md');
  const links = readLinks(read('docs/README.md'));
  expect(names.filter((name) => !links.includes(name))).toEqual([]);
});

/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
// Exported networks in the runtimes of other programs, which know nothing of this one: ONNX Runtime and TensorFlow.js in a
// browser, ONNX Runtime in Python; and in this program's own library for pages. The examples are those of
// docs/use-a-model.md, as they stand there.
import { execFile } from 'node:child_process';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { drawGlyphs } from '../../src/data/glyphs/glyphs-data-set.js';
import { readRunExperiment } from '../../src/run-folder/read-run-experiment.js';
import { readTrialRecord } from '../../src/run-folder/run-folder.js';
import { openRun } from '../../src/trained/open-run.js';
import { listPictures } from '../../src/trained/picture-names.js';
import { createPictureReader } from '../../src/trained/read-pictures.js';
import { writeGlyphFiles } from '../support/glyph-files.js';
import { newFolder, runCommand, runFoldersOf } from '../support/run-command.js';
import { openBrowser } from './support/browser.js';
import { preparePython } from './support/prepare-python.js';
import { type FileServer, serveFiles } from './support/serve-files.js';

const ROOT = resolve(import.meta.dirname, '../..');
const { resolve: locate } = createRequire(import.meta.url);
const TENSORFLOW = join(dirname(locate('@tensorflow/tfjs/package.json')), 'dist/tf.min.js');
const ORT = dirname(locate('onnxruntime-web/wasm'));

type PageLibrary = typeof import('../../dist/browser/load-model.js');

/** What the browser is asked to compute, and what it answers. */
interface Computed {
  readonly embeddings: readonly number[];
  readonly names: readonly string[];
}

const folder = newFolder();
let run = '';
let browser: Browser;
let server: FileServer;
/** Ink of the queries, as this program sees them, and what its own forward pass makes of them. */
const ink: number[] = [];
let count = 0;
let imageSize = 0;
let ours: Computed;

beforeAll(async () => {
  const place = newFolder();
  const set = ['--set', 'data.validationAlphabets=2'];
  expect((await runCommand(['run', join(ROOT, 'test/fixtures/tiny.yaml'), ...set, '--runs', place])).code).toBe(0);
  run = runFoldersOf(place, 'tiny')[0]!;
  const { experiment } = readRunExperiment(run, readTrialRecord(run)!);
  if (experiment.data.dataset !== 'glyphs') throw new Error('tiny.yaml is on glyphs');
  const drawn = drawGlyphs(experiment.data);
  writeGlyphFiles(drawn, join(folder, 'known'), { alphabet: 'test-01', characters: 5, drawers: [0] });
  writeGlyphFiles(drawn, join(folder, 'new'), { alphabet: 'test-01', characters: 5, drawers: [1, 2, 3, 4] });
  cpSync(join(folder, 'new/character02/1.png'), join(folder, 'new.png'));
  await oneshot('export', run, '--support', 'known', '--out', 'trees.onnx');
  await oneshot('export', run, '--support', 'known', '--out', 'trees', '--format', 'tfjs');
  await oneshot('export', run, '--support', 'known', '--out', 'trees.safetensors', '--format', 'safetensors');
  ours = await computeHere();
  browser = await openBrowser();
  server = await serveFiles(new Map());
}, 240_000);

afterAll(async () => {
  await browser?.close();
  await server?.close();
});

/** Standard output of a command that succeeds in the folder. */
async function oneshot(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await runCommand(args, { cwd: folder });
  expect([code, stderr]).toEqual([0, expect.anything()]);
  return stdout;
}

async function computeHere(): Promise<Computed> {
  const { pictures } = openRun(run);
  const read = createPictureReader(pictures);
  const files = listPictures([join(folder, 'new')]);
  for (const file of files) ink.push(...Array.from((await read(file)).pixels, (value) => value / 255));
  [count, imageSize] = [files.length, pictures.imageSize];
  const lines = (await oneshot('embed', run, 'new')).trim().split('\n');
  const { answers } = JSON.parse(
    await oneshot('classify', run, '--support', 'known', 'new', '--json', '--threshold', 'none'),
  );
  return {
    embeddings: lines.flatMap((line) => JSON.parse(line).embedding as number[]),
    names: answers.map(({ name }: { name: string }) => name),
  };
}

/** A page of the server with this in its markup, at whose addresses the files lie. */
async function openPage(markup: string, files: Readonly<Record<string, string>>): Promise<Page> {
  const page = await browser.newPage();
  const html = join(newFolder(), 'page.html');
  writeFileSync(html, `<!doctype html>${markup}`);
  for (const [address, file] of Object.entries({ ...files, '/page.html': html })) server.files.set(address, file);
  await page.goto(`${server.uri}/page.html`);
  return page;
}

function expectOurs({ embeddings, names }: Computed): void {
  expect(embeddings).toHaveLength(ours.embeddings.length);
  expect(Math.max(...embeddings.map((value, i) => Math.abs(value - ours.embeddings[i]!)))).toBeLessThan(1e-4);
  expect(names).toEqual(ours.names);
}

test('what is compared tells pictures and classes apart', () => {
  expect(count).toBe(20);
  expect(new Set(ours.names).size).toBeGreaterThan(2);
  expect(Math.max(...ours.embeddings) - Math.min(...ours.embeddings)).toBeGreaterThan(0.1);
});

describe('in a browser', () => {
  test('ONNX Runtime computes the same embeddings and names from the ONNX file', async () => {
    const files = ['ort.wasm.min.js', 'ort-wasm-simd-threaded.mjs', 'ort-wasm-simd-threaded.wasm'];
    const page = await openPage('<script src="/ort/ort.wasm.min.js"></script>', {
      ...Object.fromEntries(files.map((name) => [`/ort/${name}`, join(ORT, name)])),
      '/trees.onnx': join(folder, 'trees.onnx'),
    });
    const labels = ['1', '2', '3', '4', '5'].map((n) => `character0${n}`);
    const computed = await page.evaluate(
      async ({ ink, count, imageSize, labels }) => {
        const { ort } = globalThis as unknown as { ort: typeof import('onnxruntime-web') };
        ort.env.wasm.numThreads = 1;
        const session = await ort.InferenceSession.create('/trees.onnx');
        const pictures = new ort.Tensor('float32', Float32Array.from(ink), [count, imageSize, imageSize, 1]);
        const { embeddings, probabilities } = await session.run({ pictures });
        const shares = Array.from(probabilities!.data as Float32Array);
        const names = Array.from({ length: count }, (_, i) => {
          const row = shares.slice(i * labels.length, (i + 1) * labels.length);
          return labels[row.indexOf(Math.max(...row))]!;
        });
        return { embeddings: Array.from(embeddings!.data as Float32Array), names };
      },
      { ink, count, imageSize, labels },
    );
    expectOurs(computed);
    await page.close();
  });

  test('TensorFlow.js computes the same from the graph model', async () => {
    const page = await openPage('<script src="/tf.min.js"></script>', {
      '/tf.min.js': TENSORFLOW,
      '/trees/model.json': join(folder, 'trees/model.json'),
      '/trees/weights.bin': join(folder, 'trees/weights.bin'),
    });
    const computed = await page.evaluate(
      async ({ ink, count, imageSize }) => {
        const { tf } = globalThis as unknown as { tf: typeof import('@tensorflow/tfjs') };
        const model = await tf.loadGraphModel('/trees/model.json');
        const { labels } = model.metadata as { labels: string[] };
        const pictures = tf.tensor4d(ink, [count, imageSize, imageSize, 1]);
        const outputs = model.execute({ pictures }, [
          'embeddings',
          'probabilities',
        ]) as import('@tensorflow/tfjs').Tensor[];
        const best = (await outputs[1]!.argMax(1).data()) as Int32Array;
        return { embeddings: Array.from(await outputs[0]!.data()), names: Array.from(best, (i) => labels[i]!) };
      },
      { ink, count, imageSize },
    );
    expectOurs(computed);
    await page.close();
  });
});

test('the library of pages computes the same from the safetensors file, out of the files of the pictures', async () => {
  const files = listPictures([join(folder, 'new')]);
  const script = `<script type="module">import * as library from '/browser.js'; globalThis.library = library</script>`;
  const page = await openPage(script, {
    '/browser.js': join(ROOT, 'dist/pages/browser.js'),
    '/trees.safetensors': join(folder, 'trees.safetensors'),
    ...Object.fromEntries(files.map((file, i) => [`/new/${i}.png`, file])),
  });
  const requests: string[] = [];
  page.on('request', (made) => requests.push(new URL(made.url()).pathname));
  const computed = await page.evaluate(async (count) => {
    const { library } = globalThis as unknown as { library: PageLibrary };
    const model = await library.loadModel('/trees.safetensors');
    const pictures: Blob[] = [];
    for (let i = 0; i < count; i++) pictures.push(await (await fetch(`/new/${i}.png`)).blob());
    const embeddings = await model.embed(pictures);
    const names: string[] = [];
    for (const picture of pictures) names.push((await model.classify(picture, { threshold: 'none' })).name!);
    model.dispose();
    return { embeddings: embeddings.flatMap((embedding) => Array.from(embedding)), names };
  }, files.length);
  expectOurs(computed);
  expect(requests.filter((path) => !path.startsWith('/new/'))).toEqual(['/trees.safetensors']);
  await page.close();
});

/** Blocks of the page on trained networks in this language, in their order. */
function readExamples(language: string): string[] {
  const page = readFileSync(join(ROOT, 'docs/use-a-model.md'), 'utf8');
  return [...page.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, 'gms'))].map((match) => match[1]!);
}

describe('examples of the document', () => {
  let expected: { name: string; probability: number };

  beforeAll(async () => {
    const { answers } = JSON.parse(
      await oneshot('classify', run, '--support', 'known', 'new.png', '--json', '--threshold', 'none'),
    );
    expected = { name: answers[0].name, probability: answers[0].classes[0].probability };
  });

  test('Python, with ONNX Runtime', async () => {
    const python = await preparePython(join(tmpdir(), 'oneshot-onnxruntime-1.30.0'), [
      'onnxruntime==1.30.0',
      'numpy==2.4.6',
      'pillow==13.0.0',
    ]);
    const [example, ...others] = readExamples('python');
    expect(others).toEqual([]);
    writeFileSync(join(folder, 'example.py'), example!);
    const { stdout } = await promisify(execFile)(python, ['example.py'], { cwd: folder });
    const [name, probability] = stdout.trim().split(' ');
    expect(name).toBe(expected.name);
    expect(Number(probability)).toBeCloseTo(expected.probability, 4);
  });

  test('pages, with TensorFlow.js and with the library', async () => {
    const examples = readExamples('html');
    expect(examples).toHaveLength(2);
    for (const name of ['model.json', 'weights.bin'])
      server.files.set(`/site/trees/${name}`, join(folder, 'trees', name));
    server.files.set('/site/new.png', join(folder, 'new.png'));
    server.files.set('/site/trees.safetensors', join(folder, 'trees.safetensors'));
    server.files.set('/site/browser.js', join(ROOT, 'dist/pages/browser.js'));
    for (const [i, example] of examples.entries()) {
      const file = join(folder, `page-${i}.html`);
      writeFileSync(file, example);
      server.files.set('/site/index.html', file);
      const page = await browser.newPage();
      await page.route('https://cdn.jsdelivr.net/**', (route) => route.fulfill({ path: TENSORFLOW }));
      await page.goto(`${server.uri}/site/index.html`);
      await page.waitForFunction(() => document.body.innerText.endsWith('%'));
      const [, name, percent] = /(\S+) ([\d.]+) %/.exec(await page.innerText('body'))!;
      // The library alone knows the threshold.
      expect([expected.name, 'unknown']).toContain(name);
      if (i === 0) expect(name).toBe(expected.name);
      expect(Number(percent)).toBeCloseTo(100 * expected.probability, 0);
      await page.close();
    }
  });
});

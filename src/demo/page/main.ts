// The script of the page: something is drawn or dropped, the network looks at it, and what it says is shown, again and again.
import { randomStream } from '../../base/random-stream.js';
import { loadModel, type Model, type SeenPicture } from '../../browser/load-model.js';
import { DATA_IDS, type StarterCharacter, type StarterGroup } from '../page-data.js';
import { type Cards, createCards, type Example, type Known } from './known-cards.js';
import { createPad, type Pad } from './pad.js';
import { type PictureList, readPageData, readPictures, takeNetwork } from './page-data.js';
import { paintStrokes } from './paint-strokes.js';
import { type Pixels, paint, paintPixels, pictureOfStrokes, pixelsOfStrokes } from './pictures.js';

/** What the network is asked about. */
interface Query {
  readonly seen: SeenPicture;
  /** Its picture as people see it, for a card. */
  readonly makeCanvas: () => HTMLCanvasElement;
  /** The finest ink that is known of it; what the network sees when left out. */
  readonly ink?: Pixels;
  /** What it shows, and who drew it, where that is known. */
  readonly truth?: { readonly starter: string; readonly name: string; readonly drawer: number | undefined };
}

const page = readPageData();
const byId = <E extends HTMLElement = HTMLElement>(id: string) => document.getElementById(id) as E;
const [nameLine, whyLine, spoken, verdict] = ['name', 'why', 'spoken', 'verdict'].map((id) => byId(id)) as [
  HTMLElement,
  HTMLElement,
  HTMLElement,
  HTMLElement,
];
const thing = byId('remember').textContent.split(' ').at(-1)!;

let model: Model;
let shownPictures: PictureList;
let seenPictures: PictureList;
let known: Known[] = [];
let query: Query | undefined;
let made = 0;
let tried = 0;

/** Drawings of the pad that have not become a query yet. */
let isDrawn = false;

const pad: Pad = createPad(byId<HTMLCanvasElement>('pad'), {
  penWidth: page.penWidth,
  onChange(isSettled) {
    isDrawn = true;
    ask(isSettled);
  },
});
const cards: Cards = createCards(byId('cards'), {
  addExample(to) {
    if (query !== undefined) void extend(to, query);
  },
  forget(one) {
    const place = known.indexOf(one);
    known = known.filter((other) => other !== one);
    showKnown();
    // Whoever works with keys goes on at the same place.
    const buttons = document.querySelectorAll<HTMLButtonElement>('.card .forget');
    (buttons[Math.min(place, buttons.length - 1)] ?? byId('forget')).focus();
  },
  rename(one, label) {
    one.label = label;
    ask(false);
  },
});

// One question at a time; while it is answered, only the newest of those that follow is kept.
let asked = 0;
let answered = 0;
let isAsking = false;
let toSpeak = false;
function ask(isSettled: boolean): void {
  asked++;
  toSpeak ||= isSettled;
  verdict.setAttribute('aria-busy', 'true');
  if (!isAsking) void answerAll();
}

async function answerAll(): Promise<void> {
  isAsking = true;
  try {
    while (answered !== asked) {
      answered = asked;
      await answer();
      // The page goes on with what is waiting: strokes, above all.
      await new Promise((resolve) => setTimeout(resolve));
    }
  } catch (error) {
    say('That did not work', (error as Error).message);
  } finally {
    isAsking = false;
    verdict.setAttribute('aria-busy', 'false');
    if (toSpeak && query !== undefined) spoken.textContent = `${nameLine.textContent}. ${whyLine.textContent}`;
    toSpeak = false;
  }
}

async function answer(): Promise<void> {
  if (isDrawn) {
    isDrawn = false;
    query = pad.strokes.length === 0 ? undefined : await queryOfStrokes();
  }
  byId('pad-hint').hidden = query !== undefined;
  byId<HTMLButtonElement>('remember').disabled = query === undefined;
  showStrokes();
  cards.allowAdding(query !== undefined);
  if (query === undefined || known.length === 0) return showNothing();
  const { imageSize } = model.description.pictures;
  paintPixels(byId<HTMLCanvasElement>('seen'), pixelsOf(query.seen, imageSize));
  const examples = known.flatMap((one) => one.examples);
  const support = {
    labels: known.map(({ label }) => label),
    ways: known.flatMap((one, way) => one.examples.map(() => way)),
    embeddings: examples.map(({ embedding }) => embedding),
  };
  const { name, ranking, calibration } = await model.classify(query.seen, { support });
  const [best, next] = ranking;
  const shares = known.map((_, way) => ranking.find(({ support: at }) => support.ways[at] === way)!);
  cards.mark(
    shares.map((share) => ({
      share: share.probability,
      mark: share !== best ? undefined : name === undefined ? ('nearest' as const) : ('best' as const),
      winner: examples[share.support],
    })),
  );
  copyCanvas(examples[best!.support]!.canvas, byId<HTMLCanvasElement>('winner'), `nearest known: ${best!.label}`);
  verdict.classList.toggle('known-one', name !== undefined);
  verdict.classList.toggle('unknown-one', name === undefined);
  const truth = query.truth === undefined ? '' : tellTruth(query.truth, known[support.ways[best!.support]!]!, name);
  if (name === undefined) {
    const needs = calibration === undefined ? '' : `, and a name needs ${score(calibration.threshold)}`;
    say('None of these', `The nearest is ${best!.label}, with a score of ${score(best!.score)}${needs}.${truth}`);
  } else {
    const rest = next === undefined ? '' : `; next ${next.label}, ${percent(next.probability)}`;
    say(name, `${percent(best!.probability)} of ${known.length}${rest}.${truth}`);
  }
  tellReading(calibration);
}

/** Strokes are of ink: pictures in colour have none. */
function showStrokes(): void {
  const figure = byId('strokes-figure');
  figure.hidden = query === undefined || !isDrawing();
  if (query === undefined || figure.hidden) return;
  const canvas = byId<HTMLCanvasElement>('strokes');
  const pixels = query.ink ?? pixelsOf(query.seen, model.description.pictures.imageSize);
  const count = paintStrokes(canvas, pixels);
  const words = count === 0 ? 'no strokes' : `${count} ${count === 1 ? 'stroke' : 'strokes'}`;
  canvas.setAttribute('aria-label', `read as ${words}`);
  byId('strokes-words').textContent = words;
}

function tellTruth(truth: NonNullable<Query['truth']>, best: Known, name: string | undefined): string {
  const isHere = known.some(({ starter }) => starter === truth.starter);
  const isRight = isHere ? name !== undefined && best.starter === truth.starter : name === undefined;
  const what = isHere ? `It is ${truth.name}` : 'It is not among these';
  const whose = isDrawing() && truth.drawer !== undefined ? `, drawn by person ${truth.drawer}` : '';
  return ` ${isRight ? '✓' : '✗'} ${what}${whose}.`;
}

function tellReading(calibration: Awaited<ReturnType<Model['classify']>>['calibration']): void {
  if (calibration === undefined) return;
  const { nWay, kShot, falseUnknown, falseNames, knownQueries, selection, threshold } = calibration;
  byId('reading').textContent =
    `Calibrated on ${selection} ${thing}s with ${nWay} known and ${kShot} of each: ` +
    `a score below ${score(threshold)} is none of these. ` +
    `That calls ${percent(falseUnknown)} of the known ones unknown and gives ${percent(falseNames)} ` +
    `of the unknown ones a name (${knownQueries.toLocaleString('en')} drawings each).`;
}

function showNothing(): void {
  verdict.classList.remove('known-one', 'unknown-one');
  cards.mark([]);
  if (query === undefined) {
    clearCanvas('seen', `your drawing as the network sees it`);
    say(known.length === 0 ? 'Nothing is known yet' : invitation(), '');
  } else {
    paintPixels(byId<HTMLCanvasElement>('seen'), pixelsOf(query.seen, model.description.pictures.imageSize));
    say('Nothing is known yet', `Let it remember this ${thing}, and draw it again.`);
  }
  clearCanvas('winner', 'no picture yet');
}

function say(name: string, why: string): void {
  nameLine.textContent = name;
  whyLine.textContent = why;
}

const percent = (share: number) => {
  if (share > 0.995) return 'over 99 %';
  return share < 0.001 ? 'under 0.1 %' : `${(100 * share).toFixed(share > 0.0995 ? 0 : 1)} %`;
};
const score = (value: number) => value.toFixed(2).replace('-', '\u2212');

/** Whether the network knows drawings, not pictures in colour. */
const isDrawing = () => model.description.pictures.color === 'grey';
const invitation = () => (isDrawing() ? 'Draw something' : 'Open or drop a picture');

const pixelsOf = ({ pixels }: SeenPicture, size: number): Pixels => ({
  size,
  channels: pixels.length / size ** 2,
  values: pixels,
});

function clearCanvas(id: string, words: string): void {
  const canvas = byId<HTMLCanvasElement>(id);
  canvas.width = canvas.height = 1;
  canvas.setAttribute('aria-label', words);
}

function copyCanvas(from: HTMLCanvasElement, to: HTMLCanvasElement, words: string): void {
  to.width = from.width;
  to.height = from.height;
  to.getContext('2d')!.drawImage(from, 0, 0);
  to.setAttribute('aria-label', words);
}

async function queryOfStrokes(): Promise<Query> {
  const strokes = pad.strokes.map((points) => [...points]);
  const { ink } = model.description.pictures;
  const seen = await model.see(pictureOfStrokes(strokes, page.penWidth, ink === 'light'));
  const pixels = pixelsOfStrokes(strokes, page.penWidth);
  return { seen, ink: pixels, makeCanvas: () => paint(pixels) };
}

async function queryOfFile(file: Blob): Promise<Query & { readonly bitmap: ImageBitmap }> {
  const seen = await model.see(file);
  const bitmap = await createImageBitmap(file);
  return { seen, bitmap, makeCanvas: () => paint(bitmap) };
}

function queryOfDrawing(group: StarterGroup, character: StarterCharacter, drawing: number): Query {
  const { picture, drawer } = character.drawings[drawing]!;
  const { values, size } = seenPictures(picture);
  return {
    seen: { pixels: Uint8Array.from(values), height: size, width: size, ink: null },
    makeCanvas: () => paint(shownPictures(picture)),
    truth: { starter: starterOf(group, character), name: character.name, drawer },
  };
}

const starterOf = (group: StarterGroup, { name }: StarterCharacter) => `${group.name}/${name}`;

function askAbout(next: Query, picture: ImageBitmap | HTMLCanvasElement): void {
  query = next;
  isDrawn = false;
  pad.show(picture);
  ask(true);
}

async function embedExamples(queries: readonly Query[]): Promise<Example[]> {
  const embeddings = await model.embed(queries.map(({ seen }) => seen));
  return queries.map(({ makeCanvas }, i) => ({ embedding: embeddings[i]!, canvas: makeCanvas() }));
}

async function extend(one: Known, more: Query): Promise<void> {
  one.examples.push(...(await embedExamples([more])));
  showKnown();
}

async function remember(label: string, what: Query): Promise<void> {
  known.push({ label, examples: await embedExamples([what]) });
  showKnown();
}

function showKnown(): void {
  cards.show(known);
  const more = known.some(({ examples }) => examples.length > 1);
  byId('count').textContent =
    known.length === 0 ? '' : `${known.length}${more ? '' : `, one ${isDrawing() ? 'drawing' : 'picture'} each`}`;
  byId('empty').hidden = known.length > 0;
  ask(false);
}

async function startFrom(group: StarterGroup, count: number): Promise<void> {
  known = [];
  for (const character of group.characters.slice(0, count)) {
    const queries = character.drawings.slice(0, character.examples).map((_, i) => queryOfDrawing(group, character, i));
    const examples = await embedExamples(queries);
    known.push({ label: character.name, examples, starter: starterOf(group, character) });
  }
  showKnown();
}

/** A drawing that is no known example: of a known class, or of none of them. */
function tryDrawing(isKnown: boolean): void {
  const here = new Set(known.map(({ starter }) => starter));
  const choices = page.groups.flatMap((group) =>
    group.characters
      .filter((character) => character.drawings.length > (isKnown ? character.examples : 0))
      .filter((character) => here.has(starterOf(group, character)) === isKnown)
      .map((character) => ({ group, character })),
  );
  // What is not here is more of a question where it is of the same alphabet.
  const near = choices.filter(({ group }) => group.name === byId<HTMLSelectElement>('group').value);
  const from = near.length > 0 ? near : choices;
  if (from.length === 0) {
    say(isKnown ? 'None of the starters is known' : 'All of the starters are known', '');
    return;
  }
  const random = randomStream('demo', 'try', tried++);
  const { group, character } = random.pick(from);
  const first = isKnown ? character.examples : 0;
  const next = queryOfDrawing(group, character, first + random.integer(character.drawings.length - first));
  askAbout(next, next.makeCanvas());
}

async function openFile(file: Blob): Promise<void> {
  try {
    const next = await queryOfFile(file);
    askAbout(next, next.bitmap);
  } catch (error) {
    say('That is no picture', (error as Error).message);
  }
}

/** Files dropped on what is known become classes named after them. */
async function rememberFiles(files: Iterable<File>): Promise<void> {
  for (const file of files) {
    try {
      await remember(file.name.replace(/\.[^.]*$/, ''), await queryOfFile(file));
    } catch (error) {
      say(`${file.name} is no picture`, (error as Error).message);
    }
  }
}

function acceptDrops(target: HTMLElement, take: (files: FileList) => void): void {
  target.addEventListener('dragover', (event) => {
    event.preventDefault();
    target.classList.add('over');
  });
  target.addEventListener('dragleave', () => target.classList.remove('over'));
  target.addEventListener('drop', (event) => {
    event.preventDefault();
    target.classList.remove('over');
    if (event.dataTransfer !== null && event.dataTransfer.files.length > 0) take(event.dataTransfer.files);
  });
}

function connect(): void {
  const file = byId<HTMLInputElement>('file');
  byId('undo').addEventListener('click', () => {
    query = undefined;
    pad.undo();
  });
  byId('clear').addEventListener('click', () => pad.clear());
  byId('open').addEventListener('click', () => file.click());
  file.addEventListener('change', () => {
    const [first] = file.files ?? [];
    if (first !== undefined) void openFile(first);
    file.value = '';
  });
  addEventListener('paste', (event) => {
    const [first] = event.clipboardData?.files ?? [];
    if (first !== undefined) void openFile(first);
  });
  acceptDrops(document.querySelector('.pad')!, ([first]) => void openFile(first!));
  acceptDrops(document.querySelector('.known')!, (files) => void rememberFiles(files));
  byId('remember').addEventListener('click', () => {
    if (query !== undefined) void remember(`new ${++made}`, query);
  });
  byId('forget').addEventListener('click', () => {
    known = [];
    showKnown();
  });
  byId('try-known').addEventListener('click', () => tryDrawing(true));
  byId('try-unknown').addEventListener('click', () => tryDrawing(false));
}

/** Selects for the group of starters and how many of it. */
function offerStarters(): void {
  const [groups, ways] = [byId<HTMLSelectElement>('group'), byId<HTMLSelectElement>('ways')];
  const hasMore = page.groups.some(({ characters }) =>
    characters.some(({ drawings, examples }) => drawings.length > examples),
  );
  byId('tries').hidden = !hasMore;
  byId('group-label').hidden = page.groups.length === 1;
  const start = () => {
    const group = page.groups[groups.selectedIndex]!;
    const counts = [2, 5, 10, 20].filter((count) => count < group.characters.length);
    const wanted = Number(ways.value) || 20;
    const all = [...counts, group.characters.length];
    ways.replaceChildren(...all.map((count) => new Option(String(count))));
    ways.value = String(all.findLast((count) => count <= wanted) ?? all[0]);
    void startFrom(group, Number(ways.value));
  };
  groups.replaceChildren(...page.groups.map(({ name }) => new Option(name)));
  groups.addEventListener('change', start);
  ways.addEventListener('change', start);
  start();
}

async function open(): Promise<void> {
  say('One moment', 'The network is unpacked.');
  [model, shownPictures, seenPictures] = await Promise.all([
    loadModel(takeNetwork()),
    readPictures(DATA_IDS.shown, page.shown),
    readPictures(DATA_IDS.seen, page.seen),
  ]);
  connect();
  if (page.groups.length > 0) return offerStarters();
  for (const id of ['tries', 'group-label', 'ways-label']) byId(id).hidden = true;
  showKnown();
}

open().catch((error: unknown) => say('The network cannot be opened', (error as Error).message));

// A page that shows each query as the network sees it beside its nearest support pictures. One file that needs nothing else.
import { writeFileAtomic } from '../base/atomic-file.js';
import { Html, html } from '../base/html.js';
import { encodePng } from '../data/pictures/encode-png.js';
import { channelsOfForm, type PictureForm, type SeenPicture } from '../data/pictures/see-picture.js';
import type { EmbeddedSupport } from '../trained/embed-support.js';
import type { PictureAnswer } from './classify-pictures.js';

/** Queries on a page at most: each takes a kilobyte or two. */
export const SHEET_QUERIES = 1000;
/** Classes beside each query. */
const NEAREST = 5;

export interface SheetContent {
  readonly title: string;
  /** Sentences above the rows. */
  readonly notes: readonly string[];
  readonly support: EmbeddedSupport;
  readonly answers: readonly PictureAnswer[];
  readonly form: PictureForm;
}

/** Writes the page, whole or not at all. */
export function writeSheet(path: string, content: SheetContent): void {
  writeFileAtomic(path, renderSheet(content));
}

const STYLE = `
:root { color-scheme: light dark; --page: #fdfdfc; --ink: #1d1d1b; --quiet: #5b5b58; --faint: #deded9;
  --right: #00795a; --wrong: #b3003c; --unknown: #b34700; }
@media (prefers-color-scheme: dark) {
  :root { --page: #161615; --ink: #ececea; --quiet: #b4b4af; --faint: #3a3a38;
    --right: #2fcf9f; --wrong: #ff7a9a; --unknown: #ff8a3d; }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--ink);
  font: 16px/1.5 system-ui, 'Segoe UI', Roboto, 'Noto Sans', sans-serif; }
main { max-width: 1120px; margin: 0 auto; padding: 24px 16px 64px; }
h1 { font-size: 1.5rem; margin: 0 0 8px; overflow-wrap: anywhere; }
p { margin: 6px 0; color: var(--quiet); max-width: 46rem; overflow-wrap: anywhere; }
ol { list-style: none; margin: 20px 0 0; padding: 0; }
li.query { display: grid; grid-template-columns: 240px 1fr; gap: 16px; padding: 14px 0; border-top: 1px solid var(--faint); }
.asked { display: grid; grid-template-columns: 84px 1fr; gap: 12px; align-items: start; }
.asked b { display: block; font-size: 1.1rem; overflow-wrap: anywhere; }
.right { color: var(--right); } .wrong { color: var(--wrong); } .unknown { color: var(--unknown); }
small { display: block; color: var(--quiet); overflow-wrap: anywhere; }
.nearest { display: flex; flex-wrap: wrap; gap: 12px; margin: 0; padding: 0; list-style: none; }
.nearest li { width: 84px; font-size: 0.85rem; overflow-wrap: anywhere; }
img { width: 84px; height: 84px; image-rendering: pixelated; border: 1px solid var(--faint); background: #fff; display: block; }
.nearest li:first-child img { outline: 3px solid var(--quiet); }
@media (max-width: 640px) { li.query { grid-template-columns: 1fr; } }
`;

function renderSheet({ title, notes, support, answers, form }: SheetContent): string {
  const size = { height: form.imageSize, width: form.imageSize, channels: channelsOfForm(form) };
  const pictures = new Map(support.set.pictures.map(({ path }, i) => [path, support.seen[i]!]));
  const image = ({ pixels }: Pick<SeenPicture, 'pixels'>, text: string) =>
    html`<img alt="${text}" src="data:image/png;base64,${encodePng(pixels, size).toString('base64')}">`;
  const row = ({ picture, name, ranking, problem, seen, truth, isSupport }: PictureAnswer): Html => {
    if (seen === null) return html`<li class="query"><div><b>${picture}</b><small>${problem ?? ''}</small></div></li>`;
    const nearest = ranking.slice(0, NEAREST).map(
      ({ label, probability, support: path }) =>
        html`<li>${image(pictures.get(path)!, `nearest picture of ${label}`)}${label}
<small>${percent(probability)}</small></li>`,
    );
    // Colours judge, so a name has one only where the picture's folder says what is right.
    const isJudged = truth !== null && !isSupport;
    const kind = name === null ? 'unknown' : !isJudged ? 'named' : name === truth ? 'right' : 'wrong';
    const verdict = isSupport
      ? 'a picture of the support set'
      : isJudged
        ? name === truth
          ? 'right'
          : `its folder says ${truth}`
        : '';
    return html`<li class="query"><div class="asked">${image(seen, 'the query as the network sees it')}
<div><b class="${kind}">${name ?? 'unknown'}</b>${verdict === '' ? '' : html`<small>${verdict}</small>`}
<small>${picture}</small><small>${seen.ink === null ? 'in colour' : `${seen.ink} ink`}</small></div></div>
<ol class="nearest">${nearest}</ol></li>\n`;
  };
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<title>${title}</title>
<link rel="icon" href="data:,">
<style>${new Html(STYLE)}</style>
</head>
<body>
<main>
<h1>${title}</h1>
${notes.map((note) => html`<p>${note}</p>\n`)}
<ol>
${answers.map(row)}</ol>
</main>
</body>
</html>
`.markup;
}

const percent = (share: number) => `${(100 * share).toFixed(1)} %`;

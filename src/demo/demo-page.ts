// The page's markup. What changes on it is made by its script (page/main.ts).
import { Html, html } from '../base/html.js';
import type { ReportedAccuracy, TrainedNetwork } from '../trained/trained-network.js';
import { DEMO_STYLE } from './demo-style.js';

export interface DemoPageParts {
  /** Whether the classes that it starts with are none that the network was trained on. */
  readonly isUnseen: boolean;
  /** The text of the script, and its hash for the page's policy. */
  readonly script: string;
  readonly scriptHash: string;
  /** What the script finds in the page, by the element's id. */
  readonly data: Readonly<Record<string, string>>;
}

/** The text of the page. */
export function renderDemoPage(network: TrainedNetwork, { isUnseen, script, scriptHash, data }: DemoPageParts): string {
  // Nothing is fetched and nothing can be sent: what is drawn stays in the page.
  const policy =
    `default-src 'none'; script-src ${scriptHash} 'wasm-unsafe-eval'; style-src 'unsafe-inline'; ` +
    `img-src data: blob:; base-uri 'none'; form-action 'none'`;
  const blocks = Object.entries(data).map(([id, text]) => html`${dataBlock(id, text)}\n`);
  const thing = nameThing(network);
  const isDrawing = network.pictures.color === 'grey';
  const picture = isDrawing ? 'drawing' : 'picture';
  const never = isUnseen ? `This network has never seen these ${thing}s. ` : '';
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<title>One look is enough: ${network.origin.experiment}</title>
<link rel="icon" href="data:,">
<style>${new Html(DEMO_STYLE)}</style>
</head>
<body>
<header>
<h1>One look is enough</h1>
<p>${never}It is shown <b>one ${picture} of each ${thing}</b>, and then names what you
${isDrawing ? '' : 'drop or '}draw. Nothing leaves this page.</p>
</header>
<main>
<section class="drawing" aria-labelledby="draw-title">
<h2 id="draw-title">${isDrawing ? 'Draw' : 'Drop or draw'} one of them</h2>
<div class="pad">
<canvas id="pad" tabindex="0" role="application" aria-label="Drawing area" aria-describedby="pad-help"></canvas>
<p id="pad-hint" aria-hidden="true">draw here<br><small>or drop a picture</small></p>
</div>
<p id="pad-help" class="unseen">Mouse, finger or pen draw. With the keyboard: arrow keys move the pen,
Space puts it down and lifts it, Control Z takes back a stroke, Delete clears.
Or open a picture, or ask for somebody's drawing.</p>
<div class="tools">
<button type="button" id="undo">Undo</button>
<button type="button" id="clear">Clear</button>
<button type="button" id="open">Open a picture</button>
<input type="file" id="file" accept="image/*" hidden>
</div>
<div class="tools" id="tries">
<button type="button" id="try-known">Somebody’s ${picture}</button>
<button type="button" id="try-unknown">One that is not here</button>
</div>
</section>
<section class="answer" aria-labelledby="answer-title">
<h2 id="answer-title">What it says</h2>
<div class="verdict" id="verdict">
<div class="pair">
<figure><canvas id="seen" width="1" height="1" role="img" aria-label="your drawing as the network sees it"></canvas>
<figcaption>what it sees</figcaption></figure>
<figure id="strokes-figure" hidden>
<canvas id="strokes" width="1" height="1" role="img" aria-label="no strokes yet"></canvas>
<figcaption id="strokes-words">its strokes</figcaption></figure>
<figure><canvas id="winner" width="1" height="1" role="img" aria-label="no picture yet"></canvas>
<figcaption>nearest known</figcaption></figure>
</div>
<div class="words">
<p id="name" class="name">${isDrawing ? 'Draw something' : 'Open or drop a picture'}</p>
<p id="why"></p>
</div>
</div>
<p id="spoken" class="unseen" role="status"></p>
<button type="button" id="remember" disabled>Remember it as a new ${thing}</button>
</section>
<section class="known" aria-labelledby="known-title">
<div class="head">
<h2 id="known-title">Known ${thing}s <span id="count"></span></h2>
<div class="choices">
<label id="group-label">from <select id="group"></select></label>
<label id="ways-label">how many <select id="ways"></select></label>
<button type="button" id="forget">Forget all</button>
</div>
</div>
<ol id="cards"></ol>
<p id="empty" hidden>Nothing is known. ${isDrawing ? 'Draw something' : 'Open a picture'} and let it be remembered, or drop pictures here: one of each ${thing}.</p>
</section>
</main>
<footer>
<details>
<summary>How this works, and how good it is</summary>
<p>The network turns each picture into an embedding ${countWeights(network)}: a list of numbers that is alike for drawings
of the same ${thing}. What you draw is compared with each known one; the score is how alike they are, and the shares
are a softmax of the scores at a temperature that fits its validation. <b>None of these</b> is said where the best
score is below a threshold from validation ${thing}s that were left out one at a time.</p>
<p id="reading"></p>
<p>${describeOrigin(network)}</p>
${network.accuracies.length > 0 ? renderAccuracies(network.accuracies) : ''}
<p>It computes in this page (WebAssembly), without a server: the page may connect to nothing. The licences of
what is in it are in <a href="LICENSES.txt">LICENSES.txt</a>; those of the data set hold for its pictures and for the
weights. Written by oneshot-runner ${network.origin.program}.</p>
</details>
</footer>
${blocks}${new Html(`<script type="module">${script}</script>`)}
</body>
</html>
`.markup;
}

// An element that is data to the browser and never runs.
function dataBlock(id: string, text: string): Html {
  return new Html(`<script type="text/plain" id="${id}">${text}</script>`);
}

/** What the network's classes are called. */
function nameThing({ origin, pictures }: TrainedNetwork): string {
  if (origin.dataset === 'mnist') return 'digit';
  return pictures.color === 'grey' && origin.dataset !== 'folder' ? 'character' : 'kind';
}

function countWeights({ weights }: TrainedNetwork): string {
  const count = [...weights.values()].reduce((sum, { values }) => sum + values.length, 0);
  return `(${count.toLocaleString('en')} weights)`;
}

const describeOrigin = ({ origin }: TrainedNetwork) =>
  `Run ${origin.experiment}/${origin.trial}, trained on ${origin.split}.`;

function renderAccuracies(accuracies: readonly ReportedAccuracy[]): Html {
  const percent = (share: number) => (100 * share).toFixed(1);
  const rows = accuracies.map(
    ({ task, accuracy, low, high, n }) =>
      html`<tr><th scope="row">${task}</th><td>${percent(accuracy)} %</td>
<td>${percent(low)} – ${percent(high)}</td><td>${n.toLocaleString('en')}</td></tr>`,
  );
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Measured accuracies"><table>
<caption>Measured on the run’s own test</caption>
<thead><tr><th scope="col">test</th><th scope="col">right</th>
<th scope="col">95 % interval</th><th scope="col">answers</th></tr></thead>
<tbody>${rows}</tbody></table></div>`;
}

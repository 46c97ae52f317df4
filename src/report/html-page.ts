// The report as one HTML file that needs nothing else: style, plots, pictures and tables of figures are inside.

import { PNG } from 'pngjs';
import { Html, html } from '../base/html.js';
import type { GalleryItem, GallerySupport } from '../evaluation/records/gallery.js';
import {
  type Block,
  type Csv,
  encodeCsv,
  type Fact,
  type Picture,
  type Plot,
  type Table,
  type Text,
} from './document.js';
import { PAGE_STYLE } from './page-style.js';
import { plotForPage } from './plots/plot-for-page.js';
import { SORT_SCRIPT, SORT_SCRIPT_SOURCE } from './sort-tables.js';

/** Nothing may be loaded from anywhere, and no script but ours runs, whatever a name in a file smuggles in. */
const SECURITY_POLICY = `default-src 'none'; style-src 'unsafe-inline'; img-src data:; script-src ${SORT_SCRIPT_SOURCE}`;

/** The text of the page. */
export function renderHtmlPage(title: string, blocks: readonly Block[], footer: string): string {
  const { top, sections } = divideIntoSections(blocks);
  const links = sections.map(({ heading: { id, text } }) => html`<li><a href="#${id}">${text}</a></li>`);
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${SECURITY_POLICY}">
<title>${title}: one-shot report</title>
<link rel="icon" href="data:,">
<style>${new Html(PAGE_STYLE)}</style>
</head>
<body>
<div class="page">
<nav aria-label="Sections"><ul>${links}</ul></nav>
<main>
<h1><bdi>${title}</bdi></h1>
${top.map((block) => renderBlock(block, 2))}
${sections.map(renderSection)}
<footer>${footer}</footer>
</main>
</div>
${new Html(`<script>${SORT_SCRIPT}</script>`)}
</body>
</html>
`;
  return page.markup;
}

type Heading = Extract<Block, { type: 'heading' }>;

interface Section {
  readonly heading: Heading;
  readonly blocks: readonly Block[];
}

function divideIntoSections(blocks: readonly Block[]): { top: readonly Block[]; sections: readonly Section[] } {
  const starts = blocks.flatMap((block, index) => (block.type === 'heading' ? [index] : []));
  const sections = starts.map((start, index) => ({
    heading: blocks[start] as Heading,
    blocks: blocks.slice(start + 1, starts[index + 1]),
  }));
  return { top: blocks.slice(0, starts[0]), sections };
}

// The target of links lies within the fold: a browser that follows one opens it.
function renderSection({ heading: { id, text, isFolded }, blocks }: Section): Html {
  return html`<details class="section"${new Html(isFolded ? '' : ' open')}><summary><h2>${text}</h2></summary>
<div class="content" id="${id}">
${blocks.map((block) => renderBlock(block, 3))}</div></details>
`;
}

// `level` is that of titles within the block.
function renderBlock(block: Block, level: 2 | 3): Html {
  switch (block.type) {
    case 'heading':
      return html``;
    case 'paragraph':
      return html`<p class="${block.tone ?? 'plain'}">${
        block.tone === 'alarm' ? 'Attention. ' : ''
      }${renderText(block.text)}</p>\n`;
    case 'list':
      return html`<ul>${block.items.map((item) => html`<li>${renderText(item)}</li>`)}</ul>\n`;
    case 'table':
      return renderTable(block.table, block.caption);
    case 'plots':
      return html`<div class="${block.wide ? 'plots wide' : 'plots'}">
${block.plots.map((plot) => renderPlot(plot, level))}${renderBeside(block)}</div>\n`;
    case 'listing':
      return html`<details class="listing"><summary>${block.title}</summary><pre tabindex="0">${block.text}</pre></details>\n`;
    case 'gallery':
      return html`<h3>${renderText(block.title)}</h3>\n${block.items.map(renderGalleryItem)}`;
    case 'picture':
      return renderPicture(block.picture);
    case 'download':
      return html`<p class="download">${linkCsv(block.data, block.text)}</p>\n`;
  }
}

function renderText(text: Text): Html[] {
  return text.map((inline) => {
    if (typeof inline === 'string') return html`${inline}`;
    if ('run' in inline) return html`<a href="#run-${inline.run}">${inline.run}</a>`;
    if ('break' in inline) return html`<br>`;
    if ('href' in inline) return html`<a href="${inline.href}"><bdi>${inline.text}</bdi></a>`;
    if ('picture' in inline)
      return html`<img class="small" src="data:image/png;base64,${inline.picture}" alt="${inline.alt}">`;
    if ('name' in inline) return html`<bdi>${inline.name}</bdi>`;
    if ('code' in inline) return html`<code>${inline.code}</code>`;
    return 'small' in inline ? html` <small>${inline.small}</small>` : html`<strong>${inline.strong}</strong>`;
  });
}

/** Rows of a table from which on it scrolls within itself. */
const MOST_ROWS = 20;

// Tables wider than a phone, or longer than a screen, scroll on their own; the keyboard reaches them.
function renderTable({ head, align, rows, listsRuns }: Table, caption = ''): Html {
  const place = (row: number) => new Html(listsRuns ? ` id="run-${row + 1}"` : '');
  const isTall = rows.length > MOST_ROWS;
  const extent = isTall ? `${rows.length} rows, which scroll` : '';
  const told = [caption, extent].filter((part) => part !== '').join(': ');
  const cells = (row: Table['rows'][number]) =>
    row.map((cell, column) => html`<td class="${align[column]!}">${renderText(cell)}</td>`);
  return html`${told === '' ? '' : html`<p class="caption">${told}</p>`}
<div class="${isTall ? 'scroll tall' : 'scroll'}" tabindex="0" role="region" aria-label="${caption || head.join(', ')}"><table>
<thead><tr>${head.map((text, column) => html`<th scope="col" class="${align[column]!}"><bdi>${text}</bdi></th>`)}</tr></thead>
<tbody>
${rows.map((row, index) => html`<tr${place(index)}>${cells(row)}</tr>\n`)}</tbody>
</table></div>\n`;
}

function renderPlot({ title, description, svg, data }: Plot, level: 2 | 3): Html {
  const tag = new Html(`h${level}`);
  return html`<figure class="plot"><${tag} class="title"><bdi>${title}</bdi></${tag}>${new Html(plotForPage(svg, description))}
<figcaption class="download">${linkCsv(data, 'Figures as CSV')}</figcaption></figure>\n`;
}

function renderBeside({ beside, number }: Extract<Block, { type: 'plots' }>): Html {
  if (beside === undefined) return html``;
  const shown = number && html`<p class="number"><strong>${number.value}</strong> <span>${number.text}</span></p>`;
  return html`<div class="beside">${shown ?? ''}${renderFacts(beside)}</div>`;
}

function renderFacts(facts: readonly Fact[]): Html {
  return html`<dl class="facts">${facts.map(({ name, text }) => html`<dt>${name}</dt><dd>${renderText(text)}</dd>\n`)}</dl>\n`;
}

function renderPicture({ title, description, png, scale }: Picture): Html {
  const { width } = PNG.sync.read(Buffer.from(png, 'base64'));
  return html`<figure class="picture"><h3>${renderText(title)}</h3>
<img src="data:image/png;base64,${png}" alt="${description}" width="${scale * width}">
<figcaption>${description}</figcaption></figure>\n`;
}

function linkCsv(data: Csv, text: string): Html {
  const bytes = Buffer.from(encodeCsv(data)).toString('base64');
  return html`<a download="${data.file}" href="data:text/csv;charset=utf-8;base64,${bytes}">${text}</a>`;
}

function renderGalleryItem({ truth, won, query, support }: GalleryItem): Html {
  const verdict = won ? 'won' : 'lost';
  return html`<div class="item"><div class="query">
<img src="data:image/png;base64,${query}" alt="query: ${truth}"><div>${verdict}: <bdi>${truth}</bdi></div></div>
<div class="ways">${support.map(renderWay)}</div></div>\n`;
}

function renderWay({ character, picture, score, isTruth, isPrediction }: GallerySupport): Html {
  const role = isTruth ? 'truth' : isPrediction ? 'wrong' : '';
  const told = isTruth ? ', the right class' : isPrediction ? ', the wrong answer' : '';
  return html`<figure class="way ${role}">
<img src="data:image/png;base64,${picture}" alt="${character}${told}" title="${character}">
<figcaption>${score === null ? 'not finite' : formatScore(score)}</figcaption></figure>`;
}

function formatScore(score: number): string {
  return (Math.abs(score) >= 100 ? score.toFixed(0) : score.toFixed(2)).replace('-', '\u2212');
}

// The report as Markdown (GitHub's tables) with its plots as SVG and PNG files and its galleries as PNG files
// beside it.
import { parse } from 'node:path';
import { fileNameOf } from '../base/file-name.js';
import { showLine } from '../base/printable.js';
import { composeGalleryPng } from '../evaluation/records/gallery.js';
import {
  type Block,
  type Csv,
  encodeCsv,
  type Fact,
  type Inline,
  LINE_BREAK,
  type Plot,
  type Table,
  type Text,
} from './document.js';
import { rasterizePlot } from './plots/rasterize.js';

export interface MarkdownPage {
  readonly text: string;
  /** What the text refers to, by path from its folder. */
  readonly files: ReadonlyMap<string, string | Buffer>;
}

/** The page; its files lie in `filesFolder`, a name without separators. */
export function renderMarkdownPage(
  title: string,
  blocks: readonly Block[],
  footer: string,
  filesFolder: string,
): MarkdownPage {
  const files = new Map<string, string | Buffer>();
  // Names that differ in case alone are one file on Windows and macOS.
  const taken = new Map<string, string | Buffer>();
  const isFree = (name: string, content: string | Buffer) => {
    const other = taken.get(name.toLowerCase());
    return other === undefined || Buffer.from(other).equals(Buffer.from(content));
  };
  const addFile = (name: string, content: string | Buffer) => {
    const { name: stem, ext } = parse(name);
    let free = name;
    for (let number = 2; !isFree(free, content); number++) free = `${stem}-${number}${ext}`;
    taken.set(free.toLowerCase(), content);
    const path = `${filesFolder}/${free}`;
    files.set(path, content);
    return path;
  };
  const parts = blocks.map((block) => renderBlock(block, addFile));
  return {
    text: `# ${isolate(escapeMarkdown(title))}\n\n${parts.join('\n')}\n---\n\n${escapeMarkdown(footer)}\n`,
    files,
  };
}

type AddFile = (name: string, content: string | Buffer) => string;

function renderBlock(block: Block, addFile: AddFile): string {
  switch (block.type) {
    case 'heading':
      return `## ${escapeMarkdown(block.text)}\n`;
    case 'paragraph':
      return `${block.tone === 'alarm' ? '**Attention.** ' : ''}${renderText(block.text)}\n`;
    case 'list':
      return `${block.items.map((item) => `- ${renderText(item)}`).join('\n')}\n`;
    case 'table':
      return `${block.caption ? `${escapeMarkdown(block.caption)}\n\n` : ''}${renderMarkdownTable(block.table)}\n`;
    case 'plots':
      return [
        ...block.plots.map((plot) => renderPlot(plot, addFile)),
        ...(block.beside ? [renderFacts(block.beside)] : []),
      ].join('\n');
    case 'listing':
      return `<details><summary>${escapeMarkdown(block.title)}</summary>\n\n${fence(block.text)}\n\n</details>\n`;
    case 'gallery': {
      const stem = fileNameOf(renderPlain(block.title));
      const items = block.items.map((item, index) => {
        const picture = addFile(`episode-${stem}-${index + 1}.png`, composeGalleryPng(item));
        const verdict = `${item.won ? 'won' : 'lost'}: ${isolate(escapeMarkdown(item.truth))}`;
        return `${verdict}\n\n![query and support set](${picture})\n`;
      });
      return `### ${renderText(block.title)}\n\n${items.join('\n')}`;
    }
    case 'picture': {
      const { title, description, png, file } = block.picture;
      return `### ${renderText(title)}\n\n![${escapeMarkdown(description)}](${addFile(file, Buffer.from(png, 'base64'))})\n`;
    }
    case 'download':
      return `${linkCsv(block.data, block.text, addFile)}\n`;
  }
}

function renderPlot({ title, description, svg, data }: Plot, addFile: AddFile): string {
  const stem = data.file.replace(/\.csv$/, '');
  const picture = addFile(`${stem}.svg`, svg.replace('<svg ', '<svg style="background:#fff" '));
  const png = addFile(`${stem}.png`, rasterizePlot(svg));
  const links = `${linkCsv(data, 'Figures as CSV', addFile)}, [the plot as PNG](${png})`;
  return `### ${escapeMarkdown(title)}\n\n![${escapeMarkdown(description)}](${picture})\n\n${links}\n`;
}

// Longer than any row of backticks within.
function fence(text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const mark = '`'.repeat(longest + 1);
  return `${mark}yaml\n${text.trimEnd()}\n${mark}`;
}

function renderFacts(facts: readonly Fact[]): string {
  return `${facts.map(({ name, text }) => `- ${escapeMarkdown(name)}: ${renderText(text)}`).join('\n')}\n`;
}

function linkCsv(data: Csv, text: string, addFile: AddFile): string {
  return `[${escapeMarkdown(text)}](${addFile(data.file, encodeCsv(data))})`;
}

/** A table in GitHub's Markdown, its columns padded so that it reads well as plain text too. */
function renderMarkdownTable({ head, align, rows }: Table): string {
  return layOutTable(align, [head.map(escapeMarkdown), ...rows.map((row) => row.map(renderText))]);
}

/** The same table for a terminal: nothing is escaped, and signs that would steer the terminal are shown. */
export function renderPlainTable({ head, align, rows }: Table): string {
  return layOutTable(align, [head.map(showLine), ...rows.map((row) => row.map((cell) => showLine(renderPlain(cell))))]);
}

function layOutTable(align: Table['align'], cells: readonly (readonly string[])[]): string {
  const widths = align.map((_, column) => Math.max(3, ...cells.map((row) => [...row[column]!].length)));
  const pad = (text: string, column: number) => {
    const space = ' '.repeat(widths[column]! - [...text].length);
    return align[column] === 'right' ? space + text : text + space;
  };
  const rule = widths.map((width, column) =>
    align[column] === 'right' ? `${'-'.repeat(width - 1)}:` : '-'.repeat(width),
  );
  const [head, ...rows] = cells.map((row) => row.map(pad));
  return [head!, rule, ...rows].map((line) => `| ${line.join(' | ')} |\n`).join('');
}

function renderText(text: Text): string {
  return text.map(renderInline).join('');
}

function renderInline(inline: Inline): string {
  if (typeof inline === 'string') return escapeMarkdown(inline);
  if ('run' in inline) return String(inline.run);
  if ('break' in inline) return '<br>';
  if ('href' in inline) return `[${isolate(escapeMarkdown(inline.text))}](${inline.href})`;
  if ('picture' in inline) return '';
  if ('name' in inline) return isolate(escapeMarkdown(inline.name));
  if ('code' in inline) return `\`${inline.code}\``;
  return 'small' in inline ? ` ${escapeMarkdown(inline.small)}` : `**${escapeMarkdown(inline.strong)}**`;
}

function renderPlain(text: Text): string {
  const renderPiece = (inline: Inline) => {
    if (typeof inline === 'string') return inline;
    if (inline === LINE_BREAK) return '; ';
    if ('href' in inline) return inline.text;
    return 'picture' in inline ? '' : String(Object.values(inline)[0]);
  };
  return text.map(renderPiece).join('');
}

/** The text with every sign escaped that Markdown or HTML would take for markup; line ends become spaces. */
function escapeMarkdown(text: string): string {
  return text.replace(/\s*[\r\n]+\s*/g, ' ').replace(/[\\`*_[\]{}<>|#~!&]/g, '\\$&');
}

// Right-to-left names, and signs that change the direction of writing, stay within themselves (Unicode first-strong isolates).
function isolate(text: string): string {
  return /[\u0590-\u08ff\u200e\u200f\u202a-\u202e\u2066-\u2069\ufb1d-\ufdff\ufe70-\ufeff]/.test(text)
    ? `\u2068${text}\u2069`
    : text;
}

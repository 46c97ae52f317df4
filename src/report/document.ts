// A report as a list of blocks, which HTML and Markdown are both made from, so that they say the same.
import { encodeCsvRow } from '../base/csv-row.js';
import type { GalleryItem } from '../evaluation/records/gallery.js';

/**
 * A piece of running text. `name` came from outside (a file, an alphabet, a setting) and is kept apart from what
 * surrounds it, whatever its script; `small` is set on a line of its own where there is room, and what follows
 * `LINE_BREAK` too; `code` is the program's own and can be copied, without backticks or line ends.
 */
export type Inline =
  | string
  | { readonly name: string }
  | { readonly strong: string }
  | { readonly code: string }
  | { readonly small: string }
  | typeof LINE_BREAK
  | RunLink
  | FileLink
  | SmallPicture;

export const LINE_BREAK = { break: 'line' } as const;

/** Leads to a run's row: its number there. */
export interface RunLink {
  readonly run: number;
}

/** Leads to a file or folder beside the report, or to a page of a server. */
export interface FileLink {
  /** A relative path with `/` between its parts, or an address. Encoded by who writes it down. */
  readonly href: string;
  /** What is shown: a name from outside. */
  readonly text: string;
}

/** A picture of the data in a line of text: `[size, size]` pixels, a PNG file in base64. */
export interface SmallPicture {
  readonly picture: string;
  /** The picture in words. */
  readonly alt: string;
}

export type Text = readonly Inline[];

export interface Plot {
  readonly title: string;
  /** The plot in words, for those who do not see it. */
  readonly description: string;
  /** With the colours of light pages (`PLOT_COLORS`). */
  readonly svg: string;
  readonly data: Csv;
}

/** A name and what it stands for, `seeds`: `1, 2`. */
export interface Fact {
  readonly name: string;
  readonly text: Text;
}

/** Pixels, drawn without smoothing. */
export interface Picture {
  readonly title: Text;
  /** The picture in words, for those who do not see it. */
  readonly description: string;
  /** A PNG file in base64. */
  readonly png: string;
  /** Without folder, `filters.png`. */
  readonly file: string;
  /** Pixels of the page for each pixel of the picture, at most. */
  readonly scale: number;
}

/** The figures behind a plot or table, as a file. */
export interface Csv {
  /** Without folder, `learning-curve-train-loss.csv`. */
  readonly file: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly (string | number | undefined)[])[];
}

export interface Table {
  readonly head: readonly string[];
  /** Columns of figures are set right. */
  readonly align: readonly ('left' | 'right')[];
  readonly rows: readonly (readonly Text[])[];
  /** Whether each row is a run, in the order of their numbers: links lead here. */
  readonly listsRuns?: boolean;
}

export type Block =
  | { readonly type: 'heading'; readonly text: string; readonly id: string; readonly isFolded: boolean }
  | { readonly type: 'paragraph'; readonly text: Text; readonly tone?: 'lead' | 'alarm' | 'note' }
  | { readonly type: 'list'; readonly items: readonly Text[] }
  | { readonly type: 'table'; readonly table: Table; readonly caption?: string }
  /** `beside`: facts that stand beside the plots where there is room, below the number that the page is about. */
  | {
      readonly type: 'plots';
      readonly plots: readonly Plot[];
      readonly wide?: boolean;
      readonly beside?: readonly Fact[];
      readonly number?: { readonly value: string; readonly text: string };
    }
  /** A file's text as it is, folded away under its title. */
  | { readonly type: 'listing'; readonly title: string; readonly text: string }
  | { readonly type: 'gallery'; readonly title: Text; readonly items: readonly GalleryItem[] }
  | { readonly type: 'picture'; readonly picture: Picture }
  | { readonly type: 'download'; readonly text: string; readonly data: Csv };

/** The heading of a section that is folded until somebody asks for it; `id` is where links lead. */
export function heading(id: string, text: string): Block {
  return { type: 'heading', id, text, isFolded: true };
}

/** The heading of a section that stands open. */
export function openHeading(id: string, text: string): Block {
  return { type: 'heading', id, text, isFolded: false };
}

/** A plain paragraph. */
export function paragraph(...text: Text): Block {
  return { type: 'paragraph', text };
}

/** The CSV file's text (RFC 4180). A text that a spreadsheet would take for a formula gets an apostrophe in front. */
export function encodeCsv({ head, rows }: Csv): string {
  return [head, ...rows].map((row) => `${encodeCsvRow(row)}\r\n`).join('');
}

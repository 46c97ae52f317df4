// Labels from files beside pictures: tables with a column for the picture and one for its class, and JSON as few-shot
// libraries write their splits. What a row or entry says of a picture, and where it stands.
import { createRequire } from 'node:module';
import type { CsvError, Options } from 'csv-parse/sync';
import { readSplitWord, SPLIT_WORDS } from './split-words.js';

/** What a file says of a picture, or of a whole class. */
export interface Label {
  /**
   * As the file names the picture: a path within the folder, or the name alone. Undefined where all pictures of a class
   * are meant.
   */
  readonly picture?: string;
  readonly className: string;
  readonly group?: string;
  /** `train`, `val`, `test`, or another word for one of them. */
  readonly part?: string;
  /** `labels.csv:7`. */
  readonly where: string;
}

/** Names of columns, in lower case; the first that is there counts. */
const COLUMNS = {
  picture: ['path', 'file', 'filename', 'file_name', 'image', 'image_name', 'img', 'picture'],
  className: ['label', 'class', 'class_name', 'category', 'species', 'name'],
  group: ['group', 'superclass', 'supercategory', 'alphabet', 'family'],
  part: ['split', 'set', 'subset', 'partition', 'part'],
};

/**
 * The labels of a file by its name and text. Throws an Error that says what is wrong with it, with the line where there
 * is one.
 */
export function readLabels(file: string, text: string): Label[] {
  // train.csv, val.json, base.json: the file is a part of the split itself.
  const stem = file.slice(file.lastIndexOf('/') + 1).replace(/\.[^.]*$/, '');
  const part = readSplitWord(stem) === undefined ? undefined : stem;
  const plain = text.replace(/^\ufeff/, '');
  return /\.json$/i.test(file) ? readJson(file, plain, part) : readTable(file, plain, part);
}

function readTable(file: string, text: string, part: string | undefined): Label[] {
  const rows = parseTable(file, text);
  const [header = [], ...body] = rows.map(({ record }) => record);
  const names = header.map((name) => name.trim().toLowerCase());
  const indexOf = (choices: readonly string[]) => {
    const choice = choices.find((name) => names.includes(name));
    return choice === undefined ? undefined : names.indexOf(choice);
  };
  const picture = indexOf(COLUMNS.picture);
  const className = indexOf(COLUMNS.className);
  if (picture === undefined || className === undefined) {
    const missing = picture === undefined ? COLUMNS.picture : COLUMNS.className;
    throw new Error(
      `${file}:1 has the columns ${header.join(', ')}; expected one called ${missing.slice(0, 4).join(', ')}`,
    );
  }
  const [group, split] = [indexOf(COLUMNS.group), indexOf(COLUMNS.part)];
  return body.map((record, index): Label => {
    const where = `${file}:${rows[index + 1]!.line}`;
    const cell = (column: number | undefined) => (column === undefined ? '' : (record[column] ?? '').trim());
    if (cell(picture) === '') throw new Error(`${where} names no picture`);
    if (cell(className) === '') throw new Error(`${where} names no class for ${cell(picture)}`);
    return makeLabel({
      picture: cell(picture),
      className: cell(className),
      group: cell(group),
      part: cell(split) || part,
      where,
    });
  });
}

interface TableRow {
  readonly record: readonly string[];
  readonly line: number;
}

function parseTable(file: string, text: string): TableRow[] {
  const { parse } = createRequire(import.meta.url)('csv-parse/sync') as typeof import('csv-parse/sync');
  const [first = ''] = text.split('\n', 1);
  const delimiter = [',', '\t', ';'].reduce((a, b) => (first.split(b).length > first.split(a).length ? b : a));
  const options: Options = { delimiter, info: true, skip_empty_lines: true, relax_column_count: false };
  try {
    const parsed = parse(text, options) as unknown as { record: string[]; info: { lines: number } }[];
    return parsed.map(({ record, info }) => ({ record, line: info.lines }));
  } catch (error) {
    const { message, lines } = error as CsvError & { lines?: number };
    throw new Error(`${file}${lines === undefined ? '' : `:${lines}`} is no table: ${message}`, { cause: error });
  }
}

function readJson(file: string, text: string, part: string | undefined): Label[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new Error(`${file} is no JSON (${(error as Error).message})`, { cause: error });
  }
  const labels = readValue(file, value, part);
  if (labels.length === 0) throw new Error(`${file} names no pictures`);
  return labels;
}

// Forms: rows; {train: …, val: …, test: …} of any form; lists side by side as in "A closer look at few-shot classification"
// (image_names, image_labels, label_names); {class: [pictures]}; {picture: class}; and in a part, a list of classes.
function readValue(where: string, value: unknown, part: string | undefined): Label[] {
  if (Array.isArray(value)) {
    return value.map((item: unknown, index): Label => {
      const place = `${where}[${index}]`;
      if (typeof item === 'string') {
        if (part === undefined) throw new Error(`${place} is a name alone; expected it below ${SPLIT_WORDS}`);
        return makeLabel({ className: item, part, where: place });
      }
      return readRow(place, item, part);
    });
  }
  if (value === null || typeof value !== 'object') throw new Error(`${where} is no list and no map of pictures`);
  const map = value as Record<string, unknown>;
  if (Array.isArray(map.image_names) && Array.isArray(map.image_labels)) return readLists(where, map, part);
  return Object.entries(map).flatMap(([key, inner]): Label[] => {
    const place = `${where}.${key}`;
    if (part === undefined && readSplitWord(key) !== undefined) return readValue(place, inner, key);
    if (typeof inner === 'string') return [makeLabel({ picture: key, className: inner, part, where: place })];
    if (!Array.isArray(inner) || !inner.every((picture) => typeof picture === 'string'))
      throw new Error(`${place} is no list of pictures`);
    return inner.map((picture: string) => makeLabel({ picture, className: key, part, where: place }));
  });
}

function readRow(where: string, item: unknown, part: string | undefined): Label {
  const row = new Map(
    Object.entries((item ?? {}) as object).map(([key, cell]) => [key.toLowerCase(), String(cell ?? '')]),
  );
  const find = (choices: readonly string[]) => row.get(choices.find((name) => row.has(name)) ?? '') ?? '';
  const [picture, className] = [find(COLUMNS.picture), find(COLUMNS.className)];
  if (picture === '' || className === '')
    throw new Error(`${where} names no picture with a class: expected path and label`);
  return makeLabel({ picture, className, group: find(COLUMNS.group), part: find(COLUMNS.part) || part, where });
}

function readLists(where: string, map: Record<string, unknown>, part: string | undefined): Label[] {
  const names = map.image_names as unknown[];
  const classes = map.image_labels as unknown[];
  const classNames = Array.isArray(map.label_names) ? (map.label_names as unknown[]) : [];
  if (names.length !== classes.length)
    throw new Error(`${where} has ${names.length} image_names and ${classes.length} image_labels`);
  return names.map((name, index) => {
    const number = classes[index];
    return makeLabel({
      picture: String(name),
      className: String(typeof number === 'number' ? (classNames[number] ?? number) : number),
      part,
      where: `${where}.image_names[${index}]`,
    });
  });
}

function makeLabel(given: {
  picture?: string;
  className: string;
  group?: string;
  part?: string | undefined;
  where: string;
}): Label {
  const { picture, className, group, part, where } = given;
  if (part !== undefined && readSplitWord(part) === undefined)
    throw new Error(`${where} names the part ${JSON.stringify(part)}; expected ${SPLIT_WORDS}`);
  return {
    ...(picture === undefined ? {} : { picture: picture.replaceAll('\\', '/').replace(/^\.\//, '') }),
    className,
    ...(group === undefined || group === '' ? {} : { group }),
    ...(part === undefined ? {} : { part }),
    where,
  };
}

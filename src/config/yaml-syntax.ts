// What the YAML parser reports, in the words of this program and at the place that has to be mended. The parser notices
// some mistakes late (an open bracket at the next key, an open quote at the end of the file); here they go to their cause.
import { type Document, isMap, isPair, isScalar, type LineCounter, type Node, visit, type YAMLError } from 'yaml';

/** A mistake in the syntax, by its offset in the text. */
export interface SyntaxMistake {
  readonly offset: number;
  readonly found: string;
  readonly allowed: string;
  readonly hint?: string;
  /** The parser's reading of what surrounds the mistake cannot be trusted. */
  readonly misleads: boolean;
  /** A key that the parser does not see because of the mistake. */
  readonly hides?: string;
  /** End of what was misread, where that may go far: an open quote swallows what follows it. */
  readonly end?: number;
  /**
   * A change of one character that lets the parser read the rest of the file as it was meant; never used but to find
   * further mistakes.
   */
  readonly repair?: { readonly from: number; readonly to: number; readonly fill: string };
}

type Explanation = Omit<SyntaxMistake, 'offset' | 'misleads'> & { offset?: number; misleads?: boolean };

/** The mistakes of a document, by offset; one for each place. */
export function findSyntaxMistakes(document: Document.Parsed, text: string, lines: LineCounter): SyntaxMistake[] {
  const open = findOpenBrackets(document, text, lines);
  const quotes = findOpenQuotes(document);
  const mistakes: SyntaxMistake[] = [...open, ...quotes];
  const secondKeys = new Set(
    document.errors.flatMap(({ code, pos }) => (code === 'BLOCK_AS_IMPLICIT_KEY' ? [pos[0]] : [])),
  );
  const firstLeftOver = document.errors.find(({ message }) => / in YAML stream/.test(message));
  const unresolved = document.warnings.filter((warning) => warning.code === 'TAG_RESOLVE_FAILED');
  const keyEnds = secondKeys.size > 0 ? findFirstKeyEnds(document) : new Map<number, number>();
  for (const error of [...document.errors, ...unresolved]) {
    if (open.length > 0 && /must be sufficiently indented and end with|must end with a/.test(error.message)) continue;
    if (quotes.length > 0 && /^Missing closing/.test(error.message)) continue;
    // The same mistake under a second name.
    if (error.code === 'MULTILINE_IMPLICIT_KEY' && secondKeys.has(error.pos[0])) continue;
    // Behind the first thing that does not belong there the parser reports every further token of the file.
    if (/ in YAML stream/.test(error.message) && error !== firstLeftOver) continue;
    const explained = explain(error, keyEnds, text, lines);
    if (!explained) continue;
    mistakes.push({ offset: error.pos[0], misleads: true, ...explained });
  }
  const first = new Map<number, SyntaxMistake>();
  for (const mistake of mistakes.sort((a, b) => a.offset - b.offset)) {
    if (!first.has(mistake.offset)) first.set(mistake.offset, mistake);
  }
  return [...first.values()];
}

function explain(
  error: YAMLError,
  keyEnds: ReadonlyMap<number, number>,
  text: string,
  lines: LineCounter,
): Explanation | undefined {
  const [start] = error.pos;
  switch (error.code) {
    case 'TAB_AS_INDENT':
      return {
        found: 'a tab as indentation',
        allowed: 'spaces',
        repair: { from: start, to: start + /^\t*/.exec(text.slice(start))![0].length, fill: ' ' },
      };
    case 'DUPLICATE_KEY':
      return undefined; // Reported with its key path when the tree is built.
    case 'NON_STRING_KEY':
      return { found: 'a list or map as a key', allowed: 'text as a key', hint: 'a bracket may be missing before it' };
    case 'KEY_OVER_1024_CHARS':
      return { found: 'a key of more than 1024 characters', allowed: 'shorter keys' };
    case 'BAD_DQ_ESCAPE':
      return {
        found: `the escape ${/^\\./.exec(text.slice(start))?.[0] ?? '\\'}`,
        allowed: 'the escapes of YAML, \\n, \\t, \\\\, \\", …',
        hint: "in 'single quotes' a backslash is an ordinary character",
        misleads: false,
      };
    case 'BAD_SCALAR_START':
      return {
        found: `text that begins with ${text[start]}`,
        allowed: 'a value',
        hint: 'put text that begins with such a character in quotes',
        misleads: false,
      };
    case 'BAD_ALIAS':
      return { found: 'an alias without a name', allowed: '*name of an anchor above', misleads: false };
    case 'TAG_RESOLVE_FAILED':
      return {
        found: `the tag ${/^!\S*/.exec(text.slice(start))?.[0] ?? '!'}`,
        allowed: 'values without tags',
        misleads: false,
      };
    case 'MULTIPLE_ANCHORS':
      return { found: 'a second anchor', allowed: 'one anchor', misleads: false };
    case 'MULTIPLE_TAGS':
      return { found: 'a second tag', allowed: 'values without tags', misleads: false };
    case 'RESOURCE_EXHAUSTION':
      return { found: 'nesting that is too deep to read', allowed: 'an experiment', offset: 0 };
    case 'BLOCK_AS_IMPLICIT_KEY':
      return explainSecondKey(start, keyEnds, text, lines);
    case 'MULTILINE_IMPLICIT_KEY':
      return explainLongKey(start, text, lines);
    case 'BAD_INDENT':
      return {
        offset: start + /^\s*/.exec(text.slice(start))![0].length,
        found: 'an indentation that no line above has',
        allowed: 'the indentation of the keys beside it',
      };
    case 'BLOCK_IN_FLOW':
      return {
        found: 'a second key without a comma before it',
        allowed: 'commas between the entries of { } and [ ]',
      };
    case 'UNEXPECTED_TOKEN':
      return explainToken(error, text);
    case 'MISSING_CHAR':
      return explainMissing(error, text);
    default:
      return { found: lowerFirst(error.message), allowed: 'YAML 1.2' };
  }
}

/** `a: b: c`, or a value that goes on in a line that looks like a key. */
function explainSecondKey(
  start: number,
  keyEnds: ReadonlyMap<number, number>,
  text: string,
  lines: LineCounter,
): Explanation {
  const content = start + /^\s*/.exec(text.slice(start))![0].length;
  if (text[content] === '-') {
    return {
      offset: content,
      found: 'an item at an indentation that no item above has',
      allowed: 'the indentation of the items beside it',
    };
  }
  const keyEnd = keyEnds.get(start);
  const colon = keyEnd === undefined ? -1 : text.indexOf(':', keyEnd);
  const repair = colon < 0 ? undefined : { from: colon, to: colon + 1, fill: '.' };
  const key = text.slice(start, keyEnd ?? start);
  if (keyEnd !== undefined && lines.linePos(start).line !== lines.linePos(keyEnd).line) {
    const lastLine = text.lastIndexOf('\n', keyEnd - 1) + 1;
    const offset = lastLine + /^\s*/.exec(text.slice(lastLine))![0].length;
    return {
      offset,
      found: 'a key that is indented deeper than the keys above it',
      allowed: 'the indentation of the keys beside it',
      hides: text.slice(offset, keyEnd),
      repair: { from: offset, to: offset + restOfLine(text, offset).length, fill: ' ' },
    };
  }
  return {
    found: `a second key, ${JSON.stringify(shorten(key))}, in the value of a key`,
    allowed: 'one value',
    hint: 'put text that contains ": " in quotes',
    repair,
  };
}

/** A key that goes over several lines: its first line lacks a colon, or the space after the colon. */
function explainLongKey(start: number, text: string, lines: LineCounter): Explanation {
  const { line } = lines.linePos(start);
  const lineEnd = (lines.lineStarts[line] ?? text.length + 1) - 1;
  const content = text.slice(start, lineEnd).replace(/\r$/, '');
  if (/^[^\s:]+:\S/.test(content)) {
    return {
      found: JSON.stringify(shorten(content)),
      allowed: '"key: value"',
      hint: 'a space is missing after the colon',
      repair: { from: start, to: start + content.length, fill: ' ' },
    };
  }
  if (content.startsWith('-')) {
    return {
      found: 'an item of a list among the keys of a map',
      allowed: 'key: value',
      repair: { from: start, to: start + content.length, fill: ' ' },
    };
  }
  if (/^["']/.test(content)) {
    return {
      found: `the key ${JSON.stringify(shorten(content))} over several lines`,
      allowed: 'a key in a single line',
    };
  }
  const odd = /[：∶ː︓]/.exec(content)?.[0];
  return {
    found: JSON.stringify(shorten(content)),
    allowed: '"key: value"',
    hint:
      odd === undefined
        ? 'a colon is missing'
        : `U+${odd.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')} looks like a colon and is none`,
    repair: { from: start + content.length - 1, to: start + content.length, fill: ':' },
  };
}

function explainToken(error: YAMLError, text: string): Explanation | undefined {
  const [start] = error.pos;
  const character = text[start] ?? '';
  if (error.message.startsWith('Unexpected , in flow')) {
    return { found: 'a comma with nothing before it', allowed: 'one comma between two entries', misleads: false };
  }
  if (/in YAML stream/.test(error.message)) {
    if (!']}'.includes(character) || character === '')
      return {
        // Nothing behind it is read.
        end: text.length,
        found: `${JSON.stringify(shorten(restOfLine(text, start)))} behind the end of the value`,
        allowed: 'key: value',
      };
    return {
      found: `${character} without an opening ${character === ']' ? '[' : '{'}`,
      allowed: 'brackets in pairs',
      repair: { from: start, to: start + 1, fill: ' ' },
    };
  }
  if (error.message.includes('block-seq-ind')) {
    return {
      found: 'an item of a list among the keys of a map',
      allowed: 'key: value',
      repair: { from: start, to: start + restOfLine(text, start).length, fill: ' ' },
    };
  }
  // At the beginning of a line it is the rest of the file: what stands above it was read as the whole.
  const isRest = start === 0 || text[start - 1] === '\n';
  return {
    ...(isRest ? { end: text.length } : {}),
    found: `${JSON.stringify(shorten(restOfLine(text, start)))} behind the value`,
    allowed: 'the end of the line',
  };
}

function explainMissing(error: YAMLError, text: string): Explanation {
  const [start] = error.pos;
  const line = restOfLine(text, start);
  if (error.message.startsWith('Implicit map keys need')) {
    const hint = /^[^\s:]+:\S/.test(line) ? 'a space is missing after the colon' : 'a colon is missing';
    return { found: JSON.stringify(shorten(line)), allowed: '"key: value"', hint };
  }
  if (/between flow (map|sequence) items/.test(error.message)) return explainFlowGap(start, text);
  if (/comment/i.test(error.message)) {
    return { found: 'a # without a space before it', allowed: 'a space before the # of a comment', misleads: false };
  }
  if (error.message.startsWith('Sequence item without')) {
    const offset = start + /^\s*/.exec(text.slice(start))![0].length;
    return { offset, found: 'an indentation that no line above has', allowed: 'the indentation of the keys beside it' };
  }
  return { found: lowerFirst(error.message), allowed: 'YAML 1.2' };
}

/** Two things in { } or [ ] without a comma: or a key path with brackets, which ends at its bracket there. */
function explainFlowGap(start: number, text: string): Explanation {
  const lineStart = text.lastIndexOf('\n', start - 1) + 1;
  for (const { 0: key, index } of restOfLine(text, lineStart).matchAll(/[\w.]+(\[[\w.]*\][\w.]*)+(?=\s*:)/g)) {
    const from = lineStart + index;
    if (start < from || start > from + key.length) continue;
    return {
      offset: from,
      found: `the key ${key} with brackets inside { }`,
      allowed: 'such a key in quotes',
      hint: `write "${key}": …`,
    };
  }
  return { found: 'two values without a comma between them', allowed: 'commas between the entries of { } and [ ]' };
}

/**
 * Lists and maps in brackets that never close, each at its opening bracket (the parser notices at the next key), or that
 * end with the wrong bracket.
 */
function findOpenBrackets(document: Document.Parsed, text: string, lines: LineCounter): SyntaxMistake[] {
  const mistakes: SyntaxMistake[] = [];
  const explainedAncestors = new Set<unknown>();
  const inner: { mistake: SyntaxMistake; node: Node; ancestors: readonly unknown[] }[] = [];
  visit(document, {
    Collection(_, node, ancestors) {
      const token = node.srcToken;
      if (token?.type !== 'flow-collection') return;
      const opening = token.start.source;
      const closing = opening === '{' ? '}' : ']';
      const end = token.end.find(({ type }) => type === 'flow-map-end' || type === 'flow-seq-end');
      if (end?.source === closing) return;
      const { line, col } = lines.linePos(token.offset);
      const mistake: SyntaxMistake =
        end && 'offset' in end
          ? {
              offset: end.offset,
              found: end.source,
              allowed: `${closing} for the ${opening} at line ${line}, column ${col}`,
              misleads: true,
            }
          : {
              offset: token.offset,
              ...(node.range && node.range[2] >= text.trimEnd().length ? { end: text.length } : {}),
              found: `${opening} that is never closed`,
              allowed: `${closing} at its end`,
              misleads: true,
            };
      inner.push({ mistake, node: node as Node, ancestors });
    },
  });
  // An outer bracket stays open because its closing one was taken by the inner one that lacks it.
  for (const { mistake, node, ancestors } of inner.reverse()) {
    if (!explainedAncestors.has(node)) mistakes.push(mistake);
    for (const ancestor of ancestors) explainedAncestors.add(ancestor);
  }
  return mistakes;
}

/** Quoted texts without an end, each at its first quote. */
function findOpenQuotes(document: Document.Parsed): SyntaxMistake[] {
  const open: SyntaxMistake[] = [];
  visit(document, {
    Scalar(_, node) {
      const token = node.srcToken;
      if (token?.type !== 'single-quoted-scalar' && token?.type !== 'double-quoted-scalar') return;
      const quote = token.source[0]!;
      if (token.source.length > 1 && token.source.endsWith(quote)) return;
      open.push({
        offset: token.offset,
        end: token.offset + token.source.length,
        found: `${quote} that is never closed`,
        allowed: `${quote} at the end of the text`,
        misleads: true,
      });
    },
  });
  return open;
}

/** Where the first key of each map ends, by the map's offset. */
function findFirstKeyEnds(document: Document.Parsed): ReadonlyMap<number, number> {
  const ends = new Map<number, number>();
  visit(document, {
    Map(_, node) {
      const pair = isMap(node) ? node.items[0] : undefined;
      const end = isPair(pair) && isScalar(pair.key) ? (pair.key as Node).range?.[1] : undefined;
      if (node.range && end !== undefined) ends.set(node.range[0], end);
    },
  });
  return ends;
}

function restOfLine(text: string, offset: number): string {
  return /^[^\r\n]*/.exec(text.slice(offset))![0];
}

function shorten(text: string): string {
  return text.length <= 40 ? text : `${text.slice(0, 39)}…`;
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

// A first look at a YAML text, before anything is built of it: where it is nested too deeply, repeats one sign without end or
// holds too many values, the parser's work and memory would grow out of bounds. The lexer alone is linear and does not recurse.
import { Lexer } from 'yaml';

/** Deepest nesting that is read; what is allowed is less, and is reported with its key path. */
const DEEPEST = 100;
/** Times that the same sign may follow itself with no value between. */
const LONGEST_RUN = 200;
/** Documents that are looked at: one is allowed. */
const MOST_DOCUMENTS = 3;
/** Values of a file at most, aliases expanded. */
export const MAX_VALUES = 100_000;
/** Values and signs of a file at most: the parser keeps some hundred bytes of each. */
const MAX_SIGNS = 200_000;

/** Why a text is read to here and no further. */
export interface ScanStop {
  readonly offset: number;
  /** What is wrong; missing where what stands before the offset tells it. */
  readonly problem?: { readonly found: string; readonly allowed: string };
}

/** What the lexer says of the text that is no part of it. */
const CONTROLS = new Set(['\u0002', '\u0018', '\u001f', '\ufeff']);
const SCALAR = '\u001f';

/** Where reading has to stop, or undefined where the whole text can be read. */
export function scanYaml(text: string): ScanStop | undefined {
  const scanner = new Scanner();
  let isText = false;
  for (const lexeme of new Lexer().lex(text)) {
    if (lexeme.length === 1 && CONTROLS.has(lexeme) && !isText) {
      isText = lexeme === SCALAR;
      if (lexeme === '\ufeff') scanner.skip(lexeme);
      continue;
    }
    const stop = scanner.take(lexeme, isText);
    if (stop !== undefined) return stop;
    isText = false;
  }
  return undefined;
}

class Scanner {
  #offset = 0;
  #lineStart = 0;
  #documents = 0;
  #values = 0;
  #signs = 0;
  #flowDepth = 0;
  /** Columns of the lists and maps around, outermost first. */
  readonly #columns: number[] = [];
  #isStart = true;
  #last = '';
  #run = 0;

  take(lexeme: string, isText: boolean): ScanStop | undefined {
    const isQuoted = lexeme[0] === '"' || lexeme[0] === "'";
    const stop = isText || isQuoted ? this.#takeValue() : this.#takeSign(lexeme);
    this.skip(lexeme);
    if (this.#signs > MAX_SIGNS) return this.#stop(`more than ${MAX_SIGNS} values and signs`, `${MAX_SIGNS} at most`);
    return stop;
  }

  skip(lexeme: string): void {
    const lineEnd = lexeme.lastIndexOf('\n');
    if (lineEnd >= 0) {
      this.#lineStart = this.#offset + lineEnd + 1;
      this.#isStart = true;
    }
    this.#offset += lexeme.length;
  }

  #takeValue(): ScanStop | undefined {
    this.#signs += 1;
    this.#values += 1;
    this.#run = 0;
    this.#last = '';
    if (this.#values > MAX_VALUES) return this.#stop(`more than ${MAX_VALUES} values`, `${MAX_VALUES} values at most`);
    return this.#open();
  }

  #takeSign(lexeme: string): ScanStop | undefined {
    const [first] = lexeme;
    if (first === undefined || first === ' ' || first === '\t' || first === '\n' || first === '\r' || first === '#')
      return undefined;
    if (lexeme === '---' || lexeme === '...') {
      this.#documents += 1;
      this.#columns.length = 0;
      if (this.#documents > MOST_DOCUMENTS) return { offset: this.#offset };
      return undefined;
    }
    this.#signs += 1;
    const kind = '&*!%'.includes(first) ? first : lexeme;
    this.#run = kind === this.#last ? this.#run + 1 : 1;
    this.#last = kind;
    if (this.#run > LONGEST_RUN) {
      const name = '&*!%'.includes(first) ? `things that begin with ${first}` : lexeme.slice(0, 10);
      return this.#stop(`more than ${LONGEST_RUN} times ${name} with no value between`, 'an experiment');
    }
    if (first === '[' || first === '{') this.#flowDepth += 1;
    else if (first === ']' || first === '}') this.#flowDepth = Math.max(0, this.#flowDepth - 1);
    const stop = this.#open();
    // What follows a dash, a question mark or a colon may be a list or map of its own: to the parser, `a: a: a` nests.
    if (first === '-' || first === '?' || lexeme === ':') this.#isStart = true;
    return stop;
  }

  /** Counts the list or map that begins here. */
  #open(): ScanStop | undefined {
    if (this.#isStart && this.#flowDepth === 0) {
      const column = this.#offset - this.#lineStart;
      while (this.#columns.length > 0 && this.#columns.at(-1)! >= column) this.#columns.pop();
      this.#columns.push(column);
    }
    this.#isStart = false;
    if (this.#columns.length + this.#flowDepth <= DEEPEST) return undefined;
    return this.#stop(`more than ${DEEPEST} lists and maps inside each other`, '50 at most');
  }

  #stop(found: string, allowed: string): ScanStop {
    return { offset: this.#offset, problem: { found, allowed } };
  }
}

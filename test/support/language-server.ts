// yaml-language-server, the program behind the YAML support of most editors, driven as an editor drives it: over the Language
// Server Protocol on its standard streams.
import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const PROGRAM = join(import.meta.dirname, '../../node_modules/yaml-language-server/bin/yaml-language-server');

export interface Diagnostic {
  readonly message: string;
  readonly range: { readonly start: { readonly line: number; readonly character: number } };
}

export interface LanguageServer {
  /** What the editor underlines in this text, which need not be on the disk; its path is what relative addresses start from. */
  diagnose(path: string, text: string): Promise<readonly Diagnostic[]>;
  /** The labels that are offered at `|` in the text. */
  complete(path: string, text: string): Promise<readonly string[]>;
  /** What is shown over the sign at `|`. */
  hover(path: string, text: string): Promise<string>;
  stop(): void;
}

/** A server that knows no schemas but those that files name themselves. */
export async function startLanguageServer(): Promise<LanguageServer> {
  const server = new Connection(spawn(process.execPath, [PROGRAM, '--stdio'], { stdio: ['pipe', 'pipe', 'inherit'] }));
  await server.ask('initialize', { processId: process.pid, rootUri: null, capabilities: {} });
  server.tell('initialized', {});
  let version = 0;
  const open = (path: string, text: string): string => {
    // A document of its own each time: nothing is remembered of the last one.
    const uri = `${pathToFileURL(path).href}?${++version}`;
    server.tell('textDocument/didOpen', { textDocument: { uri, languageId: 'yaml', version: 1, text } });
    return uri;
  };
  const openAtCursor = (path: string, text: string) => {
    const at = text.indexOf('|');
    const before = text.slice(0, at).split('\n');
    const uri = open(path, before.join('\n') + text.slice(at + 1));
    return { textDocument: { uri }, position: { line: before.length - 1, character: before.at(-1)!.length } };
  };
  return {
    async diagnose(path, text) {
      const uri = open(path, text);
      return await server.waitForDiagnostics(uri);
    },
    async complete(path, text) {
      const { items } = (await server.ask('textDocument/completion', openAtCursor(path, text))) as Completion;
      return items.map(({ label }) => label);
    },
    async hover(path, text) {
      const answer = (await server.ask('textDocument/hover', openAtCursor(path, text))) as Hover | null;
      return answer?.contents.value ?? '';
    },
    stop: () => server.stop(),
  };
}

interface Completion {
  readonly items: readonly { readonly label: string }[];
}

interface Hover {
  readonly contents: { readonly value: string };
}

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: {
    readonly uri: string;
    readonly diagnostics: readonly Diagnostic[];
    readonly items?: readonly unknown[];
  };
  readonly result?: unknown;
  readonly error?: { readonly message: string };
}

/** What an editor answers when it is asked for its settings. */
const SETTINGS = { validate: true, hover: true, completion: true, schemaStore: { enable: false } };

class Connection {
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, (message: Message) => void>();
  readonly #diagnostics = new Map<string, (found: readonly Diagnostic[]) => void>();
  #received = Buffer.alloc(0);
  #asked = 0;

  constructor(child: ChildProcess) {
    this.#child = child;
    child.stdout?.on('data', (bytes: Buffer) => this.#read(bytes));
  }

  tell(method: string, params: object): void {
    this.#send({ method, params });
  }

  async ask(method: string, params: object): Promise<unknown> {
    const id = ++this.#asked;
    const answer = new Promise<Message>((resolve) => this.#waiting.set(id, resolve));
    this.#send({ id, method, params });
    const { result, error } = await answer;
    if (error !== undefined) throw new Error(`${method}: ${error.message}`);
    return result;
  }

  waitForDiagnostics(uri: string): Promise<readonly Diagnostic[]> {
    return new Promise((resolve) => this.#diagnostics.set(uri, resolve));
  }

  stop(): void {
    this.#child.kill();
  }

  #send(message: object): void {
    const text = JSON.stringify({ jsonrpc: '2.0', ...message });
    this.#child.stdin?.write(`Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`);
  }

  #read(bytes: Buffer): void {
    this.#received = Buffer.concat([this.#received, bytes]);
    for (;;) {
      const head = this.#received.indexOf('\r\n\r\n');
      if (head < 0) return;
      const length = Number(/Content-Length: (\d+)/i.exec(this.#received.subarray(0, head).toString())?.[1]);
      if (this.#received.length < head + 4 + length) return;
      const text = this.#received.subarray(head + 4, head + 4 + length).toString('utf8');
      this.#received = this.#received.subarray(head + 4 + length);
      this.#take(JSON.parse(text) as Message);
    }
  }

  #take(message: Message): void {
    const { id, method, params } = message;
    if (method === 'workspace/configuration') {
      this.#send({ id, result: (params?.items ?? []).map(() => SETTINGS) });
    } else if (method === 'textDocument/publishDiagnostics' && params !== undefined) {
      this.#diagnostics.get(params.uri)?.(params.diagnostics);
    } else if (method !== undefined && id !== undefined) this.#send({ id, result: null });
    else if (id !== undefined) {
      this.#waiting.get(id)?.(message);
      this.#waiting.delete(id);
    }
  }
}

// The page on the loopback address: a few files from memory, for this machine's browser alone.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { OneshotError } from '../base/problem.js';
import type { DemoFiles } from './compose-demo.js';

export interface DemoServer {
  /** `http://127.0.0.1:<port>/`. */
  readonly address: string;
  close(): Promise<void>;
}

const TYPES: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  txt: 'text/plain; charset=utf-8',
};

/**
 * Serves the files, `index.html` at `/` as well. Other names of this machine in the Host header are refused: a page
 * from elsewhere must not reach it by a name of its own (DNS rebinding). Throws a OneshotError('usage') when the port
 * is taken.
 */
export async function serveDemo(files: DemoFiles, port = 0): Promise<DemoServer> {
  const byPath = new Map(Object.entries(files).map(([name, text]) => [`/${name}`, text]));
  byPath.set('/', files['index.html']);
  const server = createServer((request, answer) => {
    const refuse = (status: number, words: string) =>
      answer.writeHead(status, { 'content-type': TYPES.txt, connection: 'close' }).end(`${words}\n`);
    const { port: own } = server.address() as AddressInfo;
    if (![`127.0.0.1:${own}`, `localhost:${own}`].includes(request.headers.host ?? ''))
      return refuse(403, 'this page is for the machine that it runs on');
    if (request.method !== 'GET' && request.method !== 'HEAD') return refuse(405, 'there is nothing to send here');
    const path = (request.url ?? '/').replace(/[?#].*$/s, '');
    const text = byPath.get(path);
    if (text === undefined) return refuse(404, 'there is no such page');
    answer.writeHead(200, {
      'content-type': TYPES[path.split('.')[1] ?? 'html'],
      'content-length': Buffer.byteLength(text),
      'cache-control': 'no-store',
      'content-security-policy': "frame-ancestors 'none'",
      'cross-origin-resource-policy': 'same-origin',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
    });
    answer.end(request.method === 'HEAD' ? undefined : text);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(
        error.code === 'EADDRINUSE'
          ? new OneshotError('usage', `port ${port} is taken`, { hint: 'name another --port, or none for a free one' })
          : error,
      ),
    );
    server.listen(port, '127.0.0.1', resolve);
  });
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

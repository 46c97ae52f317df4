// A web server as plain as there is one: files by their address, on the loopback address.
import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname } from 'node:path';

export interface FileServer {
  /** `http://127.0.0.1:<port>`. */
  readonly uri: string;
  /** Files by the path of their address: `/model.json`. More may be added while it runs. */
  readonly files: Map<string, string>;
  close(): Promise<void>;
}

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.json': 'application/json',
  '.wasm': 'application/wasm',
  '.png': 'image/png',
};

export async function serveFiles(files: Map<string, string>): Promise<FileServer> {
  const server: Server = createServer(async ({ url = '' }, answer) => {
    const path = files.get(new URL(url, 'http://localhost').pathname);
    if (path === undefined) return answer.writeHead(404).end();
    answer.writeHead(200, { 'content-type': TYPES[extname(path)] ?? 'application/octet-stream' });
    answer.end(await readFile(path));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const close = () => new Promise<void>((resolve) => server.close(() => resolve()));
  return { uri: `http://127.0.0.1:${port}`, files, close };
}

/*
 * A small HTTP server that answers by script: the first request by the first answer, and so on; the last one repeats.
 */

import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

export interface ReceivedRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** Writes one answer. */
export type Answer = (response: ServerResponse, request: IncomingMessage) => void;

export interface ScriptedServer {
  readonly uri: string;
  readonly port: number;
  readonly requests: readonly ReceivedRequest[];
  stop(): Promise<void>;
}

/** A plain HTTP server, or an HTTPS one with the given certificate. */
export async function startScriptedServer(
  answers: readonly Answer[],
  secure?: { readonly key: Buffer; readonly cert: Buffer },
): Promise<ScriptedServer> {
  const requests: ReceivedRequest[] = [];
  const listener: RequestListener = async (request, response) => {
    const answer = answers[Math.min(requests.length, answers.length - 1)];
    const { method = '', url = '', headers } = request;
    const position = requests.push({ method, url, headers, body: '' }) - 1;
    const body = await text(request).catch(() => '');
    requests[position] = { method, url, headers, body };
    answer?.(response, request);
  };
  const server: Server = secure === undefined ? createServer(listener) : createSecureServer(secure, listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    uri: `${secure === undefined ? 'http' : 'https'}://127.0.0.1:${port}`,
    port,
    requests,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export function answerJson(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): Answer {
  return (response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(JSON.stringify(body));
  };
}

export function answerText(status: number, body: string, contentType = 'text/html'): Answer {
  return (response) => {
    response.writeHead(status, { 'content-type': contentType });
    response.end(body);
  };
}

/** Closes the connection without a word, after the whole request has come in. */
export const cutConnection: Answer = (_response, request) => {
  request.socket.destroy();
};

/** Promises 100 bytes, sends some and closes. */
export const cutInAnswer: Answer = (response) => {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': '100' });
  response.write('{"run":', () => response.destroy());
};

/** Never answers. */
export const stayStill: Answer = () => {};

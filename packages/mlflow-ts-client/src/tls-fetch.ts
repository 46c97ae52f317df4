/*
 * fetch with TLS settings of its own. The global fetch takes them only through an undici Agent, which is a dependency,
 * or through NODE_TLS_REJECT_UNAUTHORIZED, which weakens the whole process; node:https takes them per client.
 */

import { readFileSync } from 'node:fs';
import { request as sendPlain } from 'node:http';
import { Agent, request as sendSecure } from 'node:https';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream as NodeReadableStream } from 'node:stream/web';
import type { FetchFunction, TlsOptions } from './client-options.js';
import { MlflowError } from './errors.js';

/**
 * A fetch that uses the TLS settings, or undefined when there are none and the global fetch will do.
 * Throws INVALID_ARGUMENT for contradicting settings, FILE for an unreadable certificate.
 */
export function createTlsFetch(tls: TlsOptions): FetchFunction | undefined {
  const { caPath, clientCertificatePath, insecure = false } = tls;
  if (insecure && caPath !== undefined) {
    throw new MlflowError({
      code: 'INVALID_ARGUMENT',
      problem: 'both an authority to trust and insecure TLS are set',
      advice: 'Set only one of MLFLOW_TRACKING_SERVER_CERT_PATH and MLFLOW_TRACKING_INSECURE_TLS.',
    });
  }
  if (!insecure && caPath === undefined && clientCertificatePath === undefined) return undefined;
  const clientCertificate = clientCertificatePath === undefined ? undefined : readPem(clientCertificatePath);
  const agent = new Agent({
    keepAlive: true,
    // Shorter than uvicorn's 5 s, so that a request never goes out on a connection that is being closed.
    timeout: 4000,
    ca: caPath === undefined ? undefined : readPem(caPath),
    cert: clientCertificate,
    key: clientCertificate,
    rejectUnauthorized: !insecure,
  });
  return (url, init = {}) => fetchOver(agent, url, init);
}

async function fetchOver(agent: Agent, url: string, init: RequestInit): Promise<Response> {
  const isSecure = url.startsWith('https:');
  const headers = Object.fromEntries(new Headers(init.headers));
  const body = toReadable(init.body, headers);
  return await new Promise<Response>((resolve, reject) => {
    const options = { method: init.method, headers, signal: init.signal ?? undefined };
    const request = isSecure ? sendSecure(url, { ...options, agent }) : sendPlain(url, options);
    request.once('error', reject);
    request.once('response', (message) => {
      const status = message.statusCode ?? 0;
      const answerHeaders = new Headers();
      for (const [name, value] of Object.entries(message.headers)) {
        if (value !== undefined) answerHeaders.set(name, Array.isArray(value) ? value.join(', ') : value);
      }
      const hasBody = status !== 204 && status !== 304 && init.method !== 'HEAD';
      if (!hasBody) message.resume();
      const stream = hasBody ? (Readable.toWeb(message) as unknown as ReadableStream<Uint8Array>) : null;
      resolve(new Response(stream, { status, headers: answerHeaders }));
    });
    if (body instanceof Readable) pipeline(body, request).catch(reject);
    else request.end(body);
  });
}

/** The body as node:http takes it; a Blob's size becomes the Content-Length, as fetch does it. */
function toReadable(
  body: RequestInit['body'],
  headers: Record<string, string>,
): string | Uint8Array | Readable | undefined {
  if (body === undefined || body === null) return undefined;
  if (typeof body === 'string' || body instanceof Uint8Array) return body;
  if (body instanceof Blob) {
    headers['content-length'] = String(body.size);
    return Readable.fromWeb(body.stream() as unknown as NodeReadableStream);
  }
  return Readable.fromWeb(body as unknown as NodeReadableStream);
}

function readPem(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (cause) {
    throw new MlflowError({ code: 'FILE', problem: `cannot read the certificate file ${path}`, cause });
  }
}

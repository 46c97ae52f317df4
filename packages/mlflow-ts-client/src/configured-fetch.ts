/*
 * fetch with TLS settings and a proxy of its own, by undici, which is what Node's own fetch is made of. The global fetch
 * takes them only for the whole process (NODE_TLS_REJECT_UNAUTHORIZED) or not at all (proxies, before Node 24). undici is
 * loaded at the first request of a client that has such settings, and by no other.
 */

import { readFileSync } from 'node:fs';
import type { FetchFunction, ProxyOptions, TlsOptions } from './client-options.js';
import { MlflowError } from './errors.js';

/**
 * A fetch that uses the settings, or undefined where the global fetch will do: without TLS settings, and without a proxy
 * or for a server on the loopback, which no proxy can reach. Throws INVALID_ARGUMENT for contradicting settings and a
 * proxy's address that cannot be read, FILE for an unreadable certificate.
 */
export function createConfiguredFetch(
  baseUrl: string,
  tls: TlsOptions = {},
  proxy: ProxyOptions = {},
): FetchFunction | undefined {
  const { caPath, clientCertificatePath, insecure = false } = tls;
  if (insecure && caPath !== undefined) {
    throw new MlflowError({
      code: 'INVALID_ARGUMENT',
      problem: 'both an authority to trust and insecure TLS are set',
      advice: 'Set only one of MLFLOW_TRACKING_SERVER_CERT_PATH and MLFLOW_TRACKING_INSECURE_TLS.',
    });
  }
  const proxies = isLoopback(new URL(baseUrl).hostname) ? {} : proxy;
  const hasProxy = proxies.httpProxy !== undefined || proxies.httpsProxy !== undefined;
  for (const [name, address] of Object.entries({ HTTP_PROXY: proxies.httpProxy, HTTPS_PROXY: proxies.httpsProxy })) {
    if (address !== undefined) checkProxy(name, address);
  }
  if (!insecure && caPath === undefined && clientCertificatePath === undefined && !hasProxy) return undefined;
  const clientCertificate = clientCertificatePath === undefined ? undefined : readPem(clientCertificatePath);
  const connect = {
    ca: caPath === undefined ? undefined : readPem(caPath),
    cert: clientCertificate,
    key: clientCertificate,
    rejectUnauthorized: !insecure,
  };
  let loaded: Promise<FetchFunction> | undefined;
  const load = async (): Promise<FetchFunction> => {
    const { EnvHttpProxyAgent, fetch } = await import('undici');
    const dispatcher = new EnvHttpProxyAgent({
      // Empty instead of undefined: then undici does not look into the environment by itself.
      httpProxy: proxies.httpProxy ?? '',
      httpsProxy: proxies.httpsProxy ?? '',
      noProxy: proxies.noProxy ?? '',
      // A plain request goes to the proxy as it is; many let CONNECT through to port 443 alone.
      proxyTunnel: false,
      connect,
      requestTls: connect,
    });
    type Init = Parameters<typeof fetch>[1];
    return async (url, init) => (await fetch(url, { ...init, dispatcher } as Init)) as unknown as Response;
  };
  return async (url, init) => {
    loaded ??= load();
    return await (await loaded)(url, init);
  };
}

/** The passwords that a proxy's address holds, for messages to be cleaned of. */
export function proxySecrets({ httpProxy, httpsProxy }: ProxyOptions): string[] {
  return [httpProxy, httpsProxy].flatMap((address) => {
    if (address === undefined || !URL.canParse(address)) return [];
    const { password } = new URL(address);
    return password === '' ? [] : [password, decodeURIComponent(password)];
  });
}

export function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127\./.test(hostname);
}

function checkProxy(name: string, address: string): void {
  if (URL.canParse(address) && /^(https?|socks5?):$/.test(new URL(address).protocol)) return;
  throw new MlflowError({
    code: 'INVALID_ARGUMENT',
    // Not shown: it may hold a password.
    problem: `${name}: found an address that cannot be read; allowed: http://host:port, https://… or socks5://…`,
  });
}

function readPem(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (cause) {
    throw new MlflowError({ code: 'FILE', problem: `cannot read the certificate file ${path}`, cause });
  }
}

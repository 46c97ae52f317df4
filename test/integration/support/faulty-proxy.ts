// A TCP proxy in front of a server that does what bad networks do: refuses, delays, cuts answers off in the middle, loses
// them after the server has acted, and sends requests twice. Which connection meets what is drawn from a seed.
import { connect, createServer, type Socket } from 'node:net';
import { randomStream } from '../../../src/base/random-stream.js';

export const faultKinds = ['none', 'refuse', 'delay', 'cut answer', 'lose answer', 'send twice'] as const;
export type FaultKind = (typeof faultKinds)[number];

export interface FaultyProxy {
  readonly uri: string;
  /** How often each fault was met. */
  readonly counts: Readonly<Record<FaultKind, number>>;
  /** From now on every connection is passed on as it is. */
  heal(): void;
  close(): Promise<void>;
}

export interface ProxyOptions {
  readonly targetPort: number;
  readonly seed: number;
  /** In random order, each as often as the others. Default: all. */
  readonly kinds?: readonly FaultKind[];
}

/** A proxy on a free loopback port. */
export async function startFaultyProxy({ targetPort, seed, kinds = faultKinds }: ProxyOptions): Promise<FaultyProxy> {
  const random = randomStream(seed, 'proxy');
  const counts: Record<FaultKind, number> = {
    none: 0,
    refuse: 0,
    delay: 0,
    'cut answer': 0,
    'lose answer': 0,
    'send twice': 0,
  };
  let isHealed = false;
  let upcoming: FaultKind[] = [];
  const drawKind = (): FaultKind => {
    if (upcoming.length === 0) upcoming = random.sample(kinds, kinds.length);
    return upcoming.pop() ?? 'none';
  };
  const sockets = new Set<Socket>();
  const keep = (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
    return socket;
  };
  const server = createServer((client) => {
    keep(client);
    const kind = isHealed ? 'none' : drawKind();
    counts[kind] += 1;
    if (kind === 'refuse') {
      client.destroy();
      return;
    }
    const target = keep(connect(targetPort, '127.0.0.1'));
    const shadow = kind === 'send twice' ? keep(connect(targetPort, '127.0.0.1')) : undefined;
    client.on('close', () => {
      target.destroy();
      shadow?.end();
    });
    client.on('data', (data) => {
      target.write(data);
      shadow?.write(data);
    });
    shadow?.resume();
    target.on('close', () => client.destroy());
    target.on('data', (data) => {
      // Connections are kept alive; some end soon, so that others with other faults follow.
      if (isHealed) client.write(data);
      else if (kind === 'none' || kind === 'send twice') client.write(data, () => random.chance(0.3) && client.end());
      else if (kind === 'delay') setTimeout(() => client.destroyed || client.write(data), 300);
      else {
        if (kind === 'cut answer') client.write(data.subarray(0, Math.floor(data.length / 2)));
        client.end(() => client.destroy());
      }
    });
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    uri: `http://127.0.0.1:${port}`,
    counts,
    heal() {
      isHealed = true;
      for (const socket of sockets) socket.destroy();
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((closed) => server.close(() => closed()));
    },
  };
}

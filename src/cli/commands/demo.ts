import { once } from 'node:events';
import { join, resolve } from 'node:path';
import { writeFileAtomic } from '../../base/atomic-file.js';
import { formatBytes } from '../../base/format-quantity.js';
import { makeFolder } from '../../base/make-folder.js';
import { isOnlyGroup } from '../../data/words.js';
import { type PreparedDemo, prepareDemo } from '../../demo/prepare-demo.js';
import { serveDemo } from '../../demo/serve-demo.js';
import { readSupportSet } from '../../trained/support-set.js';
import { followInterrupts } from '../interrupts.js';
import { hasDesktop, openAddress } from '../open-address.js';
import type { ExitCode } from '../report-error.js';
import { printNote, printResult } from '../terminal.js';
import { type NetworkOptions, withNetworks } from '../with-networks.js';

export interface DemoCommandOptions extends NetworkOptions {
  readonly support?: string;
  readonly out?: string;
  readonly port?: number;
  /** False after --no-starters. */
  readonly starters: boolean;
  /** False after --no-open. */
  readonly open: boolean;
}

/** `oneshot demo`: a page to draw on, served until Ctrl-C, or written as files. */
export async function demoCommand(path: string, options: DemoCommandOptions): Promise<ExitCode> {
  const set = options.support === undefined ? undefined : readSupportSet(options.support);
  const prepared = await withNetworks([path], options, (started, { show: report }) =>
    prepareDemo(started, { set, withStarters: options.starters, env: process.env, report }),
  );
  const files = Object.entries(prepared.files);
  if (options.out !== undefined) {
    const folder = resolve(options.out);
    makeFolder(folder);
    for (const [name, text] of files) writeFileAtomic(join(folder, name), text);
    printResult(join(options.out, 'index.html'));
    const bytes = files.reduce((sum, [, text]) => sum + Buffer.byteLength(text), 0);
    printNote(`${formatBytes(bytes)}; ${describeContent(prepared)}`);
    printNote('any web server can show the folder, and a browser opens index.html from the disk');
    return 0;
  }
  const server = await serveDemo(prepared.files, options.port);
  const interrupts = followInterrupts(printNote, 'stopping');
  try {
    printResult(server.address);
    printNote(`${describeContent(prepared)}; Ctrl-C ends it`);
    if (options.open && hasDesktop(process.env)) openAddress(server.address);
    if (!interrupts.stop.aborted) await once(interrupts.stop, 'abort');
    return 0;
  } finally {
    interrupts.close();
    await server.close();
  }
}

// Whoever puts the page online passes the pictures on.
function describeContent({ starters }: PreparedDemo): string {
  if (starters === undefined) return 'without pictures to start from';
  const { size, channels, pixels } = starters.seen;
  const held = `it holds ${pixels.length / (size * size * channels)} pictures to start from`;
  const names = starters.groups.map(({ name }) => name).filter((name) => !isOnlyGroup(name));
  return names.length === 0 ? held : `${held}: ${names.join(', ')}`;
}

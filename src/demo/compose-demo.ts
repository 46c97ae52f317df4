// The page of a network as files that need nothing else: script, weights, pictures and licences are inside, so that it works
// from any web server and from a disk alike.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { deflateSync } from 'node:zlib';
import { findOwnFile } from '../base/own-files.js';
import { encodeTensors } from '../model/tensor-bytes.js';
import { composeNetworkFile, type NetworkFile } from '../trained/network-file.js';
import { nameNetwork } from '../trained/trained-network.js';
import type { Starters } from './choose-starters.js';
import { renderDemoPage } from './demo-page.js';
import { DATA_IDS, type PageData } from './page-data.js';

/** Texts by name. */
export interface DemoFiles {
  readonly 'index.html': string;
  readonly 'LICENSES.txt': string;
}

export interface DemoContent {
  readonly file: NetworkFile;
  readonly starters: Starters | undefined;
  /** As a share of the picture's width. */
  readonly penWidth: number;
}

/** The files of the page. */
export function composeDemo({ file, starters, penWidth }: DemoContent): DemoFiles {
  const none = { size: 1, channels: 1, pixels: new Uint8Array(0) } as const;
  const { groups, seen, shown, isUnseen } = starters ?? { groups: [], seen: none, shown: none, isUnseen: false };
  const data: PageData = {
    name: nameNetwork(file.network),
    groups,
    seen: { size: seen.size, channels: seen.channels },
    shown: { size: shown.size, channels: shown.channels },
    penWidth,
  };
  const network = Buffer.concat(encodeTensors(composeNetworkFile(file)));
  const script = readFileSync(findOwnFile('dist/pages/demo.js'), 'utf8');
  return {
    'index.html': renderDemoPage(file.network, {
      isUnseen,
      script,
      scriptHash: `'sha256-${createHash('sha256').update(script).digest('base64')}'`,
      data: {
        // Nothing in a name can end the element that it stands in.
        [DATA_IDS.page]: JSON.stringify(data).replaceAll('<', '\\u003c'),
        [DATA_IDS.network]: network.toString('base64'),
        [DATA_IDS.seen]: pack(seen.pixels),
        [DATA_IDS.shown]: pack(shown.pixels),
      },
    }),
    'LICENSES.txt': readFileSync(findOwnFile('dist/pages/LICENSES.txt'), 'utf8'),
  };
}

const pack = (pixels: Uint8Array) => deflateSync(pixels, { level: 9 }).toString('base64');

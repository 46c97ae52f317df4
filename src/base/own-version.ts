// The version of this package, for `--version` and for provenance.
import { readFileSync } from 'node:fs';

/** This package's version. */
export function readOwnVersion(): string {
  return (JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string })
    .version;
}

// pngjs for those who seldom write a picture: loading it takes as long as starting Node.
import { createRequire } from 'node:module';

/** The class of pngjs, loaded at the first call. */
export function loadPng(): typeof import('pngjs').PNG {
  return (createRequire(import.meta.url)('pngjs') as typeof import('pngjs')).PNG;
}

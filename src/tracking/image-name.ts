// The file names by which MLflow's image grid finds pictures. Source: mlflow's ImageReducer.ts and a 3.17.2 server.
import { createHash } from 'node:crypto';

/**
 * The artifact paths of one picture: the picture and the `compressed` twin that the grid shows; both are needed, both may
 * be the same PNG. The same (uid, key, step) gives the same names, so that shipping again replaces and never doubles.
 * `/` in keys is written as `~`; `%` and `+` would break the name.
 */
export function composeImagePaths(uid: string, key: string, step: number, timeMs: number): readonly [string, string] {
  const hash = createHash('sha256')
    .update(JSON.stringify([uid, key, step]))
    .digest('hex');
  const uuid = [hash.slice(0, 8), hash.slice(8, 12), hash.slice(12, 16), hash.slice(16, 20), hash.slice(20, 32)].join(
    '-',
  );
  const name = key.replaceAll('/', '~').replace(/[^A-Za-z0-9_.~ -]/g, '_');
  const stem = `images/${name}+step+${step}+timestamp+${timeMs}+${uuid}`;
  return [`${stem}.png`, `${stem}+compressed.png`];
}

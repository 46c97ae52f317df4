/*
 * The artifact paths by which MLflow's image grid finds pictures. Pure.
 * Source: mlflow's ImageReducer.ts, `MlflowClient.log_image`, and a real 3.17.2 server.
 */

/** A picture of a key at a step. */
export interface ImagePosition {
  /** `validation/pairs`: a chart of the section `validation`. Letters, digits, `_ . - ~ /` and spaces; all else becomes `_`. */
  readonly key: string;
  readonly step: number;
  /** Milliseconds since 1970. */
  readonly timestamp: number;
  /** A UUID. The same one gives the same paths, so that a picture that is sent again replaces itself. */
  readonly uuid: string;
}

/** The paths of the picture and of its `compressed` twin, which the grid shows; both are needed, and may be the same PNG. */
export function composeImagePaths({ key, step, timestamp, uuid }: ImagePosition): { image: string; thumbnail: string } {
  // `/` would make a folder, `%` and `+` would break the name.
  const name = key.replaceAll('/', '~').replace(/[^A-Za-z0-9_.~ -]/g, '_');
  const stem = `images/${name}+step+${step}+timestamp+${timestamp}+${uuid}`;
  return { image: `${stem}.png`, thumbnail: `${stem}+compressed.png` };
}

// What an installable engine consists of. One file per engine beside this one; install-engine.ts puts it in place.

import type { Environment } from '../base/environment.js';
import type { InstallableName, InstalledEngine } from '../engine/installed-engine.js';
import type { Wheel } from './fetch-wheel.js';

export interface EngineRecipe {
  readonly name: InstallableName;
  readonly variant: InstalledEngine['variant'];
  /** Version of the library that computes. */
  readonly version: string;
  /** Names and versions of everything it is made of: an installation of another recipe is made again. */
  readonly recipe: string;
  /** What is downloaded from PyPI; the rest is small. */
  readonly wheels: readonly Wheel[];
  /** Bytes of the installation. */
  readonly diskBytes: number;
  /** Throws a OneshotError('engine') that says what this machine lacks. */
  checkMachine(env: Environment): void;
  /** Makes the installation in a folder that is empty. */
  build(surroundings: BuildSurroundings): Promise<void>;
}

export interface BuildSurroundings {
  readonly folder: string;
  readonly env: Environment;
  /** A folder or an address that has what is downloaded otherwise. */
  readonly from: string | undefined;
  /** The path of a wheel, fetched where it is not there yet. */
  fetch(wheel: Wheel): Promise<string>;
  /** Told what is being done. */
  onActivity(activity: string): void;
}

// Backends that are installed apart from the program are given its own TensorFlow.js (src/engine/share-tensorflow-js.ts).
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeFolder } from '../base/make-folder.js';

/** Writes the places below an installation's `node_modules` where a backend finds that copy. */
export function standInForTensorFlowJs(folder: string): void {
  for (const name of ['tfjs', 'tfjs-core']) {
    const place = join(folder, 'node_modules', '@tensorflow', name);
    makeFolder(place);
    writeFileSync(
      join(place, 'package.json'),
      `{"name": "@tensorflow/${name}", "version": "4.22.0", "main": "index.js"}\n`,
    );
    writeFileSync(
      join(place, 'index.js'),
      "throw new Error('this stands for the copy of TensorFlow.js that oneshot provides when it loads the engine');\n",
    );
  }
}

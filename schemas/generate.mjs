// Writes what is derived from experiment.schema.json: the TypeScript types, the compiled check, the reference page,
// and the schema for editors.
// `node schemas/generate.mjs` writes, `--check` exits with 1 when a file is not current.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { generateCheck } from './generate-check.mjs';
import { generateEditor } from './generate-editor.mjs';
import { generateReference } from './generate-reference.mjs';
import { generateTypes } from './generate-types.mjs';

const at = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));

/** Each generated file with the function that makes its text from the schema. */
export const outputs = {
  'src/config/experiment.ts': generateTypes,
  'src/config/check-schema.generated.ts': generateCheck,
  'docs/experiment.md': generateReference,
  'schemas/editor.schema.json': generateEditor,
};

/** Paths of the generated files that are missing or differ from what the schema gives now; writes them when asked to. */
export async function findStale({ write = false } = {}) {
  const stale = [];
  for (const [path, generate] of Object.entries(outputs)) {
    const text = await generate(JSON.parse(readFileSync(at('schemas/experiment.schema.json'), 'utf8')));
    if (existsSync(at(path)) && readFileSync(at(path), 'utf8') === text) continue;
    stale.push(path);
    if (write) writeFileSync(at(path), text);
  }
  return stale;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const check = process.argv.includes('--check');
  const stale = await findStale({ write: !check });
  for (const path of stale) console.error(check ? `${path} is not current: run npm run generate` : `wrote ${path}`);
  process.exit(check && stale.length > 0 ? 1 : 0);
}

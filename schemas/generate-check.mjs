// The check of the schema as code: Ajv takes a quarter of a second to compile it, which `oneshot validate` would pay on
// each call.
import { Ajv } from 'ajv';
import standaloneModule from 'ajv/dist/standalone/index.js';

const standalone = standaloneModule.default ?? standaloneModule;

/** Keywords of our own: what a key affects, its unit, and the form of a text in words. */
const vocabulary = ['x-affects', 'x-unit', 'x-form'];

/** The text of src/config/check-schema.generated.ts. */
export function generateCheck(schema) {
  const ajv = new Ajv({
    strict: true,
    // `required` beside `discriminator` names a key that the branches define.
    strictRequired: false,
    allErrors: true,
    useDefaults: true,
    discriminator: true,
    allowUnionTypes: true,
    messages: false,
    inlineRefs: false,
    code: { source: true, esm: true },
  });
  ajv.addVocabulary(vocabulary);
  const code = shorten(standalone(ajv, ajv.compile(boundComparisons(withoutNotes(schema)))))
    .replace('"use strict";', '')
    // Ajv's comparison calls an item's own key `toString`.
    .replaceAll('require("ajv/dist/runtime/equal").default', 'isDeepStrictEqual')
    .replace(/export const validate = (\w+);export default \w+;/, 'export const checkSchema: SchemaCheck = $1;\n')
    // Ajv joins the errors of each item to a copy of all before it, which takes minutes for thousands of wrong items.
    .replace(/vErrors\.concat\((validate\d+\.errors)\)/g, 'join(vErrors, $1)')
    .replace(/;(?=const |function )/g, ';\n')
    .replace(/\}(?=function |validate\d+\.)/g, '}\n');
  return `${header}${code}\n`;
}

const header = `// Generated from schemas/experiment.schema.json by \`npm run generate\`; do not edit.
// @ts-nocheck
// biome-ignore-all lint: generated
// biome-ignore-all format: generated
// biome-ignore-all assist: generated
import { createRequire } from 'node:module';
import { isDeepStrictEqual } from 'node:util';

const require = createRequire(import.meta.url);

/** One violation, as Ajv gives it; with parameters where they say what no path does. */
export interface SchemaError {
  readonly instancePath: string;
  readonly keyword: string;
  readonly params: Readonly<Record<string, unknown>>;
}

/** Whether a value is an experiment. Fills in defaults; leaves what is wrong in \`errors\`. */
export interface SchemaCheck {
  (value: unknown): boolean;
  errors?: readonly SchemaError[] | null;
}

function add(all: SchemaError[] | null, instancePath: string, keyword: string, params = {}): SchemaError[] {
  const error = { instancePath, keyword, params };
  if (all === null) return [error];
  all.push(error);
  return all;
}

function join(all: SchemaError[], more: readonly SchemaError[]): SchemaError[] {
  for (const error of more) all.push(error);
  return all;
}

`;

/** The schema without what is for readers only; the code holds a copy of it. */
function withoutNotes(node, inProperties = false) {
  if (Array.isArray(node)) return node.map((item) => withoutNotes(item));
  if (node === null || typeof node !== 'object') return node;
  const isNote = (key) => !inProperties && (key === 'description' || key === 'title' || vocabulary.includes(key));
  return Object.fromEntries(
    Object.entries(node)
      .filter(([key]) => !isNote(key))
      .map(([key, value]) => [key, withoutNotes(value, !inProperties && (key === 'properties' || key === '$defs'))]),
  );
}

/**
 * The schema with lists compared only where they are not too long: Ajv compares each map of a list with all others, which takes
 * minutes for tens of thousands.
 */
function boundComparisons(node) {
  if (Array.isArray(node)) return node.map(boundComparisons);
  if (node === null || typeof node !== 'object') return node;
  const { uniqueItems, ...rest } = Object.fromEntries(
    Object.entries(node).map(([key, value]) => [key, boundComparisons(value)]),
  );
  if (uniqueItems === undefined) return rest;
  if (rest.maxItems === undefined || rest.if !== undefined) return { ...rest, uniqueItems };
  const isBounded = { type: 'array', maxItems: rest.maxItems };
  // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
  return { ...rest, if: isBounded, then: { type: 'array', uniqueItems } };
}

/** Keywords whose violations are told by their parameters: keys, and items that are equal. */
const WITH_PARAMS = ['additionalProperties', 'required', 'discriminator', 'uniqueItems'];

/** How Ajv notes a violation: half of its code, and most of it for messages that are made from the schema itself. */
const VIOLATION =
  /const (err\d+) = \{instancePath(?::(.*?))?,schemaPath:.*?,keyword:"(\w+)",params:\{(.*?)\}\};if\(vErrors === null\)\{vErrors = \[\1\];\}else \{vErrors\.push\(\1\);\}/gs;

/** Ajv's code with a call for each violation, and of its copies of the schema the keys alone that it looks up there. */
function shorten(code) {
  const called = code.replace(VIOLATION, (_, _name, path = 'instancePath', keyword, params) => {
    const told = WITH_PARAMS.includes(keyword) ? `, {${params}}` : '';
    return `vErrors = add(vErrors, ${path}, "${keyword}"${told});`;
  });
  if (/schemaPath:/.test(called)) throw new Error('Ajv notes a violation in another form than this knows');
  const looksUp = (name) => called.includes(`.call(${name}.properties, `);
  const short = called.replace(/const (schema\d+) = (.*?);(?=const |function )/gs, (_, name, copy) =>
    looksUp(name) ? `const ${name} = ${JSON.stringify({ properties: onlyKeys(JSON.parse(copy).properties) })};` : '',
  );
  const left = /\b(schema\d+)\b(?!\.properties, | = \{"properties")/.exec(short);
  if (left !== null) throw new Error(`Ajv reads more of ${left[1]} than the keys that it allows`);
  return short;
}

const onlyKeys = (properties) => Object.fromEntries(Object.keys(properties).map((key) => [key, 0]));

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
  const code = standalone(ajv, ajv.compile(boundComparisons(withoutNotes(schema))))
    .replace('"use strict";', '')
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

const require = createRequire(import.meta.url);

/** One violation, as Ajv gives it. */
export interface SchemaError {
  readonly instancePath: string;
  readonly schemaPath: string;
  readonly keyword: string;
  readonly params: Readonly<Record<string, unknown>>;
}

/** Whether a value is an experiment. Fills in defaults; leaves what is wrong in \`errors\`. */
export interface SchemaCheck {
  (value: unknown): boolean;
  errors?: readonly SchemaError[] | null;
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

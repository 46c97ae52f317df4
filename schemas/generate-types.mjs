// The TypeScript types of a checked experiment, from the schema.
import { compile } from 'json-schema-to-typescript';

/** The text of src/config/experiment.ts. */
export async function generateTypes(schema) {
  // A file that extends another may leave `data` to it, so the schema does not ask for it; a checked experiment has it.
  const checked = withDefaultsRequired({ ...schema, required: [...schema.required, 'data'] });
  return compile(checked, 'Experiment', {
    bannerComment:
      '// Generated from schemas/experiment.schema.json by `npm run generate`; do not edit.\n// The form of an experiment after composition and check: defaults are filled in.',
    additionalProperties: false,
    declareExternallyReferenced: true,
    unreachableDefinitions: true,
    style: { singleQuote: true, printWidth: 120 },
  });
}

/** The schema of a checked experiment: every key with a default is there. */
function withDefaultsRequired(node) {
  if (Array.isArray(node)) return node.map(withDefaultsRequired);
  if (node === null || typeof node !== 'object') return node;
  const copy = Object.fromEntries(Object.entries(node).map(([key, value]) => [key, withDefaultsRequired(value)]));
  if (copy.properties) {
    const filled = Object.keys(node.properties).filter((key) => node.properties[key].default !== undefined);
    copy.required = [...new Set([...(copy.required ?? []), ...filled])];
  }
  // A word for a kind is spelled out before the check.
  if (copy.else) return { ...copy.else, description: copy.description };
  // A reference with siblings is read as the siblings alone, so the description and default at the place of use give way.
  if (copy.$ref) return { $ref: copy.$ref };
  // Bounds on tuples and lists make unwieldy types; the check holds them at run time.
  if (copy.minItems !== undefined && !(copy.minItems === 2 && copy.maxItems === 2)) delete copy.minItems;
  if (copy.maxItems !== undefined && copy.minItems === undefined) delete copy.maxItems;
  return copy;
}

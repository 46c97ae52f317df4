// Records that were written by this program are read strictly: anything that another program, another version or half a
// write left behind is refused with the file's name, never guessed at.
import { Ajv, type JSONSchemaType } from 'ajv';
import { OneshotError } from '../../base/problem.js';

const ajv = new Ajv({ allErrors: false, allowUnionTypes: true });

/** A function that turns JSON text into a checked record. It throws a OneshotError('corrupt') that names `source` and the first thing wrong. */
export function makeStrictReader<T>(schema: object): (text: string, source: string) => T {
  const validate = ajv.compile<T>(schema as JSONSchemaType<T>);
  return (text, source) => {
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch (cause) {
      throw new OneshotError('corrupt', `${source} is not JSON`, { cause });
    }
    if (!validate(value)) {
      const [error] = validate.errors ?? [];
      const where = error?.instancePath ? ` at ${error.instancePath}` : '';
      throw new OneshotError('corrupt', `${source} is not a record of this version:${where} ${error?.message}`);
    }
    return value;
  };
}

// Records that were written by this program are read strictly: anything that another program, another version or half a
// write left behind is refused with the file's name, never guessed at.
import { createRequire } from 'node:module';
import type { Ajv, JSONSchemaType, ValidateFunction } from 'ajv';
import { OneshotError } from '../../base/problem.js';

/** Bytes of a record at most: the predictions of a large evaluation have some hundred megabytes. */
export const MAX_RECORD_BYTES = 1024 ** 3;

/**
 * A function that turns JSON text into a checked record. It throws a OneshotError('corrupt') that names `place` and the
 * first thing wrong.
 */
export function makeStrictReader<T>(schema: object): (text: string, place: string) => T {
  let compiled: ValidateFunction<T> | undefined;
  return (text, place) => {
    compiled ??= loadAjv().compile<T>(schema as JSONSchemaType<T>);
    const validate = compiled;
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch (cause) {
      throw new OneshotError('corrupt', `${place} is not JSON`, { cause });
    }
    if (!validate(value)) {
      const [error] = validate.errors ?? [];
      const where = error?.instancePath ? ` at ${error.instancePath}` : '';
      throw new OneshotError('corrupt', `${place} is not a record of this version:${where} ${error?.message}`);
    }
    return value;
  };
}

let ajv: Ajv | undefined;

// Loading and compiling take a fifth of the start of a trial's process, which only writes such records.
function loadAjv(): Ajv {
  const { Ajv: Checker } = createRequire(import.meta.url)('ajv') as typeof import('ajv');
  ajv ??= new Checker({ allErrors: false, allowUnionTypes: true });
  return ajv;
}

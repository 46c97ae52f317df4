// Arrays of numbers by name, outside of any engine: the form in which weights are drawn, stored and compared.
import type { Shape } from '../layers/layer.js';

export interface NumberArray {
  readonly shape: Shape;
  /** Elements in row-major order. */
  readonly values: Float32Array;
}

/** Arrays by name: `conv1/kernel`. The order is that of the network. */
export type NamedArrays = ReadonlyMap<string, NumberArray>;

/**
 * The SHA-256 over names, shapes and bytes of the arrays, 64 hex digits; the order of the names does not matter. Equal
 * hashes are equal weights, bit by bit.
 */
export function hashArrays(arrays: NamedArrays): string {
  // Asked for when it is needed: pages have arrays, too.
  const hash = process.getBuiltinModule('node:crypto').createHash('sha256');
  for (const name of [...arrays.keys()].sort()) {
    const { shape, values } = arrays.get(name) as NumberArray;
    hash.update(`${name} float32 [${shape.join(',')}]\n`);
    hash.update(bytesOf(values));
  }
  return hash.digest('hex');
}

/** The bytes of an array, as a view. */
export function bytesOf(values: Float32Array): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}

/** The members whose name starts with `prefix`, without it. */
export function withoutPrefix(arrays: NamedArrays, prefix: string): NamedArrays {
  return new Map(
    [...arrays].flatMap(([name, array]) => (name.startsWith(prefix) ? [[name.slice(prefix.length), array]] : [])),
  );
}

/** The name of the first array that holds NaN or infinity, or undefined when all are finite. */
export function findNonFinite(arrays: NamedArrays): string | undefined {
  for (const [name, { values }] of arrays) {
    for (let index = 0; index < values.length; index++) if (!Number.isFinite(values[index])) return name;
  }
  return undefined;
}

// Arrays for NumPy: format .npy, version 1.0 (numpy.lib.format).

/** The bytes of a float32 array `[rows, columns]`, row by row. */
export function encodeNpy(rows: readonly Float32Array[], columns: number): Uint8Array[] {
  const text = `{'descr': '<f4', 'fortran_order': False, 'shape': (${rows.length}, ${columns}), }`;
  // Magic, version and length take 10 bytes; the data begin at a multiple of 64, behind a line break.
  const padded = `${text.padEnd(Math.ceil((text.length + 11) / 64) * 64 - 11)}\n`;
  const start = Buffer.from(`\x93NUMPY\x01\x00\x00\x00${padded}`, 'latin1');
  start.writeUInt16LE(padded.length, 8);
  return [start, ...rows.map((row) => new Uint8Array(row.buffer, row.byteOffset, row.byteLength))];
}

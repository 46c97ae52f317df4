// Writes zip files for tests, well formed or not: PKWARE APPNOTE 6.3, sections 4.3.7, 4.3.12 and 4.3.16.
import { writeFileSync } from 'node:fs';
import { crc32, deflateRawSync } from 'node:zlib';

export interface ZipInput {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly isStored?: boolean;
  /** Written in place of the true values. */
  readonly crc32?: number;
  readonly uncompressedSize?: number;
}

export function writeZip(path: string, inputs: readonly ZipInput[]): void {
  const pieces: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const input of inputs) {
    const name = Buffer.from(input.name);
    const data = input.isStored ? Buffer.from(input.bytes) : deflateRawSync(input.bytes);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(input.isStored ? 0 : 8, 4);
    common.writeUInt32LE(input.crc32 ?? crc32(input.bytes), 10);
    common.writeUInt32LE(data.length, 14);
    common.writeUInt32LE(input.uncompressedSize ?? input.bytes.length, 18);
    common.writeUInt16LE(name.length, 22);
    const local = [Buffer.from('PK\x03\x04'), common, name, data];
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE(offset, 10);
    directory.push(Buffer.from('PK\x01\x02\x14\x00', 'latin1'), common, rest, name);
    pieces.push(...local);
    offset += local.reduce((sum, piece) => sum + piece.length, 0);
  }
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(inputs.length, 8);
  end.writeUInt16LE(inputs.length, 10);
  end.writeUInt32LE(
    directory.reduce((sum, piece) => sum + piece.length, 0),
    12,
  );
  end.writeUInt32LE(offset, 16);
  writeFileSync(path, Buffer.concat([...pieces, ...directory, end]));
}

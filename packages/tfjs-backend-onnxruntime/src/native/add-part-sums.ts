/** The second function of a gradient of filters: sums that tasks made of parts of the batch, added in a fixed order. */
import { Assembler, R8, R9, R11, type VectorSet } from './assembler.js';
import { loadTask } from './task-table.js';

const FLOAT_BYTES = 4;

export interface PartSums {
  readonly taps: number;
  /** Channels of the result, which lies tap after tap. */
  readonly channels: number;
  readonly parts: number;
  /** From a part's sums to the next one's. */
  readonly partBytes: number;
  /** Vectors that each tap has room for in the sums, and how many of them are added. */
  readonly vectorsPerTap: number;
  readonly count: number;
}

/** Parameters: sums of all parts, result. */
export function writePartSums(
  vectors: VectorSet,
  { taps, channels, parts, partBytes, vectorsPerTap, count }: PartSums,
): Uint8Array {
  const assembler = new Assembler(vectors);
  assembler.writeFunction(0, () => {
    loadTask(assembler, [R8, R9]);
    assembler.repeat(taps, R11, () => {
      for (let vector = 0; vector < count; vector++) {
        const offset = vector * vectors.bytes;
        assembler.loadVector(0, { base: R8, offset });
        for (let part = 1; part < parts; part++) {
          assembler.compute('add', 0, 0, { base: R8, offset: part * partBytes + offset });
        }
        assembler.storeVector({ base: R9, offset }, 0);
      }
      assembler.addConstant(R8, vectorsPerTap * vectors.bytes);
      assembler.addConstant(R9, channels * FLOAT_BYTES);
    });
  });
  return assembler.finish();
}

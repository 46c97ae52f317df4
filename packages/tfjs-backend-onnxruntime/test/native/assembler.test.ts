import { describe, expect, it } from 'vitest';
import {
  Assembler,
  AVX2,
  AVX512,
  R8,
  R9,
  R10,
  R12,
  R13,
  RAX,
  RBX,
  RCX,
  RDI,
  RDX,
  RSI,
  RSP,
  type VectorSet,
} from '../../src/native/assembler.js';

type Write = (assembler: Assembler, lastRegister: number) => void;

/** One instruction, its bytes with AVX2 and with AVX-512; above it what GNU objdump 2.40 reads in these bytes. */
const INSTRUCTIONS: readonly (readonly [Write, string, string])[] = [
  // vmovups ymm15,YMMWORD PTR [r13+0x40]
  // vmovups zmm31,ZMMWORD PTR [r13+0x40]
  [(a, h) => a.loadVector(h, { base: R13, offset: 64 }), 'c4417c107d40', '62417c48107d01'],
  // vmovups ymm9,YMMWORD PTR [r8+rsi*1+0x186a0]
  // vmovups zmm9,ZMMWORD PTR [r8+rsi*1+0x186a0]
  [
    (a) => a.loadVector(9, { base: R8, index: RSI, scale: 1, offset: 100000 }),
    'c4417c108c30a0860100',
    '62517c48108c30a0860100',
  ],
  // vmovups YMMWORD PTR [rsp+0x80],ymm15
  // vmovups ZMMWORD PTR [rsp+0x80],zmm31
  [(a, h) => a.storeVector({ base: RSP, offset: 128 }, h), 'c4617c11bc2480000000', '62617c48117c2402'],
  // vmovups YMMWORD PTR [r12-0x41],ymm7
  // vmovups ZMMWORD PTR [r12-0x41],zmm7
  [(a) => a.storeVector({ base: R12, offset: -65 }, 7), 'c4c17c117c24bf', '62d17c4811bc24bfffffff'],
  // vbroadcastss ymm15,DWORD PTR [r9+0x1fc]
  // vbroadcastss zmm31,DWORD PTR [r9+0x1fc]
  [(a, h) => a.broadcast(h, { base: R9, offset: 508 }), 'c4427d18b9fc010000', '62427d4818797f'],
  // vaddps ymm15,ymm13,ymm10
  // vaddps zmm31,zmm29,zmm26
  [(a, h) => a.compute('add', h, h - 2, h - 5), 'c4411458fa', '6201144058fa'],
  // vsubps ymm3,ymm15,YMMWORD PTR [r10+0x20]
  // vsubps zmm3,zmm31,ZMMWORD PTR [r10+0x20]
  [(a, h) => a.compute('subtract', 3, h, { base: R10, offset: 32 }), 'c4c1045c5a20', '62d104405c9a20000000'],
  // vmulps ymm14,ymm4,ymm5
  // vmulps zmm30,zmm4,zmm5
  [(a, h) => a.compute('multiply', h - 1, 4, 5), 'c4615c59f5', '62615c4859f5'],
  // vminps ymm1,ymm15,ymm2
  // vminps zmm1,zmm31,zmm2
  [(a, h) => a.compute('minimum', 1, h, 2), 'c4e1045dca', '62f104405dca'],
  // vmaxps ymm1,ymm15,ymm2
  // vmaxps zmm1,zmm31,zmm2
  [(a, h) => a.compute('maximum', 1, h, 2), 'c4e1045fca', '62f104405fca'],
  // vpxor ymm15,ymm15,ymm15
  // vpxord zmm31,zmm31,zmm31
  [(a, h) => a.compute('xor', h, h, h), 'c44105efff', '62010540efff'],
  // vdivps ymm9,ymm1,ymm2
  // vdivps zmm9,zmm1,zmm2
  [(a) => a.compute('divide', 9, 1, 2), 'c461745eca', '627174485eca'],
  // vsqrtps ymm9,ymm2
  // vsqrtps zmm9,zmm2
  [(a) => a.squareRoot(9, 2), 'c4617c51ca', '62717c4851ca'],
  // vpor ymm9,ymm1,ymm2
  // vpord zmm9,zmm1,zmm2
  [(a) => a.compute('or', 9, 1, 2), 'c46175ebca', '62717548ebca'],
  // rex cmp DWORD PTR [rdx+0x0],0x0; jne to the end; add rax,0x4
  [
    (a) => a.whereZero({ base: RDX, offset: 0 }, () => a.addConstant(RAX, 4)),
    '40837a00000f85070000004881c004000000',
    '40837a00000f85070000004881c004000000',
  ],
  // vptest ymm9,YMMWORD PTR [rax+0x40]; jne to the store; vptest ymm9,YMMWORD PTR [r8+0x186a0]; jne to the store; jmp to
  // the end; rex mov DWORD PTR [rdx+0x4],0xffffffff
  // vptestmd k1,zmm9,ZMMWORD PTR [rax+0x40]; kortestw k1,k1; jne …
  [
    (a) => {
      const places = [
        { base: RAX, offset: 64 },
        { base: R8, offset: 100000 },
      ];
      a.whereAnyBit(9, places, () => a.storeBits({ base: RDX, offset: 4 }, -1));
    },
    'c4627d1748400f8514000000c4427d1788a08601000f8505000000e90800000040c74204ffffffff',
    '62f23548274801c5f898c90f851900000062d235482788a0860100c5f898c90f8505000000e90800000040c74204ffffffff',
  ],
  // vpand ymm8,ymm1,ymm15
  // vpandd zmm8,zmm1,zmm31
  [(a, h) => a.compute('and', 8, 1, h), 'c44175dbc7', '62117548dbc7'],
  // vpandn ymm8,ymm15,ymm1
  // vpandnd zmm8,zmm31,zmm1
  [(a, h) => a.compute('andNot', 8, h, 1), 'c46105dfc1', '62710540dfc1'],
  // vfmadd231ps ymm15,ymm14,YMMWORD PTR [rbx-0x40]
  // vfmadd231ps zmm31,zmm14,ZMMWORD PTR [rbx-0x40]
  [(a, h) => a.compute('multiplyAdd', h, 14, { base: RBX, offset: -64 }), 'c4620db87bc0', '62620d48b87bff'],
  // vcmpeqps ymm5,ymm15,ymm2
  // vcmpeqps k1,zmm31,zmm2; vpternlogd zmm5{k1}{z},zmm5,zmm5,0xff
  [(a, h) => a.compare('equal', 5, h, 2), 'c4e104c2ea00', '62f10440c2ca0062f355c925edff'],
  // vcmpgt_oqps ymm15,ymm3,YMMWORD PTR [rcx+0x100]
  // vcmpgt_oqps k1,zmm3,ZMMWORD PTR [rcx+0x100]; vpternlogd zmm31{k1}{z},zmm31,zmm31,0xff
  [
    (a, h) => a.compare('greater', h, 3, { base: RCX, offset: 256 }),
    'c46164c2b9000100001e',
    '62f16448c249041e620305c125ffff',
  ],
  // mov rax,r12
  [(a) => a.move(RAX, R12), '4c89e0', '4c89e0'],
  // add r8,rcx
  [(a) => a.add(R8, RCX), '4901c8', '4901c8'],
  // add r13,0x3e8
  [(a) => a.addConstant(R13, 1000), '4981c5e8030000', '4981c5e8030000'],
  // imul r9,r9,0x20
  [(a) => a.multiplyByConstant(R9, 32), '4d69c920000000', '4d69c920000000'],
  // mov r12,0x4d
  [(a) => a.load64(R12, 77), '49c7c44d000000', '49c7c44d000000'],
  // mov r10,QWORD PTR [rdi+0x8]
  [(a) => a.loadMemory(R10, { base: RDI, offset: 8 }), '4c8b5708', '4c8b5708'],
  // add rsi,QWORD PTR [r12+0x0]
  [(a) => a.addMemory(RSI, { base: R12, offset: 0 }), '4903742400', '4903742400'],
  // lea rdi,[rax+0x1000]
  [(a) => a.loadAddress(RDI, { base: RAX, offset: 4096 }), '488db800100000', '488db800100000'],
];

/** Returns the bytes that are written, without the padding behind them. */
function bytesOf(vectors: VectorSet, write: Write): string {
  const assembler = new Assembler(vectors);
  write(assembler, vectors.registers - 1);
  return Buffer.from(assembler.finish())
    .toString('hex')
    .replace(/(cc)+$/, '');
}

describe('The assembler', () => {
  it('writes the bytes that a disassembler reads as the instruction meant', () => {
    for (const [write, avx2, avx512] of INSTRUCTIONS) {
      expect(bytesOf(AVX2, write), `${write}`).toBe(avx2);
      expect(bytesOf(AVX512, write), `${write}`).toBe(avx512);
    }
  });

  it('puts constants behind the code, and refers to them from the end of each instruction', () => {
    const assembler = new Assembler(AVX2);
    assembler.compute('add', 0, 1, { constant: 2.5 });
    assembler.compare('equal', 0, 1, { constant: 2.5 });
    const bytes = assembler.finish();
    const view = new DataView(bytes.buffer);
    // vaddps is 9 bytes long, its offset the last four; vcmpps has a byte for the comparison behind the offset.
    expect(9 + view.getInt32(5, true)).toBe(32);
    expect(9 + 10 + view.getInt32(9 + 5, true)).toBe(32);
    expect(view.getFloat32(32, true)).toBe(2.5);
    expect(bytes.length).toBe(64);
  });
});

describe('Registers in use', () => {
  const write = (body: (assembler: Assembler) => void) => () => {
    const assembler = new Assembler(AVX2);
    assembler.writeFunction(0, () => body(assembler));
  };

  it('are not written by mistake', () => {
    expect(
      write((a) => {
        a.holdVector(9, 'a sum');
        a.compute('add', 9, 1, 2);
      }),
    ).toThrow('register v9 holds a sum');
    expect(
      write((a) => {
        a.hold(R8, 'an address');
        a.addConstant(R8, 4);
      }),
    ).toThrow('register r8 holds an address');
    expect(write((a) => a.repeat(3, R10, () => a.repeat(4, R10, () => {})))).toThrow('holds the rounds of a loop');
    // Others, and the same after the loop or in the next function, are free.
    expect(
      write((a) => {
        a.repeat(3, R10, () => a.repeat(4, R9, () => a.addConstant(R8, 1)));
        a.move(R10, R9);
      }),
    ).not.toThrow();
  });
});

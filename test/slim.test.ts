import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { expect, test } from 'vitest';

const { findUnused } = (await import(new URL('../slim.js', import.meta.url).href)) as {
  findUnused(modules: string, system: { platform: string; arch: string }): string[];
};

test('removes libraries of other systems and builds for browsers, and nothing that Node loads', () => {
  const modules = mkdtempSync(join(tmpdir(), 'oneshot-test-'));
  const ort = 'onnxruntime-node/bin/napi-v6';
  const kept = [
    `${ort}/linux/x64/libonnxruntime.so.1`,
    '@tensorflow/tfjs/dist/tf.node.js',
    'yaml/dist/index.js.map',
    '@tensorflow/tfjs/package.json',
    '@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm-simd.wasm',
    'onnxruntime-web/types.d.ts',
  ];
  const gone = [
    '@tensorflow/tfjs-core/dist/ops/add.js.map',
    '@tensorflow/tfjs/dist/tf.fesm.min.js',
    '@tensorflow/tfjs/dist/tf.node.js.map',
  ];
  const foreign = [
    `${ort}/linux/arm64/x.so`,
    `${ort}/win32/x64/onnxruntime.dll`,
    '@tensorflow/tfjs/dist/miniprogram/index.js',
    'onnxruntime-web/dist/ort.wasm.min.js',
  ];
  for (const path of [...kept, ...gone, ...foreign]) {
    mkdirSync(join(modules, dirname(path)), { recursive: true });
    writeFileSync(join(modules, path), '');
  }
  const unused = findUnused(modules, { platform: 'linux', arch: 'x64' }).map((path) => relative(modules, path));
  expect(unused.sort()).toEqual(
    [...gone, `${ort}/linux/arm64`, `${ort}/win32`, '@tensorflow/tfjs/dist/miniprogram', 'onnxruntime-web/dist'].sort(),
  );
});

// TensorFlow.js in a page: WebAssembly, whose file is in the bundle, or plain JavaScript where a page allows or has none.
// Both compute in float32 on every machine; WebGL has half of that on many telephones, and other embeddings.
import '@tensorflow/tfjs-backend-cpu';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import simd from '@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm-simd.wasm';
import * as core from '@tensorflow/tfjs-core';
import type { TensorFlow } from '../layers/layer.js';

let started: Promise<TensorFlow> | undefined;

/** TensorFlow.js on an engine, started once for all networks of a page. */
export function startEngine(): Promise<TensorFlow> {
  started ??= start();
  return started;
}

async function start(): Promise<TensorFlow> {
  // Threads need headers that few servers send, and a small network is done before they are awake.
  core.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
  setWasmPaths('', true);
  const { platform } = core.env();
  const fetchOutside = platform.fetch;
  // The backend asks for its file as for any other: it is answered from memory, so a page needs no right to connect.
  platform.fetch = async () => new Response(simd);
  try {
    const hasSimd = (await core.env().getAsync('WASM_HAS_SIMD_SUPPORT')) as boolean;
    if (!hasSimd || !(await core.setBackend('wasm'))) await core.setBackend('cpu');
  } finally {
    platform.fetch = fetchOutside;
  }
  await core.ready();
  // Layers and heads call functions of the core alone.
  return core as unknown as TensorFlow;
}

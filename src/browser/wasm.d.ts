// Files of WebAssembly are put into the bundle by bundle.js.
declare module '*.wasm' {
  const bytes: Uint8Array<ArrayBuffer>;
  export default bytes;
}

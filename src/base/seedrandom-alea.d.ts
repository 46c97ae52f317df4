// The types of the one generator of seedrandom that is loaded: the package's own types know only all of them together.
declare module 'seedrandom/lib/alea.js' {
  import type { PRNG } from 'seedrandom';
  export default function alea(seed: string): PRNG;
}

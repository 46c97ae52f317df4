/** Convolutions by Winograd's tiles as nodes of a graph: the counterpart of convolution-algorithms.ts for native programs. */

import type { ConvolutionShape } from '../base/convolution-shape.js';
import type { GraphBuilder } from '../graph/graph-builder.js';
import { addNative } from '../graph/native-nodes.js';
import type { CodeBlock, NativeOperators, NativeProgram } from '../native/native-operators.js';
import { createConvolution } from '../winograd/convolution-program.js';
import { createFilterGradient } from '../winograd/filter-gradient-program.js';

/** The algorithms of one shape; they take and give names of tensors, activations in blocks, filters as [K, L, C, O]. */
export interface WinogradConvolution {
  convolve(x: string, filter: string, bias: string | null, withRelu: boolean): string;
  /** Takes the filter of the convolution whose gradient this is: its channels are swapped and its taps flipped. */
  convolveFlipped(dy: string, filter: string): string;
  filterGradient(x: string, dy: string): string;
}

/** [K, L, C, O] to [K, L, O, C]. */
const SWAP_CHANNELS = [0, 1, 3, 2];

export function bindWinograd(
  builder: GraphBuilder,
  operators: NativeOperators,
  shape: ConvolutionShape,
  block: number,
): WinogradConvolution {
  const add = (inputs: string[], algorithm: string, create: (code: CodeBlock) => NativeProgram) =>
    addNative(builder, operators, inputs, `${algorithm}${block}${JSON.stringify(shape)}`, create)[0]!;
  return {
    convolve: (x, filter, bias, withRelu) => {
      const options = { isFlipped: false, hasBias: bias !== null, withRelu };
      return add([x, filter, ...(bias ? [bias] : [])], `tiles${JSON.stringify(options)}`, (code) =>
        createConvolution(code, shape, block, options),
      );
    },
    convolveFlipped: (dy, filter) =>
      add([dy, builder.transpose(filter, SWAP_CHANNELS)], 'flippedTiles', (code) =>
        createConvolution(code, shape, block, { isFlipped: true, hasBias: false, withRelu: false }),
      ),
    filterGradient: (x, dy) => add([x, dy], 'tileSums', (code) => createFilterGradient(code, shape, block)),
  };
}

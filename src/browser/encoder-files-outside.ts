// Takes the place of layers/file/encoder-file.ts in what bundle.js makes for pages: a page has no files of its own machine,
// and no export begins with one (`composeNetworkFile`).
import { OneshotError } from '../base/problem.js';
import type * as files from '../layers/file/encoder-file.js';

const refuse = (): never => {
  throw new OneshotError('usage', 'the network begins with a file of its own, which a page cannot open');
};

export const digestEncoderFile: typeof files.digestEncoderFile = refuse;
export const describeEncoderFile: typeof files.describeEncoderFile = refuse;
export const readEncoderFile: typeof files.readEncoderFile = refuse;

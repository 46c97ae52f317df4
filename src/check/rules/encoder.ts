// Layers that do not fit each other, or that share a name.
import { findRepeatedLayerNames, HEAD_NAME, layerName } from '../../layers/layer-name.js';
import { EncoderShapeError, placeEncoder } from '../../model/encoder-shape.js';
import type { Rule } from '../rule.js';

/** Every layer fits the shape that reaches it. */
export const checkEncoderShapes: Rule = {
  name: 'encoder shapes',
  needs: ['model.encoder', 'data.imageSize'],
  check({ model, data }, { report }) {
    if (!model || data?.imageSize === undefined) return;
    try {
      placeEncoder(model.encoder, data.imageSize);
    } catch (error) {
      if (!(error instanceof EncoderShapeError)) throw error;
      report({
        code: 'shape',
        path: ['model', 'encoder', error.layerIndex],
        found: error.message,
        allowed: `a layer that fits what reaches it, [${error.input.join(', ')}]`,
        hint: error.layerIndex === 0 ? 'data.imageSize gives the size of the pictures' : undefined,
      });
    }
  },
};

/** No two layers share a name, and none is called as the head is. */
export const checkLayerNames: Rule = {
  name: 'layer names',
  needs: ['model.encoder'],
  check({ model }, { report, isGiven }) {
    const encoder = model?.encoder ?? [];
    for (const index of findRepeatedLayerNames(encoder)) {
      const name = layerName(encoder[index]!, index);
      const item = ['model', 'encoder', index];
      const first = encoder.findIndex((layer, at) => layerName(layer, at) === name);
      report({
        code: 'conflict',
        path: isGiven([...item, 'name']) ? [...item, 'name'] : item,
        found: name === HEAD_NAME ? `the name ${name}, which is the head's` : `the name ${name} a second time`,
        allowed: 'a name of its own for each layer',
        hint: name === HEAD_NAME ? undefined : `model.encoder[${first}] has it already`,
      });
    }
  },
};

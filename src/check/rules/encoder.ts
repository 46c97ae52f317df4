// Layers that do not fit each other, or that share a name.
import { formatKeyPath } from '../../config/key-path.js';
import { channelsOf } from '../../data/data-sets.js';
import { findRepeatedLayerNames, layerName, reservedNames } from '../../layers/layer-name.js';
import { listLayerGroups } from '../../layers/list-layers.js';
import { LayerPlaceError } from '../../layers/place-layers.js';
import { placeEncoder } from '../../model/encoder-shape.js';
import type { Rule } from '../rule.js';

/** Every layer fits the shape that reaches it. */
export const checkEncoderShapes: Rule = {
  name: 'encoder shapes',
  needs: ['model.encoder', 'data.imageSize'],
  reads: ['data'],
  check({ model, data }, { report }) {
    if (!model || data?.imageSize === undefined) return;
    try {
      placeEncoder(model.encoder, data.imageSize, channelsOf(data));
    } catch (error) {
      if (!(error instanceof LayerPlaceError)) throw error;
      report({
        code: 'shape',
        path: ['model', 'encoder', ...error.place],
        found: error.message,
        allowed: `a layer that fits what reaches it, [${error.input.join(', ')}]`,
        hint:
          error.place.length === 1 && error.place[0] === 0 && model.encoder[0]?.type !== 'file'
            ? 'data.imageSize gives the size of the pictures'
            : undefined,
      });
    }
  },
};

/** A network of a file sees pictures: it is the first layer, and there is one at most. */
export const checkFilePlace: Rule = {
  name: 'file place',
  needs: ['model.encoder'],
  check({ model }, { report }) {
    for (const { place, layers } of listLayerGroups(model?.encoder ?? [])) {
      for (const [index, { type }] of layers.entries()) {
        if (type !== 'file' || (place.length === 0 && index === 0)) continue;
        report({
          code: 'conflict',
          path: ['model', 'encoder', ...place, index],
          found: `a layer \`file\` behind ${place.length === 0 ? 'other layers' : 'the input of another'}`,
          allowed: 'it as the first layer of the encoder: its network takes pictures',
        });
      }
    }
  },
};

/** No two layers of an encoder or a block share a name, and none is called as the head or the task. */
export const checkLayerNames: Rule = {
  name: 'layer names',
  needs: ['model.encoder'],
  check({ model }, { report, isGiven }) {
    for (const { place, layers } of listLayerGroups(model?.encoder ?? [])) {
      const list = ['model', 'encoder', ...place];
      for (const index of findRepeatedLayerNames(layers)) {
        const name = layerName(layers[index]!, index);
        const owner = reservedNames.get(name);
        const item = [...list, index];
        const first = layers.findIndex((layer, at) => layerName(layer, at) === name);
        report({
          code: 'conflict',
          path: isGiven([...item, 'name']) ? [...item, 'name'] : item,
          found: owner ? `the name ${name}, which is ${owner}` : `the name ${name} a second time`,
          allowed: 'a name of its own for each layer',
          hint: owner ? undefined : `${formatKeyPath([...list, first])} has it already`,
        });
      }
    }
  },
};

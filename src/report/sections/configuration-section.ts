// What was trained: the chosen configuration's network, settings and resolved file.
import { type Block, heading, paragraph, type Text } from '../document.js';
import type { LayerFigures, NetworkFigures } from '../figures/configuration.js';
import type { LinkRuns } from '../figures/run-numbers.js';
import type { Report } from '../make-report.js';

/** The blocks of the section; none where no run kept its experiment. */
export function makeConfigurationSection({ configuration }: Report, linkRuns: LinkRuns): Block[] {
  if (!configuration) return [];
  const { system, folder, network, parts, yaml } = configuration;
  return [
    heading('configuration', 'Configuration'),
    paragraph('Of ', { name: system }, ', ', ...linkRuns([folder]), '.'),
    ...(network ? [tabulateNetwork(network)] : []),
    {
      type: 'table',
      caption: 'Data, training and evaluation',
      table: {
        head: ['part', 'settings'],
        align: ['left', 'left'],
        rows: parts.map(({ name, settings }) => [[name], [{ name: settings }]]),
      },
    },
    { type: 'listing', title: 'The resolved experiment file', text: yaml },
  ];
}

function tabulateNetwork({ input, layers, headParameters, parameters, multiplyAdds }: NetworkFigures): Block {
  const count = (value: number): Text => [value === 0 ? '–' : value.toLocaleString('en')];
  return {
    type: 'table',
    caption:
      `Network: ${parameters.toLocaleString('en')} parameters that learn, ${(multiplyAdds / 1e6).toFixed(1)} million ` +
      'multiplications with addition for a picture',
    table: {
      head: ['layer', 'output', 'parameters', 'settings'],
      align: ['left', 'right', 'right', 'left'],
      rows: [
        [['picture'], [showShape(input)], ['–'], ['']],
        ...layers.map((layer) => [
          nameLayer(layer),
          [showShape(layer.output)],
          count(layer.parameters),
          [{ name: layer.settings }],
        ]),
        [['head'], ['1'], count(headParameters), ['']],
      ],
    },
  };
}

function nameLayer({ depth, name, type }: LayerFigures): Text {
  return ['\u2003'.repeat(depth), { name }, ...(name.startsWith(type) ? [] : [{ small: type }])];
}

const showShape = (shape: readonly number[]) => shape.join(' × ');

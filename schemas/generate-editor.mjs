// From the schema of a whole experiment to the one that editors read, by the first line of each file. A file that extends
// others is a part: nothing is required in it, and `null` over a key removes what a base says. Kinds (`type`, `dataset`, …) are
// an enum beside one condition for each, so that an editor offers all of them and then the keys of the chosen one; what a
// value may be, its unit and its default stand in the text that it shows.
import { flow, ReferencePage } from './generate-reference.mjs';

/** Sections whose values are swept. */
const SWEPT = ['data', 'augmentation', 'model', 'training'];

/** The text of schemas/editor.schema.json. */
export function generateEditor(schema) {
  return `${JSON.stringify(new EditorSchema(schema).make())}\n`;
}

class EditorSchema {
  constructor(schema) {
    this.schema = schema;
    this.page = new ReferencePage(schema);
    this.definitions = {};
  }

  make() {
    const { title, description } = this.schema;
    const properties = this.properties(this.schema);
    this.offerPaths(this.sweptPaths(), this.layerPaths());
    return {
      $schema: 'http://json-schema.org/draft-07/schema#',
      title,
      description,
      type: 'object',
      additionalProperties: false,
      properties,
      $defs: this.definitions,
    };
  }

  /** Any key may be null, over one of a base; but for the name, and for what tells kinds apart. */
  properties(node) {
    return Object.fromEntries(Object.entries(node.properties).map(([key, child]) => [key, this.value(key, child)]));
  }

  /** What may stand under a key. */
  value(key, node) {
    const resolved = this.page.resolve(node);
    const texts = {
      title: key,
      ...this.describe(resolved),
      ...(resolved.default === undefined ? {} : { default: resolved.default }),
    };
    if (resolved.const !== undefined) return { ...texts, const: resolved.const };
    const shape = this.shape(node);
    if (node === this.schema.properties.name) return { ...texts, ...shape };
    if (shape.enum) return { ...texts, enum: [...shape.enum, null] };
    if (shape.type) return { ...texts, ...shape, type: [shape.type, 'null'].flat() };
    return Object.keys(shape).length === 0 ? texts : { ...texts, anyOf: [shape, { type: 'null' }] };
  }

  /** The node without texts: kinds and maps that several places refer to are definitions. */
  shape(node) {
    const resolved = this.page.resolve(node);
    if (resolved.oneOf) {
      const kind = { $ref: this.define(node.$ref?.split('/').at(-1) ?? this.nameOf(resolved), resolved) };
      return resolved.words ? { anyOf: [{ enum: resolved.words }, kind] } : kind;
    }
    const { type, items, properties, additionalProperties } = resolved;
    const bounds = Object.fromEntries(
      KEPT.filter((key) => resolved[key] !== undefined).map((key) => [key, resolved[key]]),
    );
    return {
      ...(type === undefined ? {} : { type }),
      ...bounds,
      ...(items === undefined ? {} : { items: { ...this.describe(this.page.resolve(items)), ...this.shape(items) } }),
      ...(properties === undefined ? {} : { properties: this.properties(resolved) }),
      ...(typeof additionalProperties === 'object'
        ? { additionalProperties: this.shape(additionalProperties) }
        : additionalProperties === false
          ? { additionalProperties }
          : {}),
    };
  }

  nameOf(node) {
    return `kinds-${node.discriminator.propertyName}`;
  }

  /** The definition of a choice between kinds, which may hold itself (a residual block's layers). */
  define(name, node) {
    const ref = `#/$defs/${name}`;
    if (this.definitions[name]) return ref;
    const definition = {};
    this.definitions[name] = definition;
    const tag = node.discriminator.propertyName;
    const kinds = node.oneOf.map((branch) => this.page.resolve(branch));
    const nameOfKind = (kind) => this.page.resolve(kind.properties[tag]).const;
    const refs = kinds.map((kind) => {
      const ref = `${name}-${nameOfKind(kind)}`;
      this.definitions[ref] = {
        title: `${tag}: ${nameOfKind(kind)}`,
        ...this.describe(kind),
        type: 'object',
        additionalProperties: false,
        properties: this.properties(kind),
      };
      return { $ref: `#/$defs/${ref}` };
    });
    Object.assign(definition, {
      title: name,
      ...this.describe(node),
      type: 'object',
      properties: {
        [tag]: {
          title: tag,
          enum: kinds.map(nameOfKind),
          markdownEnumDescriptions: kinds.map(({ description }) => description),
        },
      },
      allOf: [
        ...refs.map((ref, index) =>
          when({ properties: { [tag]: { const: nameOfKind(kinds[index]) } }, required: [tag] }, ref),
        ),
        // The kind is a base's affair: then it may be any of them.
        when({ not: { required: [tag] } }, { anyOf: refs }),
      ],
    });
    return ref;
  }

  /** Description with what may stand there, unit and default, as editors show it. */
  describe(node) {
    const { description } = node;
    if (description === undefined) return {};
    const isValue = node.type !== undefined || node.enum !== undefined || node.oneOf !== undefined;
    const isMap = node.properties !== undefined && node.oneOf === undefined;
    const facts = [
      ...(isValue && !isMap ? [this.page.valueText(node)] : []),
      ...(node.default === undefined ? [] : [`default \`${flow(node.default)}\``]),
    ];
    return { description, markdownDescription: [description, facts.join('; ')].filter(Boolean).join('\n\n') };
  }

  /** Key paths of single values below the sections, each with what may stand there in any kind. */
  sweptPaths() {
    const paths = new Map();
    for (const section of SWEPT) this.collectPaths(section, this.schema.properties[section], paths);
    return paths;
  }

  /** The same below a layer, whatever its name: `filters`. */
  layerPaths() {
    const paths = new Map();
    const { layer } = this.schema.$defs;
    for (const kind of layer?.oneOf ?? []) {
      const { type, name, ...settings } = this.page.resolve(kind).properties;
      for (const [key, node] of Object.entries(settings)) this.collectPaths(key, node, paths);
    }
    return paths;
  }

  collectPaths(path, node, paths) {
    const resolved = this.page.resolve(node);
    if (resolved.oneOf) for (const kind of resolved.oneOf) this.collectPaths(path, kind, paths);
    else if (resolved.properties)
      for (const [key, child] of Object.entries(resolved.properties)) this.collectPaths(`${path}.${key}`, child, paths);
    else if (resolved.const === undefined && resolved.items?.$ref === undefined)
      paths.set(path, [...(paths.get(path) ?? []), node]);
  }

  /**
   * Writes the paths into the definitions of sweeps: values for a grid, ranges for a search, one value for a point of a list.
   * Those of layers hold for any name, which an editor asks for when it has put one in.
   */
  offerPaths(paths, layerPaths) {
    const sweep = this.definitions.sweep;
    if (sweep === undefined) return;
    const one = (nodes) => ({ anyOf: distinct([...nodes.map((node) => this.shape(node)), { type: 'null' }]) });
    const texts = (path, nodes) => ({ title: path, ...this.describe(this.page.resolve(nodes[0])) });
    const make = (compose) =>
      Object.fromEntries([...paths].map(([path, nodes]) => [path, { ...texts(path, nodes), ...compose(one(nodes)) }]));
    const makeOfLayers = (compose, value) => ({
      patternProperties: Object.fromEntries(
        [...layerPaths].map(([path, nodes]) => [
          `^model\\.encoder\\[[^\\]]+\\]\\.${path.replaceAll('.', '\\.')}$`,
          { ...texts(`model.encoder[…].${path}`, nodes), ...compose(one(nodes)) },
        ]),
      ),
      defaultSnippets: [...layerPaths].map(([path, [node]]) => ({
        label: `model.encoder[…].${path}`,
        description: this.page.resolve(node).description,
        body: { [`model.encoder[\${1:NAME}].${path}`]: value },
      })),
    });
    const list = (value) => ({ type: ['array', 'null'], minItems: 1, items: value });
    const range = { type: 'array', items: { type: 'number' }, minItems: 2, maxItems: 2 };
    this.definitions.draws = {
      type: 'object',
      additionalProperties: false,
      properties: {
        choice: { type: 'array', minItems: 1, description: 'One of these values.' },
        uniform: { ...range, description: 'Between the two, each value as likely as any other.' },
        logUniform: { ...range, description: 'Between the two, each order of magnitude as likely as any other.' },
        integer: { ...range, description: 'A whole number from the first to the second.' },
        step: {
          type: 'number',
          exclusiveMinimum: 0,
          description: 'Leaves only low, low + step, … of `uniform` and `integer`.',
        },
        when: {
          type: 'object',
          description: 'Only where another parameter of the sweep has this value, or one of these.',
        },
      },
    };
    this.definitions.sweepValues = {
      type: 'object',
      minProperties: 1,
      additionalProperties: list({}),
      properties: make(list),
      ...makeOfLayers(list, '[$2]'),
    };
    const draws = { $ref: '#/$defs/draws' };
    const point = (value) => value;
    this.definitions.sweepPoint = {
      type: 'object',
      minProperties: 1,
      properties: make(point),
      ...makeOfLayers(point, '$2'),
    };
    const listOrDraws = (value) => ({ anyOf: [list(value), draws] });
    this.definitions.sweepDraws = {
      type: 'object',
      minProperties: 1,
      additionalProperties: { anyOf: [list({}), draws] },
      properties: make(listOrDraws),
      ...makeOfLayers(listOrDraws, '[$2]'),
    };
    for (const [name, shape] of Object.entries(this.definitions)) {
      if (!name.startsWith('sweep-')) continue;
      const { properties } = shape;
      const refer = (name) => ({ anyOf: [{ $ref: `#/$defs/${name}` }, { type: 'null' }] });
      const { parameters, points } = properties;
      const textsOf = ({ title, description, markdownDescription }) => ({ title, description, markdownDescription });
      if (points)
        properties.points = {
          ...textsOf(points),
          type: ['array', 'null'],
          minItems: 1,
          items: { $ref: '#/$defs/sweepPoint' },
        };
      if (parameters)
        properties.parameters = {
          ...textsOf(parameters),
          ...refer(shape.title === 'method: grid' ? 'sweepValues' : 'sweepDraws'),
        };
    }
  }
}

/** Shapes without those that say the same as an earlier one: several kinds have a key of one name. */
const distinct = (shapes) => [...new Map(shapes.map((shape) => [JSON.stringify(shape), shape])).values()];

/** What a map has to be where it fulfils the condition. */
const when = (condition, result) => {
  const rule = { if: { type: 'object', ...condition } };
  // Assigned: an object literal with this key would be taken for a promise.
  Object.assign(rule, Object.fromEntries([['then', result]]));
  return rule;
};

/** What of a node holds for a part of a file as well. */
const KEPT = [
  ...['enum', 'pattern', 'minLength', 'maxLength', 'minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum'],
  ...['minItems', 'maxItems', 'uniqueItems', 'minProperties'],
];

// The reference page of experiment files, from the schema: a table for each section and each of its kinds.

/** The text of docs/experiment.md. */
export function generateReference(schema) {
  const page = new ReferencePage(schema);
  return page.write();
}

const intro = `# Experiment files

<!-- Generated from schemas/experiment.schema.json by \`npm run generate\`; do not edit. -->

An experiment is one YAML file. This page lists every key with its default, what may stand there, and what it affects:

- **training**: another value is another network, so the trial is trained anew;
- **evaluation**: the finished network is measured again, without training;
- **nothing**: neither; results stay valid.

A key without a default may be left out unless it is marked *required*. \`oneshot explain KEY.PATH\` prints one entry,
\`oneshot validate FILE\` finds every mistake with its line and column, and a first line
\`# yaml-language-server: $schema=…/schemas/editor.schema.json\` gives completion in editors.

## How a file is read

- YAML 1.2: \`1e-4\` is a number, \`on\` and \`yes\` are text (truth values are \`true\` and \`false\`), \`<<\` is an ordinary key.
- \`extends\` names one or several local files. They are merged in order, this file last: maps are merged key by key, later
  wins; lists and single values are replaced.
- Where the later file chooses another kind (\`type\`, \`dataset\`, \`protocol\`, \`method\`), the base's other keys of that map are
  dropped: \`optimizer: {type: adamW}\` over a base with \`sgd\` takes AdamW's defaults and keeps nothing of \`sgd\`.
- \`null\` over a key of a base removes it: \`earlyStopping: null\`.
- \`--set key.path=value\` is merged last, by the same rules; its value is YAML. Sweep values are merged like that, too, in each trial.
- Key paths: \`training.optimizer.learningRate\`; an item of a list by its number from 0 or a layer by its name:
  \`model.encoder[0].filters\`, \`model.encoder[conv1].filters\`. A layer without a name is called by its type and number: \`relu1\`.
`;

export class ReferencePage {
  constructor(schema) {
    this.schema = schema;
    this.text = intro;
    this.written = new Set();
    /** Definitions of list items whose sections are being written: they may hold themselves. */
    this.open = new Set();
  }

  write() {
    const simple = {};
    const sections = [];
    for (const [key, node] of Object.entries(this.schema.properties)) {
      const resolved = this.resolve(node);
      if (this.isSection(resolved)) sections.push([key, resolved]);
      else simple[key] = node;
    }
    this.text += `\n## Top level\n\n`;
    this.table({ properties: simple, required: this.schema.required }, 'nothing');
    for (const [key, node] of sections) this.section(key, node, node['x-affects'] ?? 'nothing', 2);
    return this.text;
  }

  /** Whether a key gets a heading of its own. */
  isSection(node) {
    return Boolean(node.oneOf || node.properties || (node.items && this.isSection(this.resolve(node.items))));
  }

  section(path, node, affects, level) {
    const heading = '#'.repeat(Math.min(level, 4));
    const item = node.items ? this.resolve(node.items) : undefined;
    if (item && this.isSection(item)) {
      if (this.open.has(node.items.$ref)) return;
      this.open.add(node.items.$ref);
      this.text += `\n${heading} \`${path}\`\n\n${node.description}\n`;
      this.kinds(`${path}[]`, item, affects, level + 1);
      this.open.delete(node.items.$ref);
      return;
    }
    this.text += `\n${heading} \`${path}\`\n\n${node.description}\n`;
    if (node.oneOf) this.kinds(path, node, affects, level + 1);
    else this.keys(path, node, affects, level);
  }

  /** One table for each value of the key that chooses between kinds. */
  kinds(path, node, affects, level) {
    if (!node.oneOf) return this.keys(path, node, affects, level);
    const tag = node.discriminator.propertyName;
    for (const branch of node.oneOf.map((one) => this.resolve(one))) {
      this.text += `\n${'#'.repeat(Math.min(level, 5))} \`${path}\` with \`${tag}: ${branch.properties[tag].const}\`\n\n${branch.description}\n`;
      this.keys(path, branch, affects, level);
    }
  }

  keys(path, node, affects, level) {
    this.text += '\n';
    this.table(node, affects);
    for (const [key, child] of Object.entries(node.properties)) {
      const resolved = this.resolve(child);
      if (!this.isSection(resolved)) continue;
      const own = resolved['x-affects'] ?? affects;
      const name = this.sharedName(child);
      if (name === undefined) this.section(`${path}.${key}`, resolved, own, level + 1);
      else if (!this.written.has(name)) {
        this.written.add(name);
        this.section(this.inSeveralPlaces(name) ? key : `${path}.${key}`, resolved, own, level + 1);
      }
    }
  }

  /** The definition that a key refers to, if any. */
  sharedName(node) {
    return node.$ref;
  }

  inSeveralPlaces(ref) {
    return JSON.stringify(this.schema).split(JSON.stringify(ref)).length > 2;
  }

  table(node, affects) {
    this.text += '| key | value | default | affects | meaning |\n|---|---|---|---|---|\n';
    for (const [key, child] of Object.entries(node.properties)) {
      const resolved = this.resolve(child);
      if (resolved.const !== undefined) continue;
      const required = node.required?.includes(key) ? '*required*' : '';
      const fallback = resolved.default === undefined ? required : `\`${flow(resolved.default)}\``;
      const cells = [
        `\`${key}\``,
        this.valueText(resolved),
        fallback,
        resolved['x-affects'] ?? affects,
        resolved.description ?? '',
      ];
      this.text += `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |\n`;
    }
    if (Object.values(node.properties).every((child) => this.resolve(child).const !== undefined)) {
      this.text = this.text.replace(
        /\| key \| value \| default \| affects \| meaning \|\n\|---\|---\|---\|---\|---\|\n$/,
        'No further keys.\n',
      );
    }
  }

  /** What may stand there, with range and unit. */
  valueText(node) {
    if (node.enum) return node.enum.map((word) => `\`${word}\``).join(', ');
    if (node.oneOf) {
      const tag = node.discriminator.propertyName;
      return `map with \`${tag}\`: ${node.oneOf.map((one) => `\`${this.resolve(one).properties[tag].const}\``).join(', ')}`;
    }
    const types = [node.type].flat();
    return (
      types.map((type) => this.typeText(type, node)).join(', or ') + (node['x-unit'] ? ` (${node['x-unit']})` : '')
    );
  }

  typeText(type, node) {
    if (type === 'boolean') return '`true`, `false`';
    if (type === 'object') return node.additionalProperties?.type === 'array' ? 'map of lists' : 'map';
    if (type === 'array') {
      const item = this.resolve(node.items);
      const bounds =
        node.minItems === undefined
          ? ''
          : node.minItems === node.maxItems
            ? ` of ${node.minItems}`
            : ` of ${node.minItems} or more`;
      return `list${bounds}: each ${item.type || item.enum || item.oneOf ? this.valueText(item) : 'any'}`;
    }
    if (type === 'string') return node['x-form'] === 'auto' ? '`auto`' : (node['x-form'] ?? 'text');
    return `${type}${rangeText(node)}`;
  }

  resolve(node) {
    if (node?.else) return this.resolve({ ...node.else, words: node.then.enum, description: node.description });
    if (!node?.$ref) return node;
    const { $ref, ...siblings } = node;
    const target = $ref
      .split('/')
      .slice(1)
      .reduce((at, key) => at[key], this.schema);
    return { ...this.resolve(target), ...siblings };
  }
}

function rangeText({ minimum, maximum, exclusiveMinimum, exclusiveMaximum }) {
  const parts = [];
  if (minimum !== undefined && maximum !== undefined) return ` from ${minimum} to ${maximum}`;
  if (minimum !== undefined) parts.push(`at least ${minimum}`);
  if (exclusiveMinimum !== undefined) parts.push(`above ${exclusiveMinimum}`);
  if (maximum !== undefined) parts.push(`at most ${maximum}`);
  if (exclusiveMaximum !== undefined) parts.push(`below ${exclusiveMaximum}`);
  return parts.length === 0 ? '' : `, ${parts.join(', ')}`;
}

/** A value in YAML's flow style. */
export function flow(value) {
  if (Array.isArray(value)) return `[${value.map(flow).join(', ')}]`;
  if (value !== null && typeof value === 'object')
    return `{${Object.entries(value)
      .map(([key, item]) => `${key}: ${flow(item)}`)
      .join(', ')}}`;
  return String(value);
}

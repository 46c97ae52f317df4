// What stands at a place, in words, and what its writer may have meant. For problems.
import type { SchemaNode } from './schema.js';
import type { SourceNode } from './source-tree.js';

const LONGEST_TEXT = 60;

/** What stands there, short: `"fast"`, `-3`, `nothing`, `a list of 3`. */
export function describeFound(node: SourceNode): string {
  if (node.kind === 'list') return node.items.length === 0 ? 'an empty list' : `a list of ${node.items.length}`;
  if (node.kind === 'map') return node.entries.size === 0 ? 'an empty map' : 'a map';
  if (node.value === null) return node.text === '' ? 'nothing' : node.text;
  return describeScalar(node.value, node.text);
}

/** A single value: text in quotes, numbers as they were written. */
function describeScalar(value: string | number | boolean, text = String(value)): string {
  if (typeof value !== 'string') return shorten(text);
  return JSON.stringify(shorten(value));
}

/** Any plain value, for those that do not come from a file. */
export function describeValue(value: unknown): string {
  if (value === null || value === undefined) return 'nothing';
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : `a list of ${value.length}`;
  if (typeof value === 'object') return 'a map';
  return describeScalar(value as string | number | boolean);
}

/** What to do where a value has the wrong type because of how YAML reads it. */
export function explainMisreading(node: SourceNode, schema: SchemaNode): string | undefined {
  const types = [schema.type ?? []].flat();
  const wantsNumber = types.includes('number') || types.includes('integer');
  if (node.kind === 'list' && node.items.length === 1 && (wantsNumber || schema.enum) && !types.includes('array'))
    return 'write the value without brackets';
  if (node.kind !== 'scalar') return undefined;
  if (node.value === null && node.text === '') return 'the key has no value';
  if (typeof node.value === 'string') return explainText(node.value, node.text, types);
  if (types.includes('array') && !wantsNumber) return `write a list: [${node.text}]`;
  if (typeof node.value === 'number' && !Number.isFinite(node.value) && wantsNumber) return 'only finite numbers';
  if (types.includes('string')) return `put it in quotes: "${node.text}"`;
  return undefined;
}

function explainText(value: string, text: string, types: readonly string[]): string | undefined {
  const wantsNumber = types.includes('number') || types.includes('integer');
  const quoted = /^["']/.test(text);
  if (!quoted && /^(none|nil|undefined|na)$/i.test(value))
    return 'leave the key out, or write null to remove what a base gives';
  if (types.includes('boolean')) {
    if (quoted && /^(true|false)$/i.test(value)) return 'write it without quotes';
    if (/^(y|yes|on)$/i.test(value)) return 'YAML 1.2 reads this as text: write true';
    if (/^(n|no|off)$/i.test(value)) return 'YAML 1.2 reads this as text: write false';
  }
  if (wantsNumber) {
    if (quoted && value.trim() !== '' && Number.isFinite(Number(value))) return 'write it without quotes';
    if (/^[-+]?\d{1,3}([_,' ]\d{3})+$/.test(value)) return `write ${value.replace(/[_,' ]/g, '')}`;
    if (/^[-+]?\d+,\d+$/.test(value)) return `write ${value.replace(',', '.')}`;
    if (types.includes('number') && /^[\d.]+\s*%$/.test(value)) return `write ${Number.parseFloat(value) / 100}`;
    const unit = /^([-+]?[\d.]+(?:e[-+]?\d+)?)\s*[a-zA-Z°]+$/.exec(value);
    if (unit) return `write the number without a unit: ${unit[1]}`;
  }
  if (types.includes('array') && !types.includes('string') && !text.includes('\n')) return `write a list: [${text}]`;
  return undefined;
}

function shorten(text: string): string {
  return text.length <= LONGEST_TEXT ? text : `${text.slice(0, LONGEST_TEXT - 1)}…`;
}

// Where each value of an experiment came from. Problems of the schema and of the cross-field rules ask here.
import type { SourcePosition } from '../base/problem.js';
import { findItem, type KeyPath } from './key-path.js';
import type { SourceEntry, SourceNode } from './source-tree.js';

/**
 * Positions by key path, through all files of a composition. A path that is not in the input (a default, a missing key)
 * has the position of the key around it.
 */
export class Positions {
  readonly root: SourceNode;

  constructor(root: SourceNode) {
    this.root = root;
  }

  /** The node at a path, or undefined when the input has none there. */
  find(path: KeyPath): SourceNode | undefined {
    const trail = this.#walk(path);
    return trail.length === path.length + 1 ? trail.at(-1)!.node : undefined;
  }

  /** Where the key of a path stands; of an item of a list, where the item begins; of the root, line 1, column 1. */
  ofKey(path: KeyPath): SourcePosition {
    return this.#walk(path).at(-1)!.keyStart;
  }

  /**
   * Where the value of a path begins. A key without a value, and a value that is not in the input, have the position of
   * the key.
   */
  ofValue(path: KeyPath): SourcePosition {
    const trail = this.#walk(path);
    const { node, keyStart } = trail.at(-1)!;
    if (trail.length <= path.length) return keyStart;
    return node.kind === 'scalar' && node.text === '' ? keyStart : node.start;
  }

  /** The entries from the root to the path, or as far as the input goes. */
  #walk(path: KeyPath): SourceEntry[] {
    const trail: SourceEntry[] = [{ keyStart: { file: this.root.start.file, line: 1, column: 1 }, node: this.root }];
    for (const step of path) {
      const next = childOf(trail.at(-1)!.node, step);
      if (!next) break;
      trail.push(next);
    }
    return trail;
  }
}

function childOf(node: SourceNode, step: KeyPath[number]): SourceEntry | undefined {
  if (node.kind === 'map') return typeof step === 'string' ? node.entries.get(step) : undefined;
  if (node.kind !== 'list' || typeof step === 'string') return undefined;
  // Names are looked at only where one is asked for: lists are long, and every problem asks.
  const index = typeof step === 'number' ? step : findItem(node.items.map(nameAndType), step);
  const item = index === undefined ? undefined : node.items[index];
  return item && { keyStart: item.start, node: item };
}

/** As much of an item of a list as `findItem` needs to know it by name. */
export function nameAndType(node: SourceNode): { readonly name?: string; readonly type?: string } | undefined {
  if (node.kind !== 'map') return undefined;
  const textOf = (key: string) => {
    const child = node.entries.get(key)?.node;
    return child?.kind === 'scalar' && typeof child.value === 'string' ? { [key]: child.value } : {};
  };
  return { ...textOf('name'), ...textOf('type') };
}

// Tables without lines: columns apart by spaces, readable in a small terminal and when piped.
import Table from 'cli-table3';
import type { Colors } from './terminal.js';

const NO_LINES = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: ' ',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '  ',
};

/** An empty table with these column heads; `alignRight` names the columns of numbers by position. */
export function createPlainTable(
  head: readonly string[],
  colors: Colors,
  alignRight: readonly number[] = [],
): Table.Table {
  return new Table({
    head: head.map((name) => colors.dim(name)),
    style: { head: [], border: [], compact: true, 'padding-left': 0, 'padding-right': 0 },
    colAligns: head.map((_, column) => (alignRight.includes(column) ? 'right' : 'left')),
    chars: NO_LINES,
  });
}

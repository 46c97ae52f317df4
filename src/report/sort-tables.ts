// The one script of the page: it gives the heads of tables a button that sorts their rows. Without it the page is whole.
import { createHash } from 'node:crypto';

/** Rows from which on sorting helps. */
const LEAST_ROWS = 3;

// Runs in the reader's browser. A head is clicked through descending, ascending, and the order of the page.
const SCRIPT = `'use strict';
const valueOf = (row, column) => {
  const text = row.cells[column]?.textContent.trim() ?? '';
  const number = /^[-\\u2212+]?[\\d,]*\\.?\\d+(?:e[-+]?\\d+)?/i.exec(text);
  return number ? Number(number[0].replaceAll(',', '').replace('\\u2212', '-')) : text;
};
const compare = (a, b) => {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  if (typeof a === typeof b) return a.localeCompare(b, 'en', { numeric: true });
  return typeof a === 'number' ? 1 : -1;
};
for (const table of document.querySelectorAll('table')) {
  const body = table.tBodies[0];
  const rows = [...body.rows];
  if (rows.length < ${LEAST_ROWS}) continue;
  const heads = [...table.tHead.rows[0].cells];
  for (const [column, head] of heads.entries()) {
    const button = document.createElement('button');
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener('click', () => {
      const next = { descending: 'ascending', ascending: null }[head.getAttribute('aria-sort')];
      const order = next === undefined ? 'descending' : next;
      for (const other of heads) other.removeAttribute('aria-sort');
      if (order !== null) head.setAttribute('aria-sort', order);
      const sign = order === 'descending' ? -1 : 1;
      const byValue = (a, b) => sign * compare(valueOf(a, column), valueOf(b, column));
      body.append(...(order === null ? rows : rows.toSorted(byValue)));
    });
  }
}
`;

/** The text of the script. */
export const SORT_SCRIPT: string = SCRIPT;

/** What a content security policy lets run: this very text and no other. */
export const SORT_SCRIPT_SOURCE = `'sha256-${createHash('sha256').update(SCRIPT).digest('base64')}'`;

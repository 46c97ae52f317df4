// One row of a CSV file (RFC 4180).

/**
 * The cells with commas between them, without a line end. Text that a spreadsheet would take for a formula gets an
 * apostrophe.
 */
export function encodeCsvRow(cells: readonly (string | number | undefined)[]): string {
  return cells.map(encodeCell).join(',');
}

function encodeCell(value: string | number | undefined): string {
  if (value === undefined) return '';
  const text = typeof value === 'string' && /^[=+\-@\t\r]/.test(value) ? `'${value}` : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

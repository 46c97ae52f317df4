/** Returns JSON of plain data in which different numbers differ: those that JSON does not know, and −0, are spelled out. */
export function describe(data: unknown): string {
  return JSON.stringify(data, (_, value) =>
    typeof value === 'number' && (!Number.isFinite(value) || Object.is(value, -0)) ? spell(value) : value,
  );
}

function spell(value: number): string {
  return Object.is(value, -0) ? '-0' : `${value}`;
}

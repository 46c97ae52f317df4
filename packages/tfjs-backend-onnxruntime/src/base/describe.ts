/**
 * Returns JSON of plain data in which different numbers differ: those that JSON does not know are spelled out, and so is −0
 * where it stands at the top level.
 */
export function describe(data: object): string {
  const text = JSON.stringify(data);
  // Next to nothing needs more care than this, and every operation that is recorded comes by here.
  if (!text.includes('null') && !Object.values(data).some((value) => Object.is(value, -0))) return text;
  return JSON.stringify(data, (_, value) =>
    typeof value === 'number' && (!Number.isFinite(value) || Object.is(value, -0)) ? spell(value) : value,
  );
}

function spell(value: number): string {
  return Object.is(value, -0) ? '-0' : `${value}`;
}

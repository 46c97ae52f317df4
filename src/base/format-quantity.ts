// Numbers as people read them: durations, bytes, counts, accuracies.

/** A duration in its two largest units: `42 s`, `3 min 20 s`, `5 h 12 min`. */
export function formatDuration(seconds: number): string {
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  const minutes = Math.round(whole / 60);
  if (minutes < 24 * 60) return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
  return `${Math.floor(minutes / (24 * 60))} d ${Math.floor((minutes % (24 * 60)) / 60)} h`;
}

/** A number with three digits and a decimal prefix: `950`, `38.9 M`, `1.24 T`. */
export function formatPrefixed(count: number): string {
  const prefixes = ['', ' k', ' M', ' G', ' T', ' P', ' E'];
  let power = 0;
  let value = count;
  while (value >= 999.5 && power < prefixes.length - 1) {
    value /= 1000;
    power++;
  }
  if (power === 0) return String(Math.round(value));
  return `${value >= 99.95 ? value.toFixed(0) : value >= 9.995 ? value.toFixed(1) : value.toFixed(2)}${prefixes[power]}`;
}

/** Bytes with a decimal prefix: `156 MB`, `1.02 GB`. */
export function formatBytes(bytes: number): string {
  const count = formatPrefixed(bytes);
  return count.includes(' ') ? `${count}B` : `${count} B`;
}

/** An integer with thousands separators: `38,951,745`. */
export function formatInteger(value: number): string {
  return value.toLocaleString('en-US', { maximumFractionDigits: 0 });
}

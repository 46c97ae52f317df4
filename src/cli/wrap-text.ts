// Breaks text into lines for a terminal.

/**
 * The text in lines of at most `width` characters, where its words allow that; each begins with `margin`, those after the
 * first with `hanging` more spaces.
 */
export function wrapText(text: string, width: number, margin = '', hanging = 0): string[] {
  const lines: string[] = [];
  let line = margin;
  let isEmpty = true;
  // Runs of spaces line columns up, so they are kept inside a line.
  for (const [word, gap] of [...text.matchAll(/(\S+)(\s*)/g)].map((match) => [match[1]!, match[2]!] as const)) {
    if (!isEmpty && line.length + word.length > width) {
      lines.push(line.trimEnd());
      line = margin + ' '.repeat(hanging);
    }
    line += word + gap;
    isEmpty = false;
  }
  if (!isEmpty) lines.push(line.trimEnd());
  return lines;
}

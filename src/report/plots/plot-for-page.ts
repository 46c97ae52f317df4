// A plot as a part of a page.
import { PLOT_COLORS } from './plot-style.js';

/** How much larger than drawn a plot may become: letters of a narrow one would be huge. */
const MOST_ENLARGED = 1.4;

/**
 * The SVG as a part of a page: it takes its colours from the page's CSS variables, fills the width it is given and has a
 * text for those who do not see it. `describedAs` is escaped here.
 */
export function plotForPage(svg: string, describedAs: string): string {
  let text = svg;
  for (const [role, color] of Object.entries(PLOT_COLORS)) text = text.replaceAll(color, `var(--${role})`);
  const label = describedAs.replace(/[&<>"]/g, (sign) => `&#${sign.codePointAt(0)};`);
  return text.replace(
    /^<svg ([^>]*?)width="(\d+(?:\.\d+)?)" height="\d+(?:\.\d+)?"/,
    (_, before: string, width: string) =>
      `<svg ${before}style="max-width:${Math.round(MOST_ENLARGED * Number(width))}px" role="img" aria-label="${label}"`,
  );
}

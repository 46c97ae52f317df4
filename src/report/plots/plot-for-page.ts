// A plot as a part of a page.
import { PLOT_COLORS } from './plot-style.js';

/** The SVG as a part of a page: it takes its colours from the page's CSS variables, fills the width it is given and has a text for those who do not see it. `describedAs` is escaped here. */
export function plotForPage(svg: string, describedAs: string): string {
  let text = svg;
  for (const [role, color] of Object.entries(PLOT_COLORS)) text = text.replaceAll(color, `var(--${role})`);
  const label = describedAs.replace(/[&<>"]/g, (sign) => `&#${sign.codePointAt(0)};`);
  return text.replace(
    /^<svg ([^>]*?)width="\d+(?:\.\d+)?" height="\d+(?:\.\d+)?"/,
    `<svg $1role="img" aria-label="${label}"`,
  );
}

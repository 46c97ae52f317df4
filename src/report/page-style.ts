// The style of a report's page: one column on a phone, light and dark after the reader's system, plain on paper.
import { PLOT_COLORS } from './plots/plot-style.js';

/** Plot colours on dark pages, by their role. */
const DARK_COLORS: Readonly<Record<string, string>> = {
  ink: '#ececea',
  faint: '#3a3a38',
  card: '#1e1e1c',
  'series-1': '#56b4e9',
  'series-2': '#ff8a3d',
  'series-3': '#2fcf9f',
  'series-4': '#e59ac4',
  'series-5': '#e3c34a',
  'series-6': '#9ad4f7',
  'series-7': '#b9a2ea',
  'series-8': '#b0b0ab',
};

const variables = (colors: Readonly<Record<string, string>>) =>
  Object.entries(colors)
    .map(([role, color]) => `--${role}: ${color};`)
    .join(' ');

/** The style sheet. */
export const PAGE_STYLE = `
:root { color-scheme: light dark; ${variables(PLOT_COLORS)} --page: #fdfdfc; --quiet: #5b5b58; --alarm: #a32800;
  --won: #00795a; --lost: #b34700; --shade: rgb(0 0 0 / 0.22); }
@media (prefers-color-scheme: dark) {
  :root { ${variables(DARK_COLORS)} --page: #161615; --quiet: #b4b4af; --alarm: #ff9a76; --won: #2fcf9f;
    --lost: #ff8a3d; --shade: rgb(255 255 255 / 0.28); }
}
* { box-sizing: border-box; }
html { scroll-padding-top: 56px; }
body { margin: 0; background: var(--page); color: var(--ink);
  font: 16px/1.55 system-ui, 'Segoe UI', Roboto, 'Noto Sans', 'Noto Sans CJK KR', sans-serif; }
.page { max-width: 1280px; margin: 0 auto; }
main { min-width: 0; padding: 20px 16px 64px; }
h1 { font-size: 1.9rem; line-height: 1.2; margin: 0 0 8px; overflow-wrap: anywhere; letter-spacing: -0.01em; }
h2 { display: inline; font-size: 1.15rem; margin: 0; }
h3, h2.title { display: block; font-size: 1rem; margin: 0 0 4px; font-weight: 600; overflow-wrap: anywhere; }
p, li, figcaption { overflow-wrap: anywhere; }
p { margin: 8px 0; max-width: 46rem; }
.lead { font-size: 1.12rem; line-height: 1.5; }
.note, figcaption { color: var(--quiet); }
.note { font-size: 0.92rem; }
.alarm { color: var(--alarm); font-weight: 600; border-left: 3px solid var(--alarm); padding-left: 10px; }
nav { position: sticky; top: 0; z-index: 2; background: var(--page); border-bottom: 1px solid var(--faint); font-size: 0.9rem; }
nav ul { list-style: none; display: flex; gap: 18px; overflow-x: auto; margin: 0; padding: 0 16px; }
nav li { flex: none; }
nav a { display: block; padding: 10px 0; color: var(--quiet); text-decoration: none; }
nav a:hover, nav a:focus-visible { color: var(--ink); text-decoration: underline; }
a { color: var(--series-1); }
.section { border-top: 1px solid var(--faint); }
.section:first-of-type { margin-top: 24px; }
.section > summary { cursor: pointer; padding: 11px 0; }
.section > summary::marker { color: var(--quiet); }
.section > summary:hover h2 { text-decoration: underline; text-decoration-thickness: 1px; text-underline-offset: 3px; }
summary:focus-visible, .scroll:focus-visible, pre:focus-visible, a:focus-visible { outline: 2px solid var(--series-1);
  outline-offset: 2px; }
.content { padding-bottom: 24px; }
.listing { margin: 12px 0; }
.listing summary { cursor: pointer; color: var(--quiet); font-size: 0.92rem; }
pre { overflow: auto; max-height: 32rem; background: var(--card); border: 1px solid var(--faint); border-radius: 6px;
  padding: 12px; font-size: 0.82rem; line-height: 1.45; }
.scroll { overflow-x: auto; margin: 12px 0;
  background: linear-gradient(to right, var(--page) 40%, transparent) left / 40px 100% no-repeat local,
    linear-gradient(to left, var(--page) 40%, transparent) right / 40px 100% no-repeat local,
    linear-gradient(to right, var(--shade), transparent) left / 12px 100% no-repeat scroll,
    linear-gradient(to left, var(--shade), transparent) right / 12px 100% no-repeat scroll; }
.tall { overflow-y: auto; max-height: min(36rem, 80vh); border-bottom: 1px solid var(--faint); }
.tall th { position: sticky; top: 0; background: var(--page); box-shadow: inset 0 -1px var(--faint); }
table { border-collapse: collapse; font-size: 0.92rem; font-variant-numeric: tabular-nums; }
th, td { text-align: left; vertical-align: top; padding: 5px 14px 5px 0; border-bottom: 1px solid var(--faint); }
th { font-weight: 600; vertical-align: bottom; color: var(--quiet); }
td.right, th.right { text-align: right; }
th button { all: unset; cursor: pointer; } th button:hover { text-decoration: underline; }
th button:focus-visible { outline: 2px solid currentColor; outline-offset: 2px; }
th[aria-sort=descending] button::after { content: ' \\2193'; } th[aria-sort=ascending] button::after { content: ' \\2191'; }
td.right { white-space: nowrap; }
td { min-width: 3.5rem; max-width: 26rem; overflow-wrap: break-word; }
td.left { min-width: 8rem; }
td.left:first-child { min-width: min(38vw, 13rem); }
td.right:first-child, th.right:first-child { min-width: 2.2rem; padding-right: 10px; }
.caption { margin: 20px 0 0; color: var(--quiet); font-size: 0.92rem; }
.caption + .scroll { margin-top: 4px; }
small { display: block; color: var(--quiet); font-size: 0.82rem; }
.lead small { display: inline; }
.plots { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 340px), 1fr)); gap: 20px;
  margin: 16px 0; align-items: start; }
figure { margin: 0; min-width: 0; }
.number { margin: 0 0 14px; }
.number strong { display: block; font-size: 2.9rem; line-height: 1.1; font-weight: 700; letter-spacing: -0.02em; }
.number span { color: var(--quiet); }
.facts { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: 3px 14px; margin: 0;
  align-content: start; font-size: 0.88rem; }
.facts dt { color: var(--quiet); }
.facts dd { margin: 0; overflow-wrap: anywhere; }
.plot { background: var(--card); border: 1px solid var(--faint); border-radius: 6px; padding: 14px; max-width: 620px; }
.plot svg { width: 100%; height: auto; display: block; }
.picture { margin: 16px 0; overflow-x: auto; }
.picture img { max-width: 100%; height: auto; image-rendering: pixelated; display: block; margin: 6px 0; }
.picture figcaption { max-width: 46rem; font-size: 0.92rem; }
img.small { width: 44px; height: 44px; object-fit: contain; background: #fff; border: 1px solid var(--faint);
  border-radius: 3px; vertical-align: middle; margin-right: 8px; }
tr:target { background: color-mix(in srgb, var(--series-6) 25%, transparent); }
.plots.wide { grid-template-columns: minmax(0, 1fr); }
.wide .plot { max-width: none; }
.download { font-size: 0.85rem; }
.item { margin: 16px 0 24px; }
.item .query { display: flex; align-items: center; gap: 12px; margin-bottom: 8px; }
.ways { display: grid; grid-template-columns: repeat(auto-fill, minmax(52px, 1fr)); gap: 6px; max-width: 760px; }
.way { font-size: 0.72rem; text-align: center; color: var(--quiet); border: 2px solid transparent; border-radius: 5px;
  padding: 2px; }
.way.truth { border-color: var(--won); color: var(--won); }
.way.wrong { border-color: var(--lost); color: var(--lost); }
.item img { width: 100%; max-width: 72px; image-rendering: auto; background: #fff; border-radius: 3px; display: block;
  margin: 0 auto; }
.item .query img { width: 72px; margin: 0; border: 1px solid var(--faint); }
footer { margin-top: 40px; font-size: 0.85rem; color: var(--quiet); }
@media (min-width: 1000px) {
  .page { display: grid; grid-template-columns: 190px minmax(0, 1fr); gap: 28px; }
  html { scroll-padding-top: 16px; }
  main { padding: 28px 24px 64px 0; }
  nav { align-self: start; max-height: 100vh; overflow-y: auto; border: 0; padding: 34px 0 20px 24px; }
  nav ul { display: block; padding: 0; }
  nav a { padding: 4px 0; }
}
@page { margin: 14mm; }
@media print {
  :root { color-scheme: light; ${variables(PLOT_COLORS)} --page: #fff; --quiet: #444; --alarm: #8a2200;
    --won: #00664c; --lost: #8f3900; }
  .page { display: block; max-width: none; } main { padding: 0; }
  body { font-size: 11px; } nav, .download, .listing { display: none; }
  .scroll, .tall { overflow: visible; max-height: none; background: none; } .tall th { position: static; }
  .section::details-content { content-visibility: visible; display: block; block-size: auto; }
  .section > summary { list-style: none; }
  .plot, .picture, .item, .number, .facts, tr { break-inside: avoid; } summary, h3, .caption { break-after: avoid; }
  .content > :first-child { break-before: avoid; }
  .plots { grid-template-columns: repeat(2, minmax(0, 1fr)); } .item img, .item .query img { max-width: 44px; }
  table { font-size: 0.82rem; } td, td.left, td.left:first-child { min-width: 0; padding-right: 8px; } th { padding-right: 8px; }
  td.left { overflow-wrap: anywhere; }
}
`;

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
:root { color-scheme: light dark; ${variables(PLOT_COLORS)} --page: #fdfdfc; --quiet: #5b5b58; --alarm: #a32800; --won: #00795a; --lost: #b34700; }
@media (prefers-color-scheme: dark) {
  :root { ${variables(DARK_COLORS)} --page: #161615; --quiet: #b4b4af; --alarm: #ff9a76; --won: #2fcf9f; --lost: #ff8a3d; }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--ink); font: 16px/1.55 system-ui, 'Segoe UI', Roboto, 'Noto Sans', 'Noto Sans CJK KR', sans-serif; }
main { max-width: 1120px; margin: 0 auto; padding: 24px 16px 64px; }
h1 { font-size: 1.7rem; line-height: 1.2; margin: 0 0 4px; overflow-wrap: anywhere; }
h2 { font-size: 1.2rem; margin: 44px 0 8px; padding-top: 12px; border-top: 1px solid var(--faint); }
h3 { font-size: 1rem; margin: 0 0 4px; font-weight: 600; overflow-wrap: anywhere; }
p, li, figcaption { overflow-wrap: anywhere; }
p { margin: 8px 0; max-width: 46rem; }
.lead { font-size: 1.18rem; line-height: 1.5; }
.note, figcaption { color: var(--quiet); }
.note { font-size: 0.92rem; }
.alarm { color: var(--alarm); font-weight: 600; }
nav { font-size: 0.92rem; margin: 4px 0 16px; overflow-x: auto; white-space: nowrap; }
nav a { display: inline-block; padding: 6px 0; margin-right: 14px; }
a { color: var(--series-1); }
.scroll { overflow-x: auto; margin: 12px 0; }
.scroll:focus-visible { outline: 2px solid var(--series-1); }
table { border-collapse: collapse; font-size: 0.92rem; font-variant-numeric: tabular-nums; }
th, td { text-align: left; vertical-align: top; padding: 5px 14px 5px 0; border-bottom: 1px solid var(--faint); }
th { font-weight: 600; vertical-align: bottom; }
td.right, th.right { text-align: right; }
td.right { white-space: nowrap; }
td { min-width: 3.5rem; max-width: 26rem; overflow-wrap: break-word; }
td.left { min-width: 10rem; }
td.left:first-child { min-width: min(38vw, 15rem); }
td.right:first-child, th.right:first-child { min-width: 2.2rem; padding-right: 10px; }
.caption { margin: 20px 0 0; color: var(--quiet); font-size: 0.92rem; }
.caption + .scroll { margin-top: 4px; }
small { display: block; color: var(--quiet); font-size: 0.82rem; }
.lead small { display: inline; }
.plots { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 400px), 1fr)); gap: 20px; margin: 16px 0; }
figure { margin: 0; min-width: 0; }
.facts { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: 4px 14px; margin: 0; align-content: start; font-size: 0.92rem; }
.facts dt { color: var(--quiet); }
.facts dd { margin: 0; overflow-wrap: anywhere; }
.plot { background: var(--card); border: 1px solid var(--faint); border-radius: 6px; padding: 12px; max-width: 560px; }
.plot svg { width: 100%; height: auto; display: block; }
.picture { margin: 16px 0; overflow-x: auto; }
.picture img { max-width: 100%; height: auto; image-rendering: pixelated; display: block; margin: 6px 0; }
.picture figcaption { max-width: 46rem; font-size: 0.92rem; }
tr:target { background: color-mix(in srgb, var(--series-6) 25%, transparent); }
.plots.wide { grid-template-columns: minmax(0, 1fr); }
.download { font-size: 0.85rem; }
.item { margin: 16px 0 24px; }
.item .query { display: flex; align-items: center; gap: 12px; margin-bottom: 8px; }
.ways { display: grid; grid-template-columns: repeat(auto-fill, minmax(52px, 1fr)); gap: 6px; max-width: 760px; }
.way { font-size: 0.72rem; text-align: center; color: var(--quiet); border: 2px solid transparent; border-radius: 5px; padding: 2px; }
.way.truth { border-color: var(--won); color: var(--won); }
.way.wrong { border-color: var(--lost); color: var(--lost); }
.item img { width: 100%; max-width: 72px; image-rendering: auto; background: #fff; border-radius: 3px; display: block; margin: 0 auto; }
.item .query img { width: 72px; margin: 0; border: 1px solid var(--faint); }
footer { margin-top: 56px; font-size: 0.85rem; color: var(--quiet); }
@media (min-width: 700px) { nav { white-space: normal; } }
@media print {
  :root { color-scheme: light; ${variables(PLOT_COLORS)} --page: #fff; --quiet: #444; }
  body { font-size: 11px; } nav, .download { display: none; } .scroll { overflow: visible; }
  .plot, .item, tr { break-inside: avoid; } h2 { break-after: avoid; }
  table { font-size: 0.82rem; } td, td.left, td.left:first-child { min-width: 0; padding-right: 8px; } th { padding-right: 8px; }
}
`;

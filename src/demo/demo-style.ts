// The style of the demo's page: one column on a phone, three areas on a desk; light and dark after the reader's system.
// Pictures stay ink on paper in both.
export const DEMO_STYLE = `
:root { color-scheme: light dark; --page: #fbfbf9; --card: #ffffff; --ink: #1d1d1b; --quiet: #5b5b58;
  --faint: #dcdcd6; --won: #00795a; --won-soft: #d9f0e8; --unknown: #a84300; --unknown-soft: #fbe7da;
  --focus: #0066c8; --paper: #ffffff; }
@media (prefers-color-scheme: dark) {
  :root { --page: #161615; --card: #201f1e; --ink: #ececea; --quiet: #b4b4af; --faint: #3d3d3a; --won: #2fcf9f;
    --won-soft: #12352b; --unknown: #ff9a5c; --unknown-soft: #3c2414; --focus: #6cb8ff; --paper: #f3f2ee; }
}
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 1240px; padding: 0 16px; background: var(--page); color: var(--ink);
  font: 16px/1.5 system-ui, 'Segoe UI', Roboto, 'Noto Sans', 'Noto Sans CJK KR', sans-serif; }
header { padding: 28px 0 4px; }
h1 { margin: 0; font-size: clamp(1.7rem, 4.5vw, 2.5rem); line-height: 1.1; letter-spacing: -0.025em; }
header p { margin: 8px 0 0; max-width: 44rem; color: var(--quiet); font-size: 1.05rem; }
header b { color: var(--ink); font-weight: 600; }
h2 { margin: 0 0 10px; font-size: 1.05rem; font-weight: 650; }
main { display: grid; gap: 24px 36px; grid-template-columns: minmax(0, 1fr); padding: 20px 0 32px; }
@media (min-width: 900px) {
  main { grid-template-columns: 372px minmax(0, 1fr); grid-template-areas: 'drawing answer' 'drawing known';
    grid-template-rows: auto 1fr; }
  .drawing { grid-area: drawing; } .answer { grid-area: answer; } .known { grid-area: known; }
}
button, select, input { font: inherit; color: inherit; }
select { max-width: 13rem; }
button, select { min-height: 36px; padding: 5px 12px; border: 1px solid var(--faint); border-radius: 8px;
  background: var(--card); cursor: pointer; }
button:hover:enabled, select:hover { border-color: var(--quiet); }
button:disabled { color: var(--quiet); cursor: default; border-style: dashed; background: none; }
:focus-visible { outline: 3px solid var(--focus); outline-offset: 2px; }
.pad { position: relative; aspect-ratio: 1; border: 1px solid var(--faint); border-radius: 14px;
  background: var(--paper); overflow: hidden; }
.pad:focus-within { border-color: var(--focus); }
.pad canvas { display: block; width: 100%; height: 100%; touch-action: none; cursor: crosshair; border-radius: 14px; }
.pad canvas:focus-visible { outline-offset: -4px; }
.pad.by-pointer canvas { outline: none; }
.pad.over, .known.over { outline: 3px dashed var(--focus); outline-offset: -3px; }
#pad-hint { position: absolute; inset: 0; display: grid; place-content: center; margin: 0; text-align: center;
  color: #6b6b67; font-size: 1.25rem; pointer-events: none; }
.tools { display: flex; gap: 8px; margin-top: 10px; }
.tools button { flex: 1 1 auto; padding: 5px 6px; font-size: 0.95rem; white-space: nowrap; }
.verdict { display: grid; grid-template-columns: auto minmax(0, 1fr); gap: 18px; align-items: center; padding: 14px;
  border: 1px solid var(--faint); border-radius: 14px; background: var(--card); }
.verdict.known-one { background: var(--won-soft); border-color: transparent; }
.verdict.unknown-one { background: var(--unknown-soft); border-color: transparent; }
.pair { display: flex; gap: 10px; }
figure { margin: 0; }
.pair canvas { display: block; width: 78px; height: 78px; border-radius: 8px; border: 1px solid var(--faint);
  background: var(--paper); image-rendering: pixelated; }
#strokes { image-rendering: auto; }
figcaption { margin-top: 4px; font-size: 0.78rem; color: var(--quiet); text-align: center; }
.name { margin: 0; font-size: 1.35rem; font-weight: 650; line-height: 1.2; overflow-wrap: anywhere; }
.known-one .name { color: var(--won); } .unknown-one .name { color: var(--unknown); }
#why { margin: 4px 0 0; font-size: 0.92rem; overflow-wrap: anywhere; min-height: 2.8em; }
#remember { margin-top: 10px; }
.head { display: flex; flex-wrap: wrap; gap: 8px 20px; align-items: baseline; justify-content: space-between;
  margin-bottom: 12px; }
.head h2 { margin: 0; }
#count { color: var(--quiet); font-weight: 400; }
.choices { display: flex; flex-wrap: wrap; gap: 8px 14px; align-items: center; font-size: 0.92rem; color: var(--quiet); }
.choices select, .choices button { color: var(--ink); }
#cards { list-style: none; margin: 0; padding: 0; display: grid; gap: 10px;
  grid-template-columns: repeat(auto-fill, minmax(104px, 1fr)); }
.card { position: relative; display: flex; flex-direction: column; border: 1px solid var(--faint);
  border-radius: 12px; background: var(--card); overflow: hidden; }
.card.best { border-color: var(--won); box-shadow: 0 0 0 2px var(--won); }
.card.nearest { border-color: var(--unknown); box-shadow: 0 0 0 2px var(--unknown); }
.examples { display: grid; grid-template-columns: repeat(var(--columns, 1), 1fr); background: var(--paper);
  aspect-ratio: 1; overflow: hidden; }
.examples canvas { display: block; width: 100%; aspect-ratio: 1; }
.examples canvas.won { box-shadow: inset 0 0 0 3px var(--won); }
.bar { height: 5px; background: var(--faint); }
.bar i { display: block; height: 100%; width: 0; background: var(--won); }
.card.nearest .bar i { background: var(--unknown); }
.card input { width: 100%; padding: 4px 8px; border: 0; background: none; font-size: 0.85rem; }
.card .share { position: absolute; top: 4px; left: 4px; padding: 0 5px; border-radius: 6px; font-size: 0.75rem;
  background: var(--card); font-variant-numeric: tabular-nums; }
.card .share:empty { display: none; }
.card .does { position: absolute; top: 4px; right: 4px; display: flex; gap: 4px; }
.card .does button { width: 26px; min-height: 26px; padding: 0; line-height: 1; border-radius: 7px;
  font-size: 0.95rem; background: var(--card); }
@media (hover: hover) { .card .does { opacity: 0; } .card:hover .does, .card:focus-within .does { opacity: 1; } }
@media (max-width: 480px) {
  #cards { grid-template-columns: repeat(4, minmax(0, 1fr)); gap: 8px; }
  .card input { padding: 4px 5px; font-size: 0.72rem; }
  #remember { width: 100%; }
  .pair canvas { width: 60px; height: 60px; }
  .verdict { gap: 12px; padding: 12px; grid-template-columns: minmax(0, 1fr); }
  .name { font-size: 1.2rem; }
  figcaption { font-size: 0.7rem; }
  .tools button { font-size: 0.92rem; }
}
#empty { padding: 40px 16px; border: 1px dashed var(--faint); border-radius: 12px; text-align: center; color: var(--quiet); }
footer { padding: 0 0 48px; border-top: 1px solid var(--faint); font-size: 0.92rem; }
summary { padding: 14px 0; cursor: pointer; color: var(--quiet); }
footer p { max-width: 46rem; margin: 8px 0; overflow-wrap: anywhere; }
a { color: var(--focus); }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; margin: 8px 0; }
caption { text-align: left; color: var(--quiet); }
th, td { padding: 4px 14px 4px 0; text-align: left; font-weight: 400; font-variant-numeric: tabular-nums; }
thead th { color: var(--quiet); }
.unseen { position: absolute; width: 1px; height: 1px; margin: -1px; overflow: hidden; clip-path: inset(50%);
  white-space: nowrap; }
[hidden] { display: none !important; }
@media (forced-colors: active) { .bar i { background: Highlight; } }
`;

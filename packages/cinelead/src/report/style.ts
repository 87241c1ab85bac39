// The page's look: light and dark, screen and paper, one column of text with room for wide tables. No font is fetched.

export const style = `
:root { color-scheme: light dark; --page: #fdfdfb; --ink: #1b1f24; --quiet: #5d6670; --line: #dcdfe3; --band: #f2f4f5; --card: #ffffff;
  --accent: #0a6aa1; --warn: #8a3b00; --warn-page: #fff3e4; --heat: 0, 114, 178; }
@media (prefers-color-scheme: dark) { :root { --page: #14171a; --ink: #e7eaed; --quiet: #9aa4ae; --line: #30363c; --band: #1c2125; --card: #191d21;
  --accent: #6cb8ea; --warn: #ffc98d; --warn-page: #3a2510; --heat: 30, 104, 164; } }
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body { margin: 0; background: var(--page); color: var(--ink); font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif; }
.banner { max-width: none; margin: 0; background: var(--warn-page); color: var(--warn); padding: .7rem 1.5rem; font-weight: 600; text-align: center; }
.banner span { font-weight: 400; }
main { max-width: 1060px; margin: 0 auto; padding: 1.5rem 1.5rem 4rem; }
h1 { font-size: clamp(1.6rem, 1.1rem + 2vw, 2.3rem); line-height: 1.2; margin: 1.2rem 0 .4rem; letter-spacing: -.015em; text-wrap: balance; }
h2 { font-size: 1.35rem; margin: 3.2rem 0 .4rem; letter-spacing: -.01em; border-top: 1px solid var(--line); padding-top: 1.6rem; }
h3 { font-size: 1rem; margin: 1.6rem 0 .4rem; }
p { max-width: 74ch; margin: .5rem 0 .9rem; }
.lead { font-size: 1.15rem; max-width: 70ch; }
.quiet, .note, figcaption small { color: var(--quiet); }
.note { font-size: .9rem; }
a { color: var(--accent); }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(150px, 1fr)); gap: .8rem; margin: 1.4rem 0; padding: 0; list-style: none; }
.tiles li { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: .8rem 1rem; }
.tiles b { display: block; font-size: 1.5rem; font-variant-numeric: tabular-nums; letter-spacing: -.02em; line-height: 1.25; }
.tiles span { color: var(--quiet); font-size: .85rem; }
figure { margin: 1rem 0; }
figure svg, figure img { max-width: 100%; height: auto; display: block; }
figcaption { font-size: .9rem; font-weight: 600; margin-bottom: .3rem; }
.pair { display: grid; grid-template-columns: repeat(auto-fit, minmax(380px, 1fr)); gap: 1rem 2rem; align-items: start; }
.panels { display: grid; grid-template-columns: repeat(auto-fit, minmax(270px, 1fr)); gap: .4rem 1.6rem; }
.legend { display: flex; flex-wrap: wrap; gap: .3rem 1.3rem; padding: 0; margin: .6rem 0; list-style: none; font-size: .9rem; }
.legend svg { vertical-align: -2px; }
.scroll { overflow-x: auto; margin: .8rem 0; }
table { border-collapse: collapse; font-size: .88rem; font-variant-numeric: tabular-nums; width: 100%; }
th, td { padding: .38rem .6rem; text-align: right; border-bottom: 1px solid var(--line); white-space: nowrap; vertical-align: middle; }
thead th { border-bottom: 2px solid var(--line); font-weight: 600; color: var(--quiet); }
th:first-child { text-align: left; font-weight: 500; }
td small { display: block; color: var(--quiet); font-size: .78rem; }
.heat td { border: 2px solid var(--page); text-align: center; }
.heat thead th { text-align: center; }
.heat thead th:first-child { text-align: left; }
.heat td[style] { background: rgba(var(--heat), calc(var(--tint) * .78)); }
.heat td b { font-weight: 600; }
.heat td i { font-style: normal; font-size: .72rem; margin-left: .25rem; }
.heat td[style] small { color: inherit; opacity: .8; }
.heat .none { color: var(--quiet); font-style: italic; background: repeating-linear-gradient(135deg, transparent 0 5px, var(--band) 5px 10px); }
.heat tbody th { border-bottom-color: transparent; vertical-align: middle; }
.heat .total th, .heat .total td { border-top: 3px solid var(--line); }
.baseline th, .baseline td { color: var(--quiet); }
.clear { font-weight: 600; }
.dot { display: inline-block; width: .6em; height: .6em; border-radius: 50%; margin-right: .4em; }
details { margin: .8rem 0; }
summary { cursor: pointer; color: var(--accent); }
.flow { display: grid; grid-template-columns: minmax(240px, 400px) minmax(220px, 420px); gap: .9rem 1.6rem; margin: 1.2rem 0; }
.flow .kept { grid-column: 1; background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: .55rem .9rem; display: flex; justify-content: space-between; gap: 1rem; position: relative; }
.flow > .kept:not(:first-child)::before { content: ""; position: absolute; left: 50%; bottom: 100%; height: .95rem; border-left: 1.5px solid var(--quiet); }
.flow .number { font-weight: 650; font-variant-numeric: tabular-nums; }
.flow .left-out { grid-column: 2; border-left: 3px solid var(--warn); padding: .1rem .9rem; font-size: .88rem; align-self: center; }
.flow .left-out p, .flow .left-out ul { margin: .1rem 0; }
.flow .left-out ul { padding-left: 1.1rem; color: var(--quiet); }
.flow .left-out + .kept { grid-column: 1; }
.flow .final { border-color: var(--accent); border-width: 2px; }
.flow .split { grid-column: 1 / -1; display: grid; grid-template-columns: repeat(3, 1fr); gap: .9rem; max-width: 620px; }
.flow .split .kept { grid-column: auto; }
.examples { display: grid; gap: 1.4rem; }
.example { background: var(--card); border: 1px solid var(--line); border-radius: 12px; padding: .9rem 1.1rem 1.1rem; break-inside: avoid; }
.example h3 { margin: 0 0 .6rem; font-family: ui-monospace, monospace; font-size: .92rem; }
.example h3 .quiet { font-family: system-ui, sans-serif; font-weight: 400; margin-left: .5rem; }
.ecg svg { width: 100%; height: auto; display: block; border-radius: 6px; }
.below { display: grid; grid-template-columns: repeat(2, minmax(0, 200px)) minmax(0, 1fr); gap: 1rem 1.2rem; margin-top: .8rem; align-items: start; }
.below figure { margin: 0; }
.below img, .below svg { width: 100%; height: auto; display: block; border-radius: 6px; background: #000; }
.below figcaption { font-weight: 400; color: var(--quiet); font-size: .8rem; margin: .15rem 0 0; }
.below .scroll { margin: 0; }
.facts { font-size: .8rem; }
.facts th, .facts td { padding: .3rem .35rem; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .25rem 1.2rem; font-size: .9rem; }
dt { color: var(--quiet); } dd { margin: 0; overflow-wrap: anywhere; }
footer { margin-top: 3rem; border-top: 1px solid var(--line); padding-top: 1rem; color: var(--quiet); font-size: .88rem; }
@media (max-width: 720px) { .below { grid-template-columns: 1fr 1fr; } .below .scroll { grid-column: 1 / -1; } .flow { grid-template-columns: 1fr; } .flow .left-out { grid-column: 1; } .flow .split { grid-template-columns: 1fr; } main { padding: 1rem 1rem 3rem; } .pair { grid-template-columns: 1fr; } }
@media print { :root { color-scheme: light; --page: #fff; --ink: #000; --quiet: #444; --line: #bbb; --band: #f2f2f2; --card: #fff; --accent: #000; --warn: #000; --warn-page: #eee; --heat: 0, 114, 178; }
  body { font-size: 10.5pt; } main { max-width: none; padding: 0; } h2 { break-after: avoid; } figure, table, .flow { break-inside: avoid; }
  .scroll { overflow: visible; } table { font-size: 7.4pt; } th, td { padding: .2rem .25rem; } td small { font-size: 6.6pt; } .lead { font-size: 12pt; } .tiles b { font-size: 13pt; } * { print-color-adjust: exact; -webkit-print-color-adjust: exact; } details > summary { list-style: none; } }
@page { size: A4; margin: 14mm; }
`

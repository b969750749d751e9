:root {
  color-scheme: light dark;
  --page: #f6f7f9; --card: #ffffff; --ink: #1b2430; --soft: #5b6776; --line: #d9dee5; --grid: #e8ebf0;
  --conv: #2f72c9; --dense: #7c4fc4; --pool: #1f8f63; --norm: #0f8a94; --join: #c96f16; --shape: #76828f; --input: #3d4a59;
  --forward: #2f72c9; --backward: #a9c8ef; --params: #7c4fc4; --predict: #1f8f63; --train: #d58a2a;
  --value: #7fb0e8; --gradient: #f0b277; --kept: #8ccfae; --work: #c5b3e6; --bound: #c6313c; --alive: #1b2430;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #12161c; --card: #1b2129; --ink: #e6ebf1; --soft: #9aa7b5; --line: #343d49; --grid: #262e38;
    --conv: #5d9bea; --dense: #a884e6; --pool: #4dbd8f; --norm: #45b8c2; --join: #eb9a4a; --shape: #8b98a6; --input: #b3c0ce;
    --forward: #5d9bea; --backward: #34557f; --params: #a884e6; --predict: #4dbd8f; --train: #e0a14b;
    --value: #36659c; --gradient: #9c5f25; --kept: #2f7d5b; --work: #6b549c; --bound: #ff6b74; --alive: #e6ebf1;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--ink); font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; }
main { max-width: 1240px; margin: 0 auto; padding: 28px 24px 48px; }
h1 { font-size: 30px; line-height: 1.2; margin: 0 0 4px; letter-spacing: -0.01em; }
h2 { font-size: 19px; margin: 0 0 4px; }
h3 { font-size: 14px; margin: 18px 0 6px; font-weight: 600; }
p { margin: 0 0 12px; max-width: 96ch; }
.soft, p.note { color: var(--soft); }
section, .card { background: var(--card); border: 1px solid var(--line); border-radius: 12px; }
section { padding: 20px 26px 22px; margin-top: 18px; min-width: 0; }
.cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(210px, 1fr)); gap: 14px; margin: 20px 0 0; }
.card { padding: 14px 18px; }
.card b { display: block; font-size: 26px; line-height: 1.25; font-weight: 650; letter-spacing: -0.01em; }
.card span { display: block; font-size: 13px; color: var(--soft); }
.pair { display: flex; flex-wrap: wrap; gap: 18px; align-items: stretch; }
.pair > section { flex: 1 1 300px; }
.pair > section.wide { flex: 1000 1 780px; }
.scroll { overflow-x: auto; }
.tall { overflow: auto; max-height: 560px; border: 1px solid var(--line); border-radius: 8px; }
.key { display: flex; flex-wrap: wrap; gap: 4px 16px; font-size: 13px; color: var(--soft); margin: 6px 0 12px; padding: 0; list-style: none; }
.key i { display: inline-block; width: 11px; height: 11px; border-radius: 3px; margin-right: 6px; vertical-align: -1px; }
.key i.dash { height: 0; border-top: 2px dashed var(--bound); border-radius: 0; vertical-align: 4px; width: 18px; }
.key i.stairs { height: 0; border-top: 2px solid var(--alive); border-radius: 0; vertical-align: 4px; width: 18px; }
table { border-collapse: collapse; width: 100%; font-size: 13px; font-variant-numeric: tabular-nums; }
th { text-align: left; font-weight: 600; color: var(--soft); padding: 6px 10px 6px 0; border-bottom: 1px solid var(--line); vertical-align: bottom; }
td { padding: 4px 10px 4px 0; border-bottom: 1px solid var(--grid); white-space: nowrap; vertical-align: middle; }
.tall th { position: sticky; top: 0; background: var(--card); z-index: 1; }
.tall th:first-child, .tall td:first-child { padding-left: 12px; }
tfoot td { font-weight: 600; border-bottom: 0; border-top: 1px solid var(--line); }
td.bar { width: 24%; min-width: 118px; }
td.bar span { display: block; }
td.num { text-align: right; }
.track { display: flex; height: 6px; margin: 1px 0 2px; background: var(--grid); border-radius: 3px; overflow: hidden; }
.track i { display: block; height: 6px; }
.dot { display: inline-block; width: 9px; height: 9px; border-radius: 3px; margin-right: 7px; }
code { font: 12px ui-monospace, "DejaVu Sans Mono", Menlo, monospace; }
svg { display: block; font-family: system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; }
svg text { fill: var(--ink); }
svg .s { fill: var(--soft); }
.box { fill: var(--card); stroke: var(--line); }
.edge { fill: none; stroke: var(--shape); stroke-width: 1.5; }
.conv { fill: var(--conv); } .dense { fill: var(--dense); } .pool { fill: var(--pool); } .norm { fill: var(--norm); }
.join { fill: var(--join); } .shape { fill: var(--shape); } .input { fill: var(--input); }
.params { fill: var(--params); } .forward { fill: var(--forward); } .backward { fill: var(--backward); }
.predict { fill: var(--predict); } .train { fill: var(--train); }
.value { fill: var(--value); } .gradient { fill: var(--gradient); } .kept { fill: var(--kept); } .work { fill: var(--work); }
.buffer { stroke: var(--card); stroke-width: 1; } .buffer:hover, .column:hover { opacity: 0.7; }
.grid { stroke: var(--grid); fill: none; } .axis { stroke: var(--line); fill: none; }
.bound { stroke: var(--bound); stroke-dasharray: 6 4; stroke-width: 1.5; fill: none; } .alive { stroke: var(--alive); stroke-width: 1.3; fill: none; }
svg text.red { fill: var(--bound); paint-order: stroke; stroke: var(--card); stroke-width: 4px; }
.pixels { image-rendering: pixelated; max-width: 100%; height: auto; display: block; }
figure { margin: 0 0 18px; } figcaption { font-size: 13px; margin-bottom: 6px; } figcaption b { margin-right: 8px; }
.outputs { display: grid; grid-template-columns: max-content minmax(80px, 360px) max-content; gap: 4px 12px; align-items: center; font-size: 13px; font-variant-numeric: tabular-nums; }
footer { color: var(--soft); font-size: 13px; margin-top: 22px; }

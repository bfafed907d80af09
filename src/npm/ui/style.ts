// The look. Important declarations of :host outrank the page's, whatever it says.
// Sizes are in em of the browser's own font size; rem would be the page's.

const BASE = `
:host {
  all: initial !important;
  position: fixed !important;
  inset: 0 auto auto 0 !important;
}
.box {
  --panel: Canvas;
  --text: CanvasText;
  --quiet: CanvasText;
  --accent: LinkText;
  font: 0.94em/1.45 system-ui, sans-serif;
  color: var(--text);
  background: var(--panel);
  border: 1px solid #8887;
  overflow-wrap: anywhere;
}
@supports (color: light-dark(red, red)) {
  .box {
    --panel: light-dark(#fff, #181f27);
    --text: light-dark(#17212b, #e3eaf1);
    --quiet: light-dark(#556474, #98a8b8);
    --accent: light-dark(#0b63b5, #6cb8f5);
  }
}
*, ::before, ::after { box-sizing: border-box; }
h2, h3, p, ul { margin: 0; padding: 0; font: inherit; }
ul { list-style: none; }
[hidden] { display: none !important; }
button {
  font: inherit;
  font-weight: 600;
  color: var(--accent);
  background: var(--panel);
  border: 1px solid var(--accent);
  border-radius: 6px;
  cursor: pointer;
}
button:hover { background: #8882; }
button:disabled { color: GrayText; border-color: GrayText; cursor: default; }
:focus-visible { outline: 2.5px solid var(--accent); }
`;

export const QUESTION = `${BASE}
dialog {
  width: min(34em, 100vw - 20px);
  max-width: none;
  --top: min(10dvh, 70px);
  max-height: calc(100dvh - var(--top) - 10px);
  margin: var(--top) auto auto;
  padding: 0;
  border-radius: 12px;
  box-shadow: 0 18px 60px #0007;
  overflow: hidden;
}
dialog[open] { display: flex; }
dialog::backdrop { background: #0a0f1680; }
.body {
  display: flex;
  flex-direction: column;
  gap: 0.7em;
  width: 100%;
  padding: 1.4em 1.5em;
}
h2 { font-size: 1.25em; font-weight: 650; }
/* It has the focus so that no button has, and leads nowhere. */
h2:focus-visible { outline: none; }
.quiet, .details { color: var(--quiet); font-size: 0.9em; }
.contents {
  min-height: 4.5em;
  overflow: auto;
  border-block: 1px solid #8887;
}
li { padding: 0.45em 2px; }
li + li { border-top: 1px solid #8887; }
label { display: flex; gap: 0.7em; cursor: pointer; }
.view { padding: 0 2px; }
label:hover { background: #8882; }
label > span { flex: 1; min-width: 0; }
input { flex: none; width: 1.15em; height: 1.15em; margin: 0.15em 0 0 2px; accent-color: var(--accent); }
.name, .details { display: block; }
.name, h3 { font-weight: 600; }
.lost { border-top: 1px solid #8887; padding: 0.45em 2px; }
.lost li, .lost li + li { padding: 0.15em 0; border: 0; color: var(--quiet); font-size: 0.9em; }
.lost .name { display: inline; color: var(--text); }
.answers {
  display: grid;
  grid-template-columns: 1fr 1fr;
  gap: 0.5em 1em;
  animation: 0.4s guard;
}
.answers button { min-height: 2.8em; padding: 0.3em; grid-row: 1; }
.answers p { grid-row: 2; }
@keyframes guard { 0%, 99% { pointer-events: none; } }
@media (max-width: 26em) {
  dialog { --top: 10px; }
  .body { padding: 1em; }
}
@media (max-height: 30em) {
  dialog { overflow: auto; }
  .body { height: max-content; }
  .contents { overflow: visible; }
}
`;

export const STATUS_LINE = `${BASE}
.spoken {
  position: absolute;
  width: 1px;
  height: 1px;
  overflow: hidden;
  clip-path: inset(50%);
}
.line {
  position: fixed;
  z-index: 2147483647;
  inset: 8px 0 auto;
  width: fit-content;
  max-width: min(46em, 100vw - 16px);
  max-height: 90vh;
  margin: 0 auto;
  padding: 0.4em 0.5em 0.4em 0.9em;
  border-radius: 9px;
  box-shadow: 0 4px 18px #0005;
  overflow: auto;
}
.row, .buttons { display: flex; align-items: center; gap: 0.35em 0.7em; }
.buttons { flex: none; }
.buttons:not(:has(:not([hidden]))) { display: none; }
@media (max-width: 30em) { .buttons { flex-direction: column; align-items: stretch; } }
.row::before {
  content: "";
  flex: none;
  width: 0.65em;
  height: 0.65em;
  border-radius: 50%;
  background: #d98e1f;
  forced-color-adjust: none;
}
.good .row::before { background: #2e9e5b; }
.bad .row::before { background: #e0554d; }
.words { flex: 1; min-width: 0; min-height: 2em; display: flex; flex-wrap: wrap; align-items: center; gap: 0 0.7em; font-variant-numeric: tabular-nums; }
progress { width: 9em; accent-color: var(--accent); }
small { flex-basis: 100%; color: var(--quiet); font-size: 0.87em; }
button { flex: none; min-height: 2em; padding: 0 0.8em; }
`;

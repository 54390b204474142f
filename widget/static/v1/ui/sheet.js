/** The look of the panel as constructed sheets: no page's policy on styles stands in the way, no page's style gets in. */

import { HOME, THREAD } from "./sheet-of-views.js";

const DARK = `
  --paper: #161d1d; --ground: #1c2524; --ink: #e7eeec; --soft: #a5b4b0; --line: #2d3a38; --edge: #74857f;
  --accent: var(--wenjin-accent-dark, var(--look-dark, #7fd0cf)); --accent-strong: color-mix(in srgb, var(--accent) 70%, #fff); --on-accent: #06282b; --tint: #1d3637; --mark: #665413;
  --on: #6fd39c; --off: #dcb95c; --warn: #382d10; --on-warn: #f4d990; --bad: #ffa6a2; --bad-tint: #3a1f20;
  --shade: 0 2px 6px rgb(0 0 0 / .4), 0 16px 48px rgb(0 0 0 / .5); color-scheme: dark;
`;

const TOKENS = `
:host {
  all: initial !important; display: block !important;
  --paper: #fff; --ground: #f4f6f4; --ink: #17211f; --soft: #54625f; --line: #dfe4e1; --edge: #7b8a86;
  --accent: var(--wenjin-accent, var(--look, #0d5c63)); --accent-strong: var(--wenjin-accent-strong, var(--look-strong, #094248));
  --on-accent: var(--wenjin-on-accent, #fff); --tint: #e0f0ee; --mark: #ffe998;
  --on: #1a7a49; --off: #8a6a14; --warn: #fff3d6; --on-warn: #5b4204; --bad: #a3242b; --bad-tint: #fdeeee;
  --shade: 0 2px 6px rgb(9 30 32 / .1), 0 16px 48px rgb(9 30 32 / .24);
  --size: clamp(15px, 1rem, 22px); --small: calc(var(--size) * .875); --tiny: calc(var(--size) * .8125);
  color-scheme: light;
}
:host([theme="dark"]) { ${DARK} }
@media (prefers-color-scheme: dark) { :host(:not([theme="light"])) { ${DARK} } }
:host([page]) { block-size: 100% !important; }
*, ::before, ::after { box-sizing: border-box; }
[hidden] { display: none !important; }
.hidden {
  position: absolute; inline-size: 1px; block-size: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap;
}
h1, h2, h3, p, ol, ul, fieldset { margin: 0; padding: 0; border: 0; }
h1, h2, h3 { font-size: inherit; font-weight: 600; text-wrap: balance; }
ol, ul { list-style: none; }
button, textarea, input { font: inherit; color: inherit; letter-spacing: inherit; }
button { margin: 0; border: 1px solid transparent; background: none; cursor: pointer; touch-action: manipulation; }
a { color: var(--accent); text-underline-offset: .18em; overflow-wrap: anywhere; }
mark { background: var(--mark); color: inherit; border-radius: .15em; padding: 0 .05em; }
.icon {
  inline-size: 1.25em; block-size: 1.25em; flex: none; fill: none; stroke: currentColor; stroke-width: 1.8;
  stroke-linecap: round; stroke-linejoin: round;
}
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
`;

const FRAME = `
.panel {
  display: flex; flex-direction: column; overflow: hidden;
  inline-size: min(calc(var(--size) * 25.5), calc(100vw - 32px));
  block-size: min(calc(var(--size) * 41), calc(100vh - 32px)); block-size: min(calc(var(--size) * 41), calc(100dvh - 32px));
  background: var(--paper); color: var(--ink); border: 1px solid var(--line); border-radius: 16px; box-shadow: var(--shade);
  font: 400 var(--size)/1.55 system-ui, -apple-system, "Segoe UI", "PingFang SC", "Hiragino Sans GB",
    "Microsoft YaHei UI", "Microsoft YaHei", "Noto Sans CJK SC", "Source Han Sans SC", sans-serif;
  text-align: start; animation: rise .18s ease-out; -webkit-text-size-adjust: 100%;
}
.panel:focus { outline: none; }
:host([page]) .panel {
  inline-size: 100%; block-size: 100%; border-radius: 0; border: 0; box-shadow: none; animation: none;
}
:host([page]) :is(header, .banner, .queue, .scroll, .foot) { padding-inline: max(18px, calc(50% - 22rem)); }
@media (max-width: 479px), (max-height: 479px) {
  :host(:not([page])) .panel {
    position: fixed; inset: 0; inset-block-start: var(--view-top, 0px); inline-size: 100%; block-size: var(--view-height, 100dvh);
    border: 0; border-radius: 0; box-shadow: none; padding-block-end: env(safe-area-inset-bottom);
  }
}
header {
  display: flex; align-items: center; gap: 2px; min-block-size: 60px; padding-block: max(8px, env(safe-area-inset-top)) 8px;
  padding-inline: 18px 10px; border-block-end: 1px solid var(--line);
}
:host(:not([page])) header:has(.tool:first-child:not([hidden])) { padding-inline-start: 8px; }
:host([page]) .tool:first-child { margin-inline-start: -10px; }
.logo { max-inline-size: 96px; block-size: 32px; object-fit: contain; margin-inline-end: 10px; flex: none; border-radius: 4px; }
.heading { flex: 1; min-inline-size: 0; }
.heading h1 { line-height: 1.3; overflow-wrap: anywhere; display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 2; overflow: hidden; }
.state { color: var(--soft); font-size: var(--tiny); line-height: 1.4; }
.state:empty { display: none; }
.state.on::before, .state.off::before {
  content: ""; display: inline-block; inline-size: .55em; block-size: .55em; margin-inline-end: .45em; border-radius: 50%;
  background: var(--on);
}
.state.off::before { background: none; border: 1.5px solid var(--off); }
.tool { display: grid; place-items: center; inline-size: 40px; block-size: 40px; border-radius: 10px; color: var(--soft); }
.tool:hover { background: var(--ground); color: var(--ink); }
.banner { padding: 8px 18px; background: var(--warn); color: var(--on-warn); font-size: var(--small); line-height: 1.45; }
.banner:empty { display: none; }
.views { flex: 1; min-block-size: 0; display: grid; grid-template: minmax(0, 1fr) / minmax(0, 1fr); }
.view { min-block-size: 0; display: flex; flex-direction: column; }
.scroll { flex: 1; min-block-size: 0; overflow-y: auto; overscroll-behavior: contain; padding: 20px 18px; scrollbar-width: thin; }
.scroll:focus-visible { outline-offset: -3px; border-radius: 6px; }
.foot { padding: 12px 18px 14px; border-block-start: 1px solid var(--line); background: var(--paper); }
.primary, .secondary, .danger {
  display: inline-flex; align-items: center; justify-content: center; gap: .5em; min-block-size: 44px; padding: .3em 1.1em;
  border-radius: 10px; font-weight: 600;
}
.primary { background: var(--accent); color: var(--on-accent); }
.primary:hover { background: var(--accent-strong); }
.secondary { border-color: var(--edge); min-block-size: 38px; font-weight: 500; }
.secondary:hover { background: var(--ground); }
.danger { background: var(--bad); color: var(--paper); min-block-size: 38px; }
.quiet { color: var(--soft); font-size: var(--tiny); padding: 6px 8px; margin: 4px -8px -6px; border-radius: 8px; text-decoration: underline; text-underline-offset: .2em; text-decoration-color: var(--edge); }
.quiet:hover { color: var(--ink); background: var(--ground); }
.field { min-inline-size: 0; flex: 1; }
.grow { display: grid; }
.grow::after { content: attr(data-text) " "; visibility: hidden; white-space: pre-wrap; }
.grow::after, .grow > textarea {
  grid-area: 1 / 1; margin: 0; padding: 9px 0; border: 0; inline-size: 100%; min-inline-size: 0; max-block-size: 9.2em;
  line-height: 1.45; overflow-wrap: anywhere; letter-spacing: inherit;
}
.grow > textarea { resize: none; background: none; outline: none; overflow-y: auto; scrollbar-width: thin; }
::placeholder { color: var(--soft); opacity: 1; white-space: nowrap; overflow: hidden; text-overflow: ellipsis; }
.hint { color: var(--bad); font-size: var(--small); padding-block: 6px 0; }
.notice { display: grid; justify-items: center; gap: 6px; padding: 28px 12px; text-align: center; color: var(--soft); }
.notice .icon { inline-size: 2em; block-size: 2em; stroke-width: 1.4; margin-block-end: 4px; }
.notice h2, .notice h3 { color: var(--ink); }
.notice .primary { margin-block-start: 12px; }
@media (max-height: 340px) {
  .panel { display: block; overflow-y: auto; }
  .views, .view, .stack, .scroll { display: block; overflow: visible; }
}
@keyframes rise { from { opacity: 0; transform: translateY(8px); } }
@media (prefers-reduced-motion: reduce) { *, ::before, ::after { animation: none !important; transition: none !important; } }
@media (forced-colors: active) {
  .panel, .bubble, .primary, .danger, .search, .composer { border: 1px solid CanvasText !important; }
  .state.on::before { forced-color-adjust: none; }
}
`;

/** @type {CSSStyleSheet[]} */
const shared = [];

/**
 * Put the look onto a shadow root, and keep the panel within what an on-screen keyboard leaves of the window.
 *
 * @param {ShadowRoot} root
 * @param {AbortSignal} signal
 * @returns {(settings: import("../lib/wire.js").WidgetSettings) => void} puts the library's colours on
 */
export function adoptSheets(root, signal) {
  if (!shared.length) shared.push(...[TOKENS, FRAME, HOME, THREAD].map(sheetOf));
  const view = sheetOf(":host {}");
  root.adoptedStyleSheets = [...shared, view];
  const rule = /** @type {CSSStyleRule} */ (view.cssRules[0]);
  const follow = () => {
    rule.style.setProperty("--view-height", `${visualViewport?.height ?? innerHeight}px`);
    rule.style.setProperty("--view-top", `${visualViewport?.offsetTop ?? 0}px`);
  };
  follow();
  visualViewport?.addEventListener("resize", follow, { signal });
  visualViewport?.addEventListener("scroll", follow, { signal });
  return ({ colours }) => {
    if (!colours) return;
    rule.style.setProperty("--look", colours.accent);
    rule.style.setProperty("--look-strong", colours.strong);
    rule.style.setProperty("--look-dark", colours.dark);
  };
}

/** @param {string} css */
function sheetOf(css) {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  return sheet;
}

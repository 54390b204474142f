/** The look of what stands inside the panel: the question with its answers, the list of questions, the conversation. */

export const HOME = `
.lead { font-size: calc(var(--size) * 1.25); line-height: 1.3; margin-block-end: 12px; letter-spacing: -.005em; }
.search {
  display: flex; gap: 10px; padding: 3px 14px; border: 1.5px solid var(--edge); border-radius: 12px; background: var(--paper);
}
.search > .icon { margin-block-start: .68em; color: var(--soft); }
.search:focus-within, .composer:focus-within { border-color: var(--accent); box-shadow: 0 0 0 3px color-mix(in srgb, var(--accent) 22%, transparent); }
.resume { margin-block-start: 14px; }
.resume button {
  display: flex; align-items: center; gap: 10px; inline-size: 100%; min-block-size: 48px; padding: 8px 14px; border-radius: 12px;
  background: var(--tint); text-align: start; line-height: 1.35;
}
.resume .icon { color: var(--accent); }
.resume span { flex: 1; }
.resume b { color: var(--accent); font-weight: 600; }
.results { transition: opacity .15s; }
.results.busy { opacity: .55; }
.results > h3 { margin-block: 18px 4px; color: var(--soft); font-size: var(--tiny); font-weight: 600; }
.answers { display: grid; gap: 8px; margin-block-start: 8px; }
.answer { border: 1px solid var(--line); border-radius: 12px; overflow: clip; }
.answer[open] { border-color: var(--edge); }
summary {
  display: flex; align-items: flex-start; gap: 10px; padding: 11px 14px; cursor: pointer; list-style: none; line-height: 1.45;
  border-radius: 11px;
}
summary::-webkit-details-marker { display: none; }
summary:hover { background: var(--ground); }
summary:focus-visible { outline-offset: -3px; }
.summary { flex: 1; min-inline-size: 0; overflow-wrap: anywhere; }
.question { font-weight: 500; }
.answer[open] .question { font-weight: 600; }
.matched { overflow: hidden; display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 2; color: var(--soft); font-size: var(--tiny); margin-block-start: 2px; }
.answer[open] .matched { display: none; }
.icon-chevron { color: var(--soft); margin-block-start: .1em; transition: transform .15s; }
.answer[open] .icon-chevron { transform: rotate(180deg); }
.rich { padding: 6px 14px 0; overflow-wrap: anywhere; }
.rich > * { margin-block: 0 .6em; }
.rich :is(ul, ol) { padding-inline-start: 1.4em; display: grid; gap: .2em; }
.rich ul { list-style: disc; }
.rich ol { list-style: decimal; }
.rich :is(h1, h2, h3, h4, h5, h6) { font-size: 1em; }
.rich :is(code, pre) { font-family: ui-monospace, "SF Mono", Consolas, "Noto Sans Mono CJK SC", monospace; font-size: .92em; background: var(--ground); border-radius: 4px; padding: .05em .3em; }
.rich pre { padding: .6em .8em; overflow-x: auto; }
.rich blockquote { margin-inline: 0; padding-inline-start: .9em; border-inline-start: 3px solid var(--line); color: var(--soft); }
.rich table { border-collapse: collapse; display: block; overflow-x: auto; font-size: var(--small); }
.rich :is(td, th) { border: 1px solid var(--line); padding: .25em .6em; text-align: start; }
.ended { padding: 2px 14px; font-size: var(--tiny); font-weight: 600; }
.picture { max-width: 100%; height: auto; }
.source { display: flex; flex-wrap: wrap; gap: 2px 12px; padding: 2px 14px 12px; color: var(--soft); font-size: var(--tiny); }
.verdict {
  display: flex; flex-wrap: wrap; align-items: center; gap: 4px 10px; padding: 8px 14px 10px; border-block-start: 1px solid var(--line);
  font-size: var(--small); line-height: 1.4;
}
.verdict [role="group"] { display: flex; gap: 8px; }
.verdict button {
  display: inline-flex; align-items: center; gap: .35em; min-block-size: 32px; padding: 0 .8em; border: 1px solid var(--edge); border-radius: 8px;
}
.verdict button:hover { background: var(--ground); }
.verdict button[aria-pressed="true"] { border-color: var(--accent); background: var(--tint); font-weight: 600; }
.verdict .icon { inline-size: 1em; block-size: 1em; color: var(--accent); stroke-width: 2.2; }
.verdict .said { flex-basis: 100%; color: var(--soft); font-size: var(--tiny); }
.verdict .said:empty { display: none; }
.intro { display: grid; gap: 16px; margin-block-start: 26px; }
.intro li { display: flex; gap: 12px; color: var(--soft); font-size: var(--small); line-height: 1.45; }
.intro .icon { color: var(--accent); inline-size: 1.5em; block-size: 1.5em; stroke-width: 1.6; }
.intro b { display: block; color: var(--ink); font-weight: 600; }
.small { display: flex; align-items: center; justify-content: space-between; gap: 8px; }
.languages { flex: none; min-block-size: 28px; padding: 0 4px; border: 1px solid var(--line); border-radius: 8px; background: var(--paper); color: inherit; font: inherit; font-size: var(--small); }
.home .foot { display: grid; gap: 8px; }
.desk { font-size: var(--small); line-height: 1.4; color: var(--soft); }
.desk:empty { display: none; }
.care { font-size: var(--tiny); color: var(--soft); text-align: center; line-height: 1.4; }
.identity label { display: flex; align-items: center; gap: 8px; min-block-size: 28px; font-size: var(--small); line-height: 1.4; overflow-wrap: anywhere; }
.identity input { inline-size: 18px; block-size: 18px; flex: none; margin: 0; accent-color: var(--accent); }
.fields, .before, .touch form, .touch section, .questionnaire { display: grid; gap: 12px; }
.fields > div { display: grid; gap: 4px; }
.fields label, .touch label, .before .label { font-size: var(--small); font-weight: 500; }
.optional { color: var(--soft); font-weight: 400; }
.fields :is(input, select, textarea), .touch input {
  inline-size: 100%; min-inline-size: 0; min-block-size: 42px; padding: 6px 12px; border: 1px solid var(--edge); border-radius: 10px; background: var(--paper);
}
.fields textarea { resize: vertical; line-height: 1.45; }
.fields [aria-invalid="true"] { border-color: var(--bad); }
.fields .hint { padding: 0; }
.asked-text { padding: 8px 13px; border-radius: 12px; background: var(--ground); white-space: pre-wrap; overflow-wrap: anywhere; max-block-size: 8em; overflow-y: auto; margin-block-start: -6px; }
.touch .scroll { display: grid; gap: 28px; align-content: start; }
.touch p { color: var(--soft); font-size: var(--small); line-height: 1.5; }
.touch .said { color: var(--on); padding: 0; }
.touch .hint { color: var(--bad); }
.touch .row { display: flex; flex-wrap: wrap; gap: 8px; }
.touch .row input { flex: 1 1 10em; }
.touch .row .secondary { min-block-size: 42px; }
.touch section > :is(.secondary, .quiet) { justify-self: start; }
.made { display: grid; gap: 10px; }
.made:empty { display: none; }
.qr { inline-size: 168px; block-size: 168px; background: #fff; fill: #000; border-radius: 8px; border: 1px solid var(--line); forced-color-adjust: none; }
.questionnaire { padding: 16px; border: 1px solid var(--line); border-radius: 14px; background: var(--paper); }
.after { display: grid; gap: 16px; }
.questionnaire > .secondary { justify-self: start; }
.history .scroll { padding-block: 8px; }
.past { display: grid; }
.past li + li { border-block-start: 1px solid var(--line); }
.past button {
  display: grid; grid-template-columns: minmax(0, 1fr) auto; align-items: center; gap: 2px 10px; inline-size: 100%;
  padding: 12px 10px; margin-inline: -10px; inline-size: calc(100% + 20px); border-radius: 10px; text-align: start; line-height: 1.4;
}
.past button:hover { background: var(--ground); }
.past .icon-chevron { grid-row: 1 / 3; grid-column: 2; transform: rotate(-90deg); }
.asked { overflow: hidden; display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 2; overflow-wrap: anywhere; font-weight: 500; }
.facts { display: flex; flex-wrap: wrap; gap: 0 .9em; color: var(--soft); font-size: var(--tiny); }
.facts .state { color: inherit; }
.facts .waiting, .facts .active { color: var(--accent); font-weight: 600; }
.note { color: var(--soft); padding-block: 10px; }
.note:empty { display: none; }
`;

export const THREAD = `
.queue { display: flex; gap: 12px; padding: 12px 18px; background: var(--tint); line-height: 1.45; }
.queue .icon { color: var(--accent); margin-block-start: .12em; }
.queue b { display: block; font-weight: 600; }
.queue span { display: block; font-size: var(--small); color: var(--soft); }
.stack { flex: 1; min-block-size: 0; position: relative; display: flex; flex-direction: column; }
.thread .scroll { padding-block: 14px; background: var(--ground); }
.messages { display: flex; flex-direction: column; gap: 3px; }
.day, .event { align-self: center; text-align: center; font-size: var(--tiny); color: var(--soft); padding: 8px 10px; line-height: 1.45; text-wrap: balance; }
.event time { white-space: nowrap; margin-inline-start: .5em; }
.message { max-inline-size: 86%; display: grid; gap: 2px; }
.message.first { margin-block-start: 8px; }
.mine { align-self: flex-end; justify-items: end; }
.theirs { align-self: flex-start; justify-items: start; }
.who { font-size: var(--tiny); color: var(--soft); padding-inline: 2px; }
.message:not(.first) .who { display: none; }
.bubble {
  padding: 8px 13px; border-radius: 14px; white-space: pre-wrap; overflow-wrap: anywhere; line-height: 1.5; min-inline-size: 0;
  max-inline-size: 100%;
}
.theirs .bubble { background: var(--paper); border: 1px solid var(--line); border-end-start-radius: 4px; }
.mine .bubble { background: var(--accent); color: var(--on-accent); border-end-end-radius: 4px; }
.mine .bubble a { color: inherit; }
.bubble.deleted { background: none; color: var(--soft); border: 1px dashed var(--edge); font-style: italic; }
.file {
  display: flex; align-items: center; gap: 10px; padding: 4px 2px; border-radius: 8px; text-align: start; line-height: 1.35; white-space: normal;
}
.file .icon { inline-size: 1.7em; block-size: 1.7em; stroke-width: 1.5; }
.file b { display: block; font-weight: 500; text-decoration: underline; text-underline-offset: .2em; overflow-wrap: anywhere; }
.file small { font-size: var(--tiny); opacity: .85; }
.file .about { min-inline-size: 0; flex: 1; display: grid; }
.file .problem, .bubble .problem { display: block; font-size: var(--tiny); padding-block-start: 4px; }
.problem:empty { display: none; }
.file.busy { opacity: .6; }
span.file b { text-decoration: none; }
progress {
  appearance: none; inline-size: 100%; min-inline-size: 9em; block-size: 5px; margin-block-start: 5px; border: 0; border-radius: 3px; overflow: hidden;
  background: color-mix(in srgb, currentColor 28%, transparent); color: inherit;
}
progress::-webkit-progress-bar { background: none; }
progress::-webkit-progress-value { background: currentColor; }
progress::-moz-progress-bar { background: currentColor; }
progress:indeterminate { animation: blink 1s infinite alternate; background: currentColor; }
.cancel { display: grid; place-items: center; inline-size: 32px; block-size: 32px; border-radius: 8px; flex: none; }
.cancel:focus-visible, .mine .file:focus-visible { outline-color: currentColor; }
.dots-button { display: grid; place-items: center; inline-size: 28px; block-size: 24px; border-radius: 7px; color: var(--soft); }
.dots-button:hover { background: var(--line); color: var(--ink); }
.dots-button .icon { inline-size: 1.5em; block-size: 1.5em; stroke-width: 2.6; }
.choices, .editor, .failure { margin-block-end: 6px; }
.own { display: grid; justify-items: end; gap: 6px; inline-size: 100%; }
.own .hint { padding-block: 2px; text-align: end; max-inline-size: 22em; }
.choices, .editor > div:last-child { display: flex; flex-wrap: wrap; justify-content: flex-end; gap: 6px; }
.own :is(.secondary, .primary) { min-block-size: 34px; padding: 2px 12px; font-size: var(--small); background: var(--paper); }
.own .primary { background: var(--accent); }
.own [aria-disabled="true"] { opacity: .55; cursor: default; }
.message:has(.editor:not([hidden])) { inline-size: 100%; max-inline-size: 100%; }
.message:has(.editor:not([hidden])) .meta { display: none; }
.editor { display: grid; gap: 6px; inline-size: 100%; }
.editor .field { padding: 0 12px; border: 1.5px solid var(--edge); border-radius: 12px; background: var(--paper); }
.editor .field:focus-within { border-color: var(--accent); }
.drop {
  position: absolute; inset: 8px; display: grid; place-content: center; justify-items: center; gap: 8px; z-index: 1; pointer-events: none;
  border: 2px dashed var(--accent); border-radius: 12px; background: color-mix(in srgb, var(--paper) 92%, transparent); color: var(--accent); font-weight: 600;
}
.drop .icon { inline-size: 2em; block-size: 2em; }
.thread { position: relative; }
.edited:empty { display: none; }
.meta { display: flex; align-items: center; gap: 5px; font-size: calc(var(--size) * .75); color: var(--soft); padding-inline: 3px; line-height: 1.3; }
.tick { display: inline-flex; align-items: center; gap: 3px; }
.tick .icon { inline-size: 1.15em; block-size: 1.15em; stroke-width: 2.2; }
[data-tick="read"] .tick { color: var(--accent); }
[data-tick="failed"] .tick { color: var(--bad); }
[data-tick="sending"] .bubble { opacity: .78; }
[data-tick="failed"] .bubble { background: var(--bad-tint); color: var(--ink); border: 1px solid var(--bad); }
.failure { display: grid; gap: 4px; justify-items: end; font-size: var(--tiny); color: var(--bad); text-align: end; max-inline-size: 22em; }
.failure > span:last-child { display: flex; gap: 6px; }
.failure button { min-block-size: 28px; padding: 2px 8px; border-radius: 7px; color: var(--ink); border-color: var(--edge); }
.typing { display: flex; align-items: center; gap: 8px; color: var(--soft); font-size: var(--tiny); padding-block-start: 10px; }
.dots { display: inline-flex; gap: 4px; padding: 8px 10px; border-radius: 12px; background: var(--paper); border: 1px solid var(--line); }
.dots i { inline-size: 6px; block-size: 6px; border-radius: 50%; background: var(--soft); animation: blink 1.2s infinite alternate; }
.dots i:nth-child(2) { animation-delay: .2s; }
.dots i:nth-child(3) { animation-delay: .4s; }
@keyframes blink { from { opacity: .25; } }
.newer {
  position: absolute; inset-block-end: 10px; inset-inline-start: 50%; translate: -50%; display: flex; align-items: center; gap: 4px;
  padding: 6px 12px; border-radius: 18px; background: var(--paper); border-color: var(--edge); box-shadow: var(--shade); font-size: var(--small);
}
:dir(rtl) .newer { translate: 50%; }
.composer {
  display: flex; align-items: flex-end; gap: 6px; padding: 3px 4px; border: 1.5px solid var(--edge); border-radius: 14px;
}
.clip { display: grid; place-items: center; inline-size: 36px; block-size: 38px; margin-block-end: 1px; border-radius: 10px; color: var(--soft); }
.clip:hover { background: var(--ground); color: var(--ink); }
.send {
  display: grid; place-items: center; inline-size: 38px; block-size: 38px; margin-block-end: 1px; border-radius: 10px;
  background: var(--accent); color: var(--on-accent);
}
.send:hover { background: var(--accent-strong); }
.ends { display: flex; flex-wrap: wrap; justify-content: space-between; gap: 0 12px; }
.owed { display: flex; gap: 10px; padding: 12px 14px; border-radius: 12px; background: var(--tint); font-size: var(--small); line-height: 1.5; }
.owed .icon { color: var(--accent); }
.bubble .rich { padding: 0; white-space: normal; }
.bubble .rich > :last-child { margin-block-end: 0; }
.bubble .rich pre { white-space: pre-wrap; }
.confirm { display: flex; flex-wrap: wrap; align-items: center; justify-content: space-between; gap: 8px 12px; padding-block-end: 12px; }
.confirm p { flex: 1 1 10em; line-height: 1.4; }
.confirm > div { display: flex; flex-wrap: wrap; gap: 8px; }
.offers { display: flex; flex-wrap: wrap; gap: 8px; inline-size: 100%; }
.over { display: grid; gap: 16px; margin-block-start: 14px; }
.over > .primary, .over > .quiet { justify-self: center; margin: 0; }
.rating { padding: 16px; border: 1px solid var(--line); border-radius: 14px; background: var(--paper); text-align: center; }
.rating legend { padding: 0; font-weight: 600; inline-size: 100%; }
.stars { display: flex; justify-content: center; gap: 2px; margin-block-start: 6px; }
.stars label { position: relative; display: grid; place-items: center; inline-size: 44px; block-size: 44px; cursor: pointer; border-radius: 10px; color: var(--edge); }
.stars input { position: absolute; inset: 0; margin: 0; opacity: 0; cursor: pointer; }
.stars .icon { inline-size: 28px; block-size: 28px; stroke-width: 1.5; }
.stars label:has(:focus-visible) { outline: 2px solid var(--accent); }
.stars label:hover { color: var(--accent); }
.stars .full { color: var(--accent); }
.stars .full .icon { fill: currentColor; }
.word { min-block-size: 1.5em; font-size: var(--small); color: var(--soft); }
.more { display: grid; gap: 6px; justify-items: start; text-align: start; margin-block-start: 10px; font-size: var(--small); }
.more textarea { inline-size: 100%; padding: 8px 10px; border: 1px solid var(--edge); border-radius: 10px; background: var(--paper); resize: vertical; }
.reuse { padding-inline: 16px; font-size: var(--small); color: var(--soft); }
.reuse label { display: flex; gap: 8px; align-items: center; min-block-size: 32px; color: var(--ink); cursor: pointer; }
.reuse input { flex: none; inline-size: 18px; block-size: 18px; margin: 0; accent-color: var(--accent); }
.said { font-size: var(--small); color: var(--on); padding-block-start: 8px; }
.said:empty { display: none; }
`;

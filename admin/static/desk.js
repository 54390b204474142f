/** Puts the desk together: what the page came with, the connection, the parts that keep state, the elements. */

import { systemClock } from "/widget/v1/lib/clock.js";
import { newClientId, Outbox } from "/widget/v1/lib/outbox.js";
import { openStorage, Shelf } from "/widget/v1/lib/shelf.js";
import { Thread } from "/widget/v1/lib/thread.js";
import { attention, day, palette, t, tabShelf } from "./bar.js";
import { deskCommands } from "./lib/desk-commands.js";
import { keepLists } from "./lib/kept-lists.js";
import { Lookers } from "./lib/lookers.js";
import { Changes } from "./lib/changes.js";
import { DeskModel } from "./lib/desk-model.js";
import { Follower } from "./lib/follower.js";
import { upload } from "./lib/http-upload.js";
import { Outgoing } from "./lib/outgoing.js";
import { SentArticles } from "./lib/sent-articles.js";
import { StaffApi } from "./lib/staff-api.js";
import { staffConnection } from "./lib/staff-connection.js";
import { timeTexts } from "./lib/timing.js";
import { sizeText, Uploads } from "./lib/uploads.js";
import { DeskAlerts } from "./elements/desk-alerts.js";
import { ColleaguesApi } from "./lib/colleagues-api.js";
import { Rooms } from "./lib/rooms.js";
import { DeskClosing } from "./elements/desk-closing.js";
import { DeskColleagues } from "./elements/desk-colleagues.js";
import { DeskConnection } from "./elements/desk-connection.js";
import { DeskConversation } from "./elements/desk-conversation.js";
import { DeskEarlier } from "./elements/desk-earlier.js";
import { DeskHandOver } from "./elements/desk-hand-over.js";
import { DeskLibrary } from "./elements/desk-library.js";
import { DeskNotice } from "./elements/desk-notice.js";
import { DeskPriority } from "./elements/desk-priority.js";
import { DeskQueue } from "./elements/desk-queue.js";
import { DeskReader } from "./elements/desk-reader.js";
import { DeskShortcuts } from "./elements/desk-shortcuts.js";
import { DeskSuggestions } from "./elements/desk-suggestions.js";
import { DeskWay } from "./elements/desk-way.js";
import { DeskWhisper } from "./elements/desk-whisper.js";
import { Moves } from "./elements/moves.js";

/** @type {Record<string, CustomElementConstructor>} */
const ELEMENTS = {
  "desk-alerts": DeskAlerts,
  "desk-closing": DeskClosing,
  "desk-colleagues": DeskColleagues,
  "desk-connection": DeskConnection,
  "desk-conversation": DeskConversation,
  "desk-earlier": DeskEarlier,
  "desk-hand-over": DeskHandOver,
  "desk-library": DeskLibrary,
  "desk-notice": DeskNotice,
  "desk-priority": DeskPriority,
  "desk-queue": DeskQueue,
  "desk-reader": DeskReader,
  "desk-shortcuts": DeskShortcuts,
  "desk-suggestions": DeskSuggestions,
  "desk-way": DeskWay,
  "desk-whisper": DeskWhisper,
};

const state = JSON.parse(document.getElementById("desk-state")?.textContent ?? "{}");
const csrfToken = /** @type {HTMLMetaElement} */ (document.querySelector('meta[name="csrf-token"]')).content;
// Drafts and messages under way belong to the person: somebody else at the same machine must not send them.
const shelf = new Shelf(openStorage(() => localStorage), `wenjin.staff.${state.me.id}.`);
const api = new StaffApi({ csrfToken, language: state.language, upload });
const colleagues = new ColleaguesApi(api);

/** @type {DeskModel} */
let model;
const connection = staffConnection({ state, api }, {
  onState: (is) => {
    model.connectionChanged(is);
    if (is === "live") lookers.resume();
    if (is === "live") void rooms.resume();
  },
  onFrame: (frame) => {
    day.take(frame);
    lookers.take(frame);
    rooms.take(frame);
    model.take(frame);
  },
  onRefused: () => model.signOut(),
});
const send = (/** @type {any} */ frame) => connection.send(frame);
const lookers = new Lookers({ me: state.me, send, clock: systemClock, onChange: () => model.changed() });
const rooms = new Rooms({ me: state.me, api: colleagues, send, clock: systemClock, newClientId });
const follower = new Follower({
  newThread: (conversation) => new Thread({ conversation, messages: [], has_more: true }),
  send,
  clock: systemClock,
  onChange: () => model.changed(),
});
const outgoing = new Outgoing({
  outbox: new Outbox({ shelf, clock: systemClock, tab: newClientId() }),
  newClientId,
  send,
  clock: systemClock,
  onChange: () => model.changed(),
});
const changes = new Changes({ newClientId, send, onChange: () => model.changed() });
const uploads = new Uploads({
  send: (file, how) => api.attach(file, how),
  newClientId,
  limitBytes: state.max_attachment_bytes,
  tooLarge: t("This file is too large; at most {size} can be sent.", { size: sizeText(state.max_attachment_bytes) }),
  onTaken: (id, message) => model.take({ type: "messages", conversation_id: id, items: [message] }),
  onChange: () => model.changed(),
});
// A busy hour brings more frames than a screen shows; nobody looks at a hidden one, but it sounds.
const soon = (/** @type {() => void} */ run) => void (document.hidden ? setTimeout(run) : requestAnimationFrame(run));
model = new DeskModel({ state, connection, follower, outgoing, changes, uploads, api, colleagues, clock: systemClock, soon });

const desk = {
  model,
  day,
  lookers,
  attention,
  api,
  colleagues,
  rooms,
  shelf,
  sentArticles: new SentArticles({ shelf, note: (id, sent) => api.noteSent(id, sent) }),
  words: state.words,
  connection,
  limit: state.max_message_characters,
  editMinutes: state.edit_minutes,
  duties: state.duties,
  expertDesks: state.expert_desks,
  maySupervise: state.may_supervise,
  language: state.language,
  t,
  ...timeTexts(state.language, state.time_zone),
};
for (const [tag, element] of Object.entries(ELEMENTS)) customElements.define(tag, element);
for (const element of document.querySelectorAll(Object.keys(ELEMENTS).join())) {
  /** @type {any} */ (element).start(desk);
}

const moves = new Moves(desk);
// After the model has asked to follow what is open: who looks at a conversation has to follow it.
model.addEventListener("change", () => lookers.open(model.open ? model.openId : null));
attention.goBy((id) => model.dispatchEvent(new CustomEvent("go", { detail: id })));
palette.add(() => deskCommands({ desk, act: (action) => moves.act({ action }) }));
moves.start(state.opened?.id ?? null);
model.start();
new BroadcastChannel("wenjin.staff").addEventListener("message", () => model.signInAgain());
addEventListener("beforeunload", (event) => {
  if (uploads.areUnderWay || changes.areUnderWay) event.preventDefault();
});
addEventListener("pagehide", () => {
  outgoing.release();
  keepLists(tabShelf, model.lists);
});
addEventListener("online", () => connection.wake());
addEventListener("offline", () => connection.drop());
document.addEventListener("visibilitychange", () => {
  model.changed();
  if (document.hidden) return lookers.rest();
  lookers.resume();
  connection.wake();
  model.signInAgain();
});

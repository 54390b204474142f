/** The few stand-ins of the Node tests: a clock that is moved, a storage, a service without a network. */

export class FakeClock {
  #now = Date.UTC(2026, 8, 1, 8);
  #timers = new Map();
  #next = 1;

  now = () => this.#now;

  after = (run, milliseconds) => {
    const id = this.#next++;
    this.#timers.set(id, { run, due: this.#now + milliseconds });
    return id;
  };

  cancel = (id) => {
    this.#timers.delete(id);
  };

  /** Move on, running what falls due in its order, and letting promises settle in between. */
  async forward(seconds) {
    const end = this.#now + seconds * 1000;
    await settled();
    for (let next = this.#due(end); next; next = this.#due(end)) {
      const [id, timer] = next;
      this.#timers.delete(id);
      this.#now = Math.max(this.#now, timer.due);
      timer.run();
      await settled();
    }
    this.#now = end;
  }

  get pending() {
    return this.#timers.size;
  }

  #due(end) {
    const due = [...this.#timers].filter(([, timer]) => timer.due <= end);
    return due.sort(([a, one], [b, two]) => one.due - two.due || a - b)[0];
  }
}

/** Let everything run that only waits for promises. */
export async function settled() {
  for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

/** A browser storage in memory, shared by "tabs" of one test. */
export class FakeStorage {
  #items = new Map();

  get length() {
    return this.#items.size;
  }

  key(index) {
    return [...this.#items.keys()][index] ?? null;
  }

  getItem(key) {
    return this.#items.get(key) ?? null;
  }

  setItem(key, value) {
    this.#items.set(key, String(value));
  }

  removeItem(key) {
    this.#items.delete(key);
  }
}

/** The reader's side of the service: numbers messages, knows client ids, speaks HTTP and the socket. */
export class FakeService {
  isReachable = true;
  areSocketsCut = false;
  losesAcknowledgements = false;
  losesMessages = false;
  refusal = null;
  sockets = new Set();
  conversations = new Map();
  requests = [];
  #tokens = 0;

  constructor(clock) {
    this.clock = clock;
  }

  send = async (url, { method = "GET", body, headers = {} } = {}) => {
    if (!this.isReachable) throw new TypeError("Failed to fetch");
    const path = url.replace(/^.*\/api\/v1\//, "");
    this.requests.push(`${method} ${path}`);
    const { status, value } = this.#answer(method, path, body && JSON.parse(body), headers);
    const text = status === 204 ? null : JSON.stringify(value);
    return new Response(text, { status, headers: { "Content-Type": "application/json" } });
  };

  openSocket = () => this.#open(new FakeSocket(this));

  /** What carries the same frames where sockets are cut. */
  openFallback = () => this.#open(new FakeSocket(this, { isFallback: true }));

  /** Cut everything, as a lost network does. */
  cut() {
    this.isReachable = false;
    for (const socket of this.sockets) socket.drop();
  }

  /** What a librarian or the service itself adds. */
  add(conversation, fields) {
    const seq = conversation.messages.length + 1;
    const created_at = new Date(this.clock.now()).toISOString();
    const message = { seq, kind: "text", author: "librarian", name: "林老师", client_id: `other-${seq}`, body: "", created_at, ...fields };
    conversation.messages.push(message);
    conversation.state.last_seq = seq;
    this.tell({ type: "messages", conversation_id: conversation.state.id, items: [message] });
    return message;
  }

  tell(frame) {
    for (const socket of this.sockets) if (socket.follows.has(frame.conversation_id ?? frame.conversation?.id)) socket.push(frame);
  }

  say(conversation, { client_id, body }) {
    const known = conversation.messages.find((message) => message.client_id === client_id);
    return known ?? this.add(conversation, { author: "reader", name: null, client_id, body });
  }

  #open(socket) {
    this.sockets.add(socket);
    return socket;
  }

  #answer(method, path, body, headers) {
    if (this.refusal) return this.refusal;
    if (path === "readers") return { status: 201, value: { token: `token-${++this.#tokens}`, reader_id: "r" } };
    if (path.startsWith("libraries")) return { status: 200, value: { code: "JZU", name_zh: "江州", name_en: "Jiangzhou", time_zone: "Asia/Shanghai", desk: { is_staffed: true, waiting: 0 } } };
    if (!headers.Authorization) return { status: 401, value: { error: { code: "unauthenticated", message: "", details: {} } } };
    if (method === "POST" && path === "conversations") return { status: 201, value: this.#ask(body) };
    const [, id, what] = /^conversations\/([^/?]+)\/?(\w*)/.exec(path);
    const conversation = this.conversations.get(id);
    if (what === "messages") return { status: 201, value: this.say(conversation, body) };
    if (what === "seen") return { status: 204 };
    const after = Number(new URLSearchParams(path.split("?")[1]).get("after_seq"));
    return { status: 200, value: this.#part(conversation, after) };
  }

  #ask({ question, client_id }) {
    const known = [...this.conversations.values()].find(({ messages }) => messages[0].client_id === client_id);
    const conversation = known ?? { messages: [], state: stateOf(`c${this.conversations.size + 1}`, question) };
    this.conversations.set(conversation.state.id, conversation);
    if (!known) this.say(conversation, { client_id, body: question });
    return this.#part(conversation, 0);
  }

  #part({ state, messages }, after) {
    return { conversation: { ...state }, messages: messages.slice(after), has_more: false };
  }
}

class FakeSocket {
  follows = new Set();
  onopen = null;
  onmessage = null;
  onclose = null;
  onerror = null;
  received = [];
  isOpen = false;
  #service;

  constructor(service, { isFallback = false } = {}) {
    this.#service = service;
    this.isFallback = isFallback;
    service.clock.after(() => {
      if (!service.isReachable || (service.areSocketsCut && !isFallback)) return this.drop();
      this.isOpen = true;
      this.onopen?.({});
    }, 1);
  }

  send(text) {
    const frame = JSON.parse(text);
    this.received.push(frame);
    if (!this.isOpen || !this.#service.isReachable) return;
    if (frame.type === "hello") this.push({ type: "welcome", version: 1, ping_seconds: 15, silence_seconds: 20 });
    if (frame.type === "ping") this.push({ type: "pong" });
    if (frame.type === "follow") this.#follow(frame);
    if (frame.type === "say") this.#say(frame);
    if (frame.type === "edit" || frame.type === "delete") this.#change(frame);
  }

  push(frame) {
    if (this.isOpen && this.#service.isReachable) this.onmessage?.({ data: JSON.stringify(frame) });
  }

  drop() {
    this.isOpen = false;
    this.#service.sockets.delete(this);
    this.onclose?.({});
  }

  close() {
    this.isOpen = false;
    this.#service.sockets.delete(this);
  }

  #follow({ conversation_id, after_seq }) {
    const conversation = this.#service.conversations.get(conversation_id);
    this.follows.add(conversation_id);
    this.push({ type: "conversation", conversation: { ...conversation.state } });
    this.push({ type: "messages", conversation_id, items: conversation.messages.slice(after_seq) });
    this.push({ type: "caught_up", conversation_id, last_seq: conversation.messages.length });
  }

  #change({ type, conversation_id, client_id, seq, body }) {
    if (this.#service.refusal) return this.push({ type: "error", ref: client_id, is_final: false, ...this.#service.refusal.value.error });
    if (this.#service.losesMessages) return this.drop();
    const [event, details] = type === "edit" ? ["edited", { seq, body }] : ["deleted", { seq }];
    const conversation = this.#service.conversations.get(conversation_id);
    const known = conversation.messages.find((message) => message.client_id === client_id);
    const change = known ?? this.#service.add(conversation, { kind: "event", author: "reader", name: null, event, details, client_id });
    if (this.#service.losesAcknowledgements) return this.drop();
    this.push({ type: "ack", conversation_id, client_id, seq: change.seq, created_at: change.created_at });
  }

  #say({ conversation_id, client_id, body }) {
    if (this.#service.refusal) return this.push({ type: "error", ref: client_id, is_final: false, ...this.#service.refusal.value.error });
    if (this.#service.losesMessages) return this.drop();
    const message = this.#service.say(this.#service.conversations.get(conversation_id), { client_id, body });
    if (this.#service.losesAcknowledgements) return this.drop();
    this.push({ type: "ack", conversation_id, client_id, seq: message.seq, created_at: message.created_at });
  }
}

export function stateOf(id, question = "怎么续借？") {
  return {
    id, number: "JZU-2026-000001", library: "JZU", language: "zh", question, state: "waiting", last_seq: 0, reader_seen_seq: 0,
    staff_seen_seq: 0, holder_name: null, position: 1, resolution: null, rating: null, created_at: "2026-09-01T08:00:00Z", ended_at: null,
  };
}

/** @import { Flat } from "./merging.js" */
/** @import { Commission, FieldProblem } from "./wire.js" */
/** @import { Visit } from "./visit.js" */
import { ApiError } from "../lib/api.js";
import { Backoff } from "../lib/backoff.js";
import { newClientId } from "../lib/outbox.js";
import { areSame, compare, flat, isSame, partsOf } from "./merging.js";

const PAUSE_MILLISECONDS = 1_200;
// What may go out while a page is left; browsers refuse more in passing.
const PASSING_BYTES = 60_000;

/**
 * What the keeper needs of the form on the screen.
 *
 * @typedef {object} FormOnScreen
 * @property {() => Flat} read
 * @property {(values: Flat) => void} fill sets these fields only
 * @property {(disputed: Map<string, unknown>) => void} dispute shows what another tab wrote beside what stands here
 * @property {(problems: FieldProblem[]) => void} judge
 * @property {(commission: Commission) => void} saved
 * @property {(state: KeeperState) => void} tell
 * @property {() => void} closed the form was handed in elsewhere
 *
 * @typedef {{name: "new" | "unsaved" | "saving" | "saved" | "kept" | "stranger" | "refused", at?: string, message?: string}} KeeperState
 */

/**
 * Saves a form while it is written. What is not saved yet lies on the shelf of this browser, so that neither a reload nor
 * an hour without network loses it; what another tab saved meanwhile is taken over, and where both changed the same
 * field the reader chooses.
 */
export class Keeper {
  /** @type {Commission | null} */
  commission = null;
  #visit;
  #form;
  #service;
  /** @type {Flat} */
  #sent = {};
  /** @type {Flat} */
  #known = {};
  /** @type {Map<string, unknown>} */
  #disputed = new Map();
  /** @type {Promise<boolean> | null} */
  #saving = null;
  #isAgain = false;
  #isStopped = false;
  #backoff = new Backoff({ baseSeconds: 2, maxSeconds: 30 });
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /** @param {{visit: Visit, form: FormOnScreen, service: string}} options */
  constructor({ visit, form, service }) {
    this.#visit = visit;
    this.#form = form;
    this.#service = service;
  }

  get #shelfKey() {
    return this.commission ? `services.form.${this.commission.id}` : `services.new.${this.#service}`;
  }

  get isDisputed() {
    return this.#disputed.size > 0;
  }

  /** Begin a form that was not sent yet; what was written into it before comes back. */
  beginNew() {
    const kept = this.#visit.shelf.get(this.#shelfKey);
    this.#form.tell({ name: "new" });
    if (!kept) return;
    this.#form.fill(kept.mine);
    this.touch();
  }

  /** @param {Commission} commission whose form goes on, with what this browser had not saved */
  open(commission) {
    this.commission = commission;
    this.#known = flat(commission);
    this.#form.fill(this.#known);
    this.#sent = this.#form.read();
    const kept = this.#visit.shelf.get(this.#shelfKey);
    this.#form.tell({ name: "saved", at: commission.updated_at });
    if (!kept) return;
    const { mine, sent, known } = kept;
    const { disputed, taken } = compare({ mine, sent, known, theirs: this.#known });
    const ours = Object.fromEntries(Object.entries(mine).filter(([key]) => !taken.includes(key)));
    for (const key of Object.keys(sent)) if (!(key in mine) && !taken.includes(key)) ours[key] = null;
    this.#form.fill(ours);
    const open = (kept.disputed ?? []).filter((/** @type {string} */ key) => !isSame(mine[key], this.#known[key]));
    this.#dispute([...new Set([...disputed, ...open])]);
    this.touch();
  }

  /** Something was written: keep it here at once, and send it in a moment. */
  touch() {
    if (this.#isStopped) return;
    this.#shelve();
    if (!this.#isDirty) return;
    this.#form.tell({ name: "unsaved" });
    this.#later(PAUSE_MILLISECONDS);
  }

  /** Another tab may have saved since; take over what it wrote. */
  async look() {
    if (!this.commission || this.#saving || this.#isStopped) return;
    const { commission } = await this.#visit.calls.read(this.commission.id);
    if (commission && commission.revision !== this.commission.revision) this.#meet(commission);
  }

  /** @returns {Promise<boolean>} whether everything is saved now */
  save() {
    clearTimeout(this.#timer);
    if (this.#isStopped) return Promise.resolve(false);
    if (this.#saving) {
      this.#isAgain = true;
      return this.#saving;
    }
    this.#saving = this.#saveAll().finally(() => {
      this.#saving = null;
    });
    return this.#saving;
  }

  /** The page is being left. */
  leave() {
    if (this.#isStopped || !this.#isDirty) return;
    this.#shelve();
    if (!this.commission) return;
    const form = { ...partsOf(this.#effective()), revision: this.commission.revision };
    if (new Blob([JSON.stringify(form)]).size < PASSING_BYTES) this.#visit.calls.saveInPassing(this.commission.id, form);
  }

  /**
   * @param {string} key
   * @param {boolean} takesTheirs
   */
  settle(key, takesTheirs) {
    const theirs = this.#disputed.get(key);
    this.#disputed.delete(key);
    if (takesTheirs) this.#form.fill({ [key]: theirs ?? null });
    this.#form.dispute(this.#disputed);
    this.touch();
    void this.save();
  }

  /** Begin anew as somebody the service knows, with everything that was written. */
  async startAgain() {
    const mine = this.#form.read();
    this.#visit.shelf.remove(this.#shelfKey);
    this.#visit.reader.forget();
    this.commission = null;
    this.#sent = this.#known = {};
    this.#disputed.clear();
    this.#form.dispute(this.#disputed);
    // Files belong to the commission that is out of reach.
    this.#form.fill(mine);
    this.#shelve();
    return this.save();
  }

  /** The form is handed in: nothing of it is to be saved any more. */
  stop() {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    this.#visit.shelf.remove(this.#shelfKey);
  }

  /** @returns {{values: object, contact: any, invoice: any, revision: number}} what is handed in */
  get whole() {
    return { ...partsOf(this.#effective()), revision: this.commission?.revision ?? 1 };
  }

  /** @returns {Promise<Commission>} the draft, begun now if there is none yet */
  async ensure() {
    if (!this.commission) {
      await this.#visit.reader.ensure();
      const kept = this.#visit.shelf.get(this.#shelfKey) ?? {};
      const client_id = kept.client_id ?? newClientId();
      this.#visit.shelf.set(this.#shelfKey, { ...kept, client_id, mine: this.#form.read() });
      const commission = await this.#visit.calls.begin({ service: this.#service, client_id });
      this.#visit.shelf.remove(this.#shelfKey);
      this.commission = commission;
      this.#known = flat(commission);
      this.#shelve();
      this.#form.saved(commission);
    }
    return this.commission;
  }

  get #isDirty() {
    return !areSame(this.#effective(), this.#sent);
  }

  /** What stands here, but for fields in dispute, where the other text stays until the reader has chosen. */
  #effective() {
    const mine = this.#form.read();
    for (const [key, theirs] of this.#disputed) mine[key] = theirs;
    return mine;
  }

  #shelve() {
    const { shelf } = this.#visit;
    const mine = this.#form.read();
    if (areSame(mine, this.#sent) && !this.#disputed.size) shelf.remove(this.#shelfKey);
    else shelf.set(this.#shelfKey, { ...shelf.get(this.#shelfKey), mine, sent: this.#sent, known: this.#known, disputed: [...this.#disputed.keys()] });
  }

  /** @param {number} milliseconds */
  #later(milliseconds) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.save(), milliseconds);
  }

  async #saveAll() {
    do {
      this.#isAgain = false;
      if (!(await this.#saveOnce())) return false;
    } while (this.#isAgain || this.#isDirty);
    return true;
  }

  async #saveOnce() {
    if (this.commission && !this.#isDirty) return true;
    this.#form.tell({ name: "saving" });
    try {
      const { id, revision } = await this.ensure();
      const mine = this.#effective();
      const { commission, problems } = await this.#visit.calls.save(id, { ...partsOf(mine), revision });
      this.commission = commission;
      this.#sent = mine;
      this.#known = flat(commission);
      this.#shelve();
      this.#backoff.reset();
      this.#form.tell({ name: "saved", at: commission.updated_at });
      this.#form.judge(problems);
      this.#form.saved(commission);
      return true;
    } catch (error) {
      return this.#failed(error);
    }
  }

  /** @param {unknown} error @returns {Promise<boolean>} whether to try again at once */
  async #failed(error) {
    if (!(error instanceof ApiError)) throw error;
    if (error.code === "commission_changed" && this.commission) {
      try {
        const { commission } = await this.#visit.calls.read(this.commission.id);
        if (commission) this.#meet(commission);
        return !this.#isStopped;
      } catch (second) {
        return this.#failed(second);
      }
    }
    if (error.code === "form_closed") this.#close();
    else if (error.status === 401) this.#form.tell({ name: "stranger" });
    else if (error.isPassing) {
      this.#form.tell({ name: "kept" });
      this.#later(this.#backoff.next() * 1000);
    } else this.#form.tell({ name: "refused", message: error.message });
    return false;
  }

  /** @param {Commission} fresh as it is now, after somebody else changed it */
  #meet(fresh) {
    this.commission = fresh;
    if (!fresh.is_form_open) return this.#close();
    const theirs = flat(fresh);
    const mine = this.#effective();
    const { taken, disputed } = compare({ mine, sent: this.#sent, known: this.#known, theirs });
    for (const key of [...taken, ...disputed]) this.#sent[key] = theirs[key];
    this.#known = theirs;
    this.#form.fill(Object.fromEntries(taken.filter((key) => !this.#disputed.has(key)).map((key) => [key, theirs[key] ?? null])));
    for (const key of taken) if (this.#disputed.has(key)) this.#disputed.set(key, theirs[key]);
    this.#dispute(disputed);
    this.#form.tell({ name: "saved", at: fresh.updated_at });
    this.touch();
  }

  /** @param {string[]} keys */
  #dispute(keys) {
    for (const key of keys) {
      this.#disputed.set(key, this.#known[key]);
      this.#sent[key] = this.#known[key];
    }
    this.#form.dispute(this.#disputed);
  }

  #close() {
    this.#isStopped = true;
    this.#form.closed();
  }
}

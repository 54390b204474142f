/**
 * Of all tabs of the console in a browser one makes the sounds: the one its person last did something in, because a
 * browser lets no other sound. When it is closed, another one takes over by itself.
 */
export class Foremost {
  isFirst = false;
  #locks;
  #name;

  /** @param {{locks: LockManager | undefined, name: string}} options without locks each tab is the first */
  constructor({ locks, name }) {
    this.#locks = locks;
    this.#name = name;
    if (!locks) this.isFirst = true;
    else void this.#hold({});
  }

  /** The person does something here. */
  step() {
    if (!this.isFirst) void this.#hold({ steal: true });
  }

  async #hold(/** @type {LockOptions} */ options) {
    try {
      await this.#locks?.request(this.#name, options, () => {
        this.isFirst = true;
        return new Promise(() => {});
      });
    } catch {
      // Another tab has taken it; wait until that one is closed.
      this.isFirst = false;
      void this.#hold({});
    }
  }
}

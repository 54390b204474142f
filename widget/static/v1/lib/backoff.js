/** Waiting times between attempts: doubled each time and jittered, so that thousands of widgets do not come back at once. */
export class Backoff {
  #attempts = 0;
  #baseSeconds;
  #maxSeconds;
  #random;

  /** @param {{baseSeconds?: number, maxSeconds?: number, random?: () => number}} [options] */
  constructor({ baseSeconds = 0.5, maxSeconds = 30, random = Math.random } = {}) {
    this.#baseSeconds = baseSeconds;
    this.#maxSeconds = maxSeconds;
    this.#random = random;
  }

  /** @returns {number} seconds to wait: between half and all of the present ceiling */
  next() {
    const ceiling = Math.min(this.#maxSeconds, this.#baseSeconds * 2 ** this.#attempts);
    this.#attempts += 1;
    return ceiling / 2 + (this.#random() * ceiling) / 2;
  }

  reset() {
    this.#attempts = 0;
  }
}

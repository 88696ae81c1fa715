// Where a song stands, in the browser: the server says the second once, from there our own steady clock counts.

/** Keeps what the server said last, and when it was said. `stamp` tells a new word from the same one sent again. */
export class Second {
  #said = { stamp: null, second: 0, seconds: 0, rate: 1, running: false };
  #heard = 0;

  hear(clock, now = performance.now()) {
    if (!clock || clock.stamp === this.#said.stamp) return;
    this.#said = clock;
    this.#heard = now;
  }

  at(now = performance.now()) {
    const gone = this.#said.running ? ((now - this.#heard) / 1000) * this.#said.rate : 0;
    return Math.min(this.#said.seconds, this.#said.second + gone);
  }

  get running() {
    return this.#said.running;
  }

  get whole() {
    return this.#said.seconds;
  }

  /** How long it will still take, at the tempo it is sung in; the seconds before it begins are none of its own. */
  left(now = performance.now()) {
    return (this.#said.seconds - Math.max(0, this.at(now))) / this.#said.rate;
  }
}

/** 83.4 → "1:23" */
export function minutes(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

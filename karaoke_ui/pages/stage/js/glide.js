// A gain on its way to a target, as the audio graph moves it: so that a new take can go on where the old one was.

export class Glide {
  constructor(value) {
    this.start = value;
    this.target = value;
    this.since = 0;
    this.tau = 0.015;
  }

  // From its value at `now` towards the target; after four times `tau` it is there for every ear.
  to(target, tau, now) {
    this.start = this.at(now);
    this.target = target;
    this.since = now;
    this.tau = tau;
  }

  at(now) {
    return this.target + (this.start - this.target) * Math.exp(-Math.max(0, now - this.since) / this.tau);
  }
}

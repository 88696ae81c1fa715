// The server's clock as seen from here. Each ping says: when I sent it (t0) the server's clock was somewhere within the
// round trip; the shortest round trip of late knows best.

const KEPT = 20;
const SLACK = 0.05;

export const here = () => performance.now() / 1000;

export class ServerClock {
  constructor() {
    this.samples = [];
    this.offset = null;
  }

  // The server's time in epoch seconds; null before it was ever heard.
  now() {
    return this.offset === null ? null : here() + this.offset;
  }

  // A state carries the server's time too: good enough until the first pong is in.
  hint(serverNow) {
    if (this.offset === null) this.offset = serverNow - here();
  }

  pong(sentAt, serverNow) {
    const received = here();
    const sample = { trip: received - sentAt, offset: serverNow - (sentAt + received) / 2 };
    // A sample that contradicts the others means that one of the two clocks was set: only the new one counts.
    const contradicts = (other) =>
      Math.abs(other.offset - sample.offset) > (other.trip + sample.trip) / 2 + SLACK;
    if (this.samples.some(contradicts)) this.samples = [];
    this.samples.push(sample);
    if (this.samples.length > KEPT) this.samples.shift();
    this.offset = this.samples.reduce((best, one) => (one.trip < best.trip ? one : best)).offset;
  }
}

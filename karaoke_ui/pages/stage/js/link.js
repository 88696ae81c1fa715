// The line to the box: one WebSocket that always comes back, and the server's clock measured through it.
// Losing it says so to whoever listens and touches nothing else: the sound goes on.

import { here, ServerClock } from "./clock.js";

const PING_EVERY = 2;
const PINGS_AT_START = 5;
const DEAD_AFTER = 6;
const RETRY_MAX = 2;

export class Link {
  constructor(url, { onOpen, onState, onReaction, onTone }) {
    this.url = url;
    this.onOpen = onOpen;
    this.onState = onState;
    this.onReaction = onReaction;
    this.onTone = onTone;
    this.clock = new ServerClock();
    this.heard = null;
    this.since = here();
    this.failures = 0;
    this.socket = null;
    this.connect();
    setInterval(() => this.tend(), 500);
  }

  // Seconds without a word from the box.
  get silence() {
    return here() - (this.heard === null ? this.since : this.heard);
  }

  get open() {
    return this.socket !== null && this.socket.readyState === WebSocket.OPEN;
  }

  send(message) {
    if (this.open) this.socket.send(JSON.stringify(message));
  }

  connect() {
    const socket = new WebSocket(this.url);
    this.socket = socket;
    this.started = here();
    this.pings = 0;
    this.pingAt = 0;
    socket.onopen = () => {
      this.onOpen();
      this.tend();
    };
    socket.onmessage = (event) => this.receive(JSON.parse(event.data));
    socket.onclose = () => {
      if (socket === this.socket) this.lost();
    };
  }

  receive(message) {
    this.heard = here();
    this.failures = 0;
    if (message.type === "pong") this.clock.pong(message.t0 / 1000, message.now);
    if (message.type === "reaction") this.onReaction(message);
    if (message.type === "reload") location.reload();
    if (message.type === "tone") this.onTone();
    if (message.type === "state") {
      this.clock.hint(message.now);
      this.onState(message);
    }
  }

  lost() {
    this.socket = null;
    const wait = Math.min(RETRY_MAX, 0.25 * 2 ** this.failures) * (0.75 + Math.random() / 2);
    this.failures += 1;
    setTimeout(() => this.connect(), wait * 1000);
  }

  // Pings, and gives up on a socket that stays silent: a pulled cable closes nothing by itself.
  tend() {
    if (this.socket === null) return;
    const quietFor = here() - Math.max(this.started, this.heard === null ? 0 : this.heard);
    if (quietFor > DEAD_AFTER) {
      const dead = this.socket;
      dead.onmessage = dead.onclose = dead.onopen = null;
      dead.close();
      this.lost();
      return;
    }
    if (!this.open || here() < this.pingAt) return;
    this.pings += 1;
    this.pingAt = here() + (this.pings < PINGS_AT_START ? 0.3 : PING_EVERY);
    this.send({ type: "ping", t0: performance.now() });
  }
}

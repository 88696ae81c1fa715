// Another key or tempo while the song goes on: its chunks are loaded beside those that play, and as soon as enough of
// them is there it says from where on the new take can play.

import { CHUNK, Chunks } from "./chunks.js";
import { here } from "./clock.js";

const SEAM = 0.07; // from deciding to the first sample
const HELD = 0.5; // seconds of the new sound that must be there
const SPARE = 0.2; // and so many more of a chunk, else it is passed over
const STEMS_FIRST = 1.5; // so long its stems are waited for before the mix may stand in

export class Tuner {
  constructor(context, onReady) {
    this.context = context;
    this.chunks = new Chunks(context, onReady);
    this.wanted = null;
  }

  rest() {
    this.wanted = null;
    this.chunks.clear();
  }

  // The second of the song, and when the context comes to it, at which `take` can go over into `sung`; null until its
  // chunks are there. `aim(chunks, sung, how)` loads them. `patient`: the mix may wait for the stems.
  look(take, sung, { total, duration, patient, aim }) {
    const { chunks } = this;
    const soon = take.positionAt(this.context.currentTime + SEAM);
    if (!this.wanted || this.wanted.key !== sung.key || this.wanted.tempo !== sung.tempo) {
      const edge = CHUNK * Math.ceil(soon / CHUNK);
      // Little is left of this chunk: it would only keep the next one waiting.
      const from = soon > take.first && edge - soon < HELD * take.tempo + SPARE ? edge : soon;
      this.wanted = { ...sung, from, since: here() };
    }
    const position = Math.max(soon, this.wanted.from);
    const begins = Math.max(position, take.first);
    const waits = patient && here() - this.wanted.since < STEMS_FIRST;
    aim(chunks, sung, { position: begins, covered: () => false, patient: waits });
    const enough = Math.min(HELD * sung.tempo, duration - begins - 0.05);
    const ready = chunks.ahead(begins, total, waits ? chunks.separated : 0);
    const when = take.timeAt(position);
    if (ready <= 0 || ready < enough || when - this.context.currentTime > 3 * SEAM) return null;
    return { position, when };
  }

  // Give away the chunks that were loaded, for those that are not needed any more.
  swap(others) {
    const loaded = this.chunks;
    this.chunks = others;
    this.rest();
    return loaded;
  }
}

// Chunks from the box, decoded and ready to play: which are needed, in what order, and what to do when one fails.
// A chunk is needed as both stems; the same seconds of the original mix stand in where the stems are not there in time.

import { decode, trimmed } from "./formats.js";

export const RATE = 44100;
export const CHUNK_FRAMES = 176400;
export const CHUNK = CHUNK_FRAMES / RATE;

// The frame at which chunk n begins when the song is played in another tempo: each ends where the next begins.
export const edgeOf = (n, tempo) => Math.floor((n * CHUNK_FRAMES) / tempo + 0.5);

const AHEAD = 36; // half a minute without a network, and a moment to come back
// Stems that are not here so shortly before their turn are covered by the mix. A rendered mix costs the box a second
// child: it is asked for later.
const SOON = { plain: 6, sung: 2.5 };
const TIMEOUT = 12000;
const REST = 500; // the whole line rests this long when the box cannot be reached
// Stems that hang must never take the last connection from the mix that covers for them.
const LANES = { stems: 4, mix: 2 };

export class Chunks {
  constructor(context, onReady) {
    this.context = context;
    this.format = "flac";
    this.onReady = onReady;
    this.source = null;
    // So many chunks have stems that can be had in this key and tempo.
    this.separated = 0;
    this.entries = new Map();
    this.trouble = null;
    this.restUntil = 0;
  }

  // Look `position` seconds into the track: load what comes next in this key and tempo, forget what is over.
  // `covered(n)` tells whether chunk n is played as mix; `patient` holds the mix back while the stems may still come.
  aim({ track, engine, key, tempo, position, total, separated, covered, patient }) {
    const source = { track, engine, key, tempo, format: this.format };
    if (this.source && Object.keys(source).some((name) => this.source[name] !== source[name])) this.clear();
    this.source = source;
    this.separated = renderable(source, separated, total);
    const wanted = this.wants({ position, total, separated: this.separated, covered, patient });
    for (const [key, entry] of this.entries) {
      if (wanted.has(key)) continue;
      if (entry.abort) entry.abort.abort();
      this.entries.delete(key);
    }
    for (const [key, want] of wanted) {
      if (!this.entries.has(key)) this.entries.set(key, { ...want, tries: 0, retryAt: 0, buffer: null, abort: null });
    }
    this.load([...wanted.keys()].map((key) => this.entries.get(key)));
  }

  wants({ position, total, separated, covered, patient }) {
    const first = Math.floor(position / CHUNK);
    const soon = isPlain(this.source) ? SOON.plain : SOON.sung;
    const last = Math.min(total - 1, Math.floor((position + AHEAD) / CHUNK));
    const lacks = (n) =>
      n >= separated || covered(n) || (!patient && n * CHUNK - position < soon && !this.stems(n));
    const wanted = new Map();
    const want = (stem, n) => wanted.set(`${stem}/${n}`, { stem, n, last: n === total - 1 });
    for (let n = first; n <= last; n += 1) {
      if (n < separated) {
        want("instrumental", n);
        want("vocals", n);
      }
      // The neighbours of a covered chunk are wanted as mix as well: the two sounds cross over at the edge.
      if ((n > first && lacks(n - 1)) || lacks(n) || (n < last && lacks(n + 1))) want("mix", n);
    }
    return wanted;
  }

  load(entries) {
    const now = performance.now();
    if (now < this.restUntil) return;
    const busy = { stems: 0, mix: 0 };
    const lane = (entry) => (entry.stem === "mix" ? "mix" : "stems");
    for (const entry of this.entries.values()) if (entry.abort) busy[lane(entry)] += 1;
    for (const entry of entries) {
      if (entry.buffer || entry.abort || entry.retryAt > now || busy[lane(entry)] >= LANES[lane(entry)]) continue;
      busy[lane(entry)] += 1;
      this.fetch(entry);
    }
  }

  async fetch(entry) {
    const abort = new AbortController();
    entry.abort = abort;
    const timer = setTimeout(() => abort.abort(), TIMEOUT);
    try {
      const { track, engine, key, tempo, format } = this.source;
      const sung = isPlain(this.source) ? "" : `&key=${key}&tempo=${tempo}`;
      const url = `/stage/track/${track}/${entry.stem}/${entry.n}.${format}?engine=${encodeURIComponent(engine)}${sung}`;
      const answer = await fetch(url, { signal: abort.signal, cache: entry.tries ? "reload" : "default" });
      if (answer.status >= 500) this.restUntil = performance.now() + REST;
      if (!answer.ok) throw new Error(`HTTP ${answer.status}`);
      const decoded = await decode(this.context, await answer.arrayBuffer());
      const buffer = trimmed(this.context, decoded, answer.headers);
      const length = edgeOf(entry.n + 1, tempo) - edgeOf(entry.n, tempo);
      if (!entry.last && buffer.length !== length) throw new Error(`chunk of ${buffer.length} frames`);
      entry.buffer = buffer;
      this.trouble = null;
    } catch (error) {
      entry.tries += 1;
      if (error instanceof TypeError) this.restUntil = performance.now() + REST;
      entry.retryAt = performance.now() + Math.min(5000, 250 * 2 ** (entry.tries - 1));
      if (this.entries.get(`${entry.stem}/${entry.n}`) === entry) {
        this.trouble = `${entry.stem} ${entry.n}: ${error.message}`.slice(0, 80);
      }
    } finally {
      clearTimeout(timer);
      entry.abort = null;
    }
    if (entry.buffer) this.onReady();
  }

  buffer(stem, n) {
    const entry = this.entries.get(`${stem}/${n}`);
    return entry ? entry.buffer : null;
  }

  // The chunk at this second was asked for in vain.
  failed(second) {
    const n = Math.floor(second / CHUNK + 0.001);
    const inVain = (stem) => {
      const entry = this.entries.get(`${stem}/${n}`);
      return entry !== undefined && !entry.buffer && entry.tries > 0;
    };
    return inVain("mix") || inVain("instrumental") || inVain("vocals");
  }

  mix(n) {
    return this.buffer("mix", n);
  }

  // Both stems of chunk n, or null while one is missing.
  stems(n) {
    const instrumental = this.buffer("instrumental", n);
    const vocals = this.buffer("vocals", n);
    return instrumental && vocals ? { instrumental, vocals } : null;
  }

  // Seconds that can be played from `position` on without loading anything more; the mix counts from chunk `mixFrom` on.
  ahead(position, total, mixFrom = 0) {
    if (!this.source) return 0;
    let end = position;
    for (let n = Math.floor(position / CHUNK); n < total; n += 1) {
      const buffer = this.stems(n) ? this.buffer("instrumental", n) : this.mix(n);
      if (!buffer || (n < mixFrom && !this.stems(n))) break;
      end = n * CHUNK + buffer.duration * this.source.tempo;
    }
    return Math.max(0, end - position);
  }

  clear() {
    for (const entry of this.entries.values()) if (entry.abort) entry.abort.abort();
    this.entries.clear();
    this.source = null;
    this.trouble = null;
  }
}

const isPlain = ({ key, tempo }) => key === 0 && tempo === 1;

// In another key or tempo a chunk's end needs the beginning of the next one.
function renderable(source, separated, total) {
  if (isPlain(source) || separated >= total) return separated;
  return Math.max(0, separated - 1);
}

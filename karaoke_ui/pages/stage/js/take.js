// A take: one uninterrupted run of sound from some second of a song, in one key and tempo, on the AudioContext's clock.
// Chunk n begins at frame `origin + edgeOf(n, tempo)`, to the sample. Stems are put down as soon as they are decoded;
// the mix stands in for a chunk whose stems are missing shortly before its turn. A pause, a seek: a new take. Another
// key or tempo: a new take that this one goes over into.

import { CHUNK, edgeOf, RATE } from "./chunks.js";

const DECIDE = 1.2; // seconds before its turn when a chunk without stems is given to the mix
const CROSS = 0.02; // crossfade between stems and mix
const DIP = 0.008; // fade where there is nothing to cross over with
const LATE = 0.03; // what is put down this shortly before its turn is heard from here on, not from the edge
const FULL = 2; // chunks are stored at -6 dB
const TICK = 0.35; // how loud a beat of the count-in is
const CURVE = 33; // points of a crossfade between two keys
const HALF_A_FRAME = 0.5 / RATE;

export class Take {
  // `guide` is a Glide: the voice goes on fading as it did. `lap` is how long the take before it fades out meanwhile.
  constructor(context, output, options) {
    const { cue, turn, track, key, tempo, total, position, soundsFrom, when, guide, gain: level, lap } = options;
    Object.assign(this, { context, cue, turn, track, key, tempo, total, lap });
    this.startFrame = Math.round(when * RATE);
    this.origin = this.startFrame - Math.round((position * RATE) / tempo);
    this.start = this.startFrame / RATE;
    this.from = ((this.startFrame - this.origin) / RATE) * tempo;
    // Nothing sounds before this second of the song: until there it is counted in.
    this.first = Math.max(position, soundsFrom, 0);
    this.firstFrame = this.origin + Math.round((this.first * RATE) / tempo);
    this.next = Math.floor(this.first / CHUNK);
    this.kinds = new Map();
    this.sources = new Set();
    this.last = null;
    this.braced = null;
    this.end = null;

    // Brings this song to the loudness of the others, stems and mix alike; the room's volume comes after it.
    this.level = gain(context, level, output);
    this.out = gain(context, lap ? 0 : 1, this.level);
    this.stemsBus = gain(context, 1, this.out);
    this.mixBus = gain(context, 1, this.out);
    this.instrumental = gain(context, FULL, this.stemsBus);
    this.vocals = gain(context, FULL * guide.at(context.currentTime), this.stemsBus);
    this.mix = gain(context, FULL, this.mixBus);
    this.setGuide(guide);
    if (lap) this.curve(0, 1, this.start, lap);
    else if (this.first > 0) this.fade(this.out, 0, 1, this.firstFrame / RATE, DIP);
  }

  // The song's second that the context is at.
  get position() {
    return this.positionAt(this.context.currentTime);
  }

  positionAt(time) {
    // A take that goes on where another one was has no beginning of its own.
    return ((this.lap ? time : Math.max(time, this.start)) - this.origin / RATE) * this.tempo;
  }

  // When the context comes to a second of the song.
  timeAt(position) {
    return this.origin / RATE + position / this.tempo;
  }

  get covered() {
    return this.kinds.get(Math.floor(this.position / CHUNK)) === "mix";
  }

  // From then on it has faded in and can fade out again.
  get settled() {
    return this.start + (this.lap || 0) + DIP;
  }

  get over() {
    return this.end !== null && this.context.currentTime >= this.end;
  }

  // Nothing sounds although it should: the chunk of this moment was put down as neither stems nor mix.
  get silent() {
    return !this.over && this.position > this.first && !this.kinds.has(Math.floor(this.position / CHUNK));
  }

  setGuide(guide) {
    this.vocals.gain.setTargetAtTime(FULL * guide.target, this.context.currentTime, guide.tau);
  }

  // Slowly: more is known of its peaks once it is measured whole.
  setLevel(level) {
    this.level.gain.setTargetAtTime(level, this.context.currentTime, 0.5);
  }

  timeOf(n) {
    return (this.origin + edgeOf(n, this.tempo)) / RATE;
  }

  // Put down every chunk that can be decided now.
  schedule(chunks) {
    while (this.next < this.total) {
      const n = this.next;
      const away = this.timeOf(n) - this.context.currentTime;
      if (this.timeOf(n + 1) - this.context.currentTime < LATE) {
        this.skip(n);
      } else if (chunks.stems(n)) {
        this.put("stems", n, chunks);
      } else if (away < DECIDE && chunks.mix(n)) {
        this.put("mix", n, chunks);
      } else {
        return;
      }
    }
  }

  put(kind, n, chunks) {
    const edge = this.timeOf(n);
    const bus = kind === "mix" ? this.mixBus : this.stemsBus;
    const earliest = Math.max(this.firstFrame, Math.round((this.context.currentTime + LATE) * RATE));
    const edgeFrame = this.origin + edgeOf(n, this.tempo);
    const frame = edgeFrame >= earliest || this.last === null ? Math.max(edgeFrame, this.firstFrame) : earliest;
    const from = frame / RATE;

    if (this.braced === n && edge - CROSS > this.context.currentTime + LATE) this.release(edge);
    if (frame > edgeFrame && this.last !== null) this.fade(bus, 0, 1, from, DIP);
    else if (this.braced !== null) this.fade(bus, 0, 1, edge, DIP);
    else if (this.last !== null && this.last !== kind) this.cross(kind, n, edge, chunks);

    const offset = (frame - edgeFrame) / RATE;
    let buffer;
    if (kind === "mix") {
      buffer = chunks.mix(n);
      this.play(buffer, this.mix, from, offset);
    } else {
      const pair = chunks.stems(n);
      buffer = pair.instrumental;
      this.play(pair.instrumental, this.instrumental, from, offset);
      this.play(pair.vocals, this.vocals, from, offset);
    }
    if (n === this.total - 1) this.end = edge + buffer.duration;
    this.settle(kind, n);
  }

  settle(kind, n) {
    this.kinds.set(n, kind);
    this.kinds.delete(n - 12);
    this.last = kind;
    this.braced = null;
    this.next = n + 1;
    if (n < this.total - 1) this.brace(n + 1);
  }

  // The chunk's time is over and it never came.
  skip(n) {
    if (n === this.total - 1) this.end = this.timeOf(n + 1);
    this.next = n + 1;
  }

  // Nothing follows chunk n - 1 yet: it ends softly rather than with a click, however late the next one is put down.
  brace(n) {
    const edge = this.timeOf(n);
    if (edge - DIP < this.context.currentTime + LATE) return;
    this.braced = n;
    this.fade(this.last === "mix" ? this.mixBus : this.stemsBus, 1, 0, edge - DIP, DIP);
  }

  // Something follows in time.
  release(edge) {
    this.braced = null;
    const bus = this.last === "mix" ? this.mixBus : this.stemsBus;
    bus.gain.cancelScheduledValues(edge - DIP - 1 / RATE);
  }

  // From stems to mix before the edge, under the end of the old chunk; from mix to stems after it, over the head of the
  // new one: so the mix of one chunk is all that is needed. Where it is missing too, the sound dips for an instant.
  cross(kind, n, edge, chunks) {
    const toMix = kind === "mix";
    const [out, into] = toMix ? [this.stemsBus, this.mixBus] : [this.mixBus, this.stemsBus];
    const lap = chunks.mix(toMix ? n - 1 : n);
    const from = toMix ? edge - CROSS : edge;
    if (lap && from > this.context.currentTime + LATE) {
      this.play(lap, this.mix, from, toMix ? edge - this.timeOf(n - 1) - CROSS : 0, CROSS);
      this.fade(out, 1, 0, from, CROSS);
      this.fade(into, 0, 1, from, CROSS);
    } else {
      this.fade(out, 1, 0, edge - DIP, DIP);
      this.fade(into, 0, 1, edge, DIP);
    }
  }

  // It holds from the first frame on, to whichever side the clock's fractions fall: one frame before it would be a click.
  fade(node, from, to, at, seconds) {
    node.gain.setValueAtTime(from, Math.max(0, at - HALF_A_FRAME));
    node.gain.linearRampToValueAtTime(to, at + seconds);
  }

  // Two sounds that have little in common go over into each other at an even loudness.
  curve(from, to, at, seconds) {
    const points = new Float32Array(CURVE);
    for (let i = 0; i < CURVE; i += 1) {
      const share = from + ((to - from) * i) / (CURVE - 1);
      points[i] = Math.sin((share * Math.PI) / 2);
    }
    this.out.gain.setValueCurveAtTime(points, at, seconds);
  }

  play(buffer, into, when, offset, seconds) {
    const source = this.context.createBufferSource();
    source.buffer = buffer;
    source.connect(into);
    source.onended = () => {
      source.disconnect();
      this.sources.delete(source);
    };
    this.sources.add(source);
    if (seconds === undefined) source.start(when, offset);
    else source.start(when, offset, seconds);
  }

  // Four beats (seconds of the song apart) before the sound begins, where there is silence for them.
  strike(beat) {
    for (let left = 4; left > 0; left -= 1) {
      const at = this.timeAt(this.first - left * beat);
      if (at > Math.max(this.start, this.context.currentTime)) this.tick(at, left === 4 ? 1320 : 880);
    }
  }

  tick(at, frequency) {
    const level = gain(this.context, 0, this.level);
    level.gain.setValueAtTime(0, at);
    level.gain.linearRampToValueAtTime(TICK, at + 0.004);
    level.gain.setTargetAtTime(0, at + 0.004, 0.02);
    const tone = this.context.createOscillator();
    tone.frequency.value = frequency;
    tone.connect(level);
    tone.onended = () => {
      level.disconnect();
      this.sources.delete(tone);
    };
    this.sources.add(tone);
    tone.start(at);
    tone.stop(at + 0.2);
  }

  // Let another take go on from `at`.
  handOver(at, lap) {
    this.curve(1, 0, at, lap);
    this.end = null;
    this.silence(at + lap);
  }

  // Fade, then fall silent for good.
  stop(seconds) {
    const now = this.context.currentTime;
    const { gain } = this.out;
    if (gain.cancelAndHoldAtTime) gain.cancelAndHoldAtTime(now);
    else gain.cancelScheduledValues(now);
    gain.setTargetAtTime(0, now, seconds / 7);
    this.silence(now + seconds);
  }

  silence(at) {
    for (const source of this.sources) source.stop(at);
    setTimeout(() => this.level.disconnect(), 1000 * (at - this.context.currentTime) + 1000);
  }
}

function gain(context, value, into) {
  const node = context.createGain();
  node.gain.value = value;
  node.connect(into);
  return node;
}

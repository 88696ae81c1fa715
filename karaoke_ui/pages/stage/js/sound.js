// The sound of the stage: one AudioContext, one take, and the chunks that feed it; another key or tempo has chunks of
// its own until its take goes on where the other one was.
// `follow` is told what the box wants; `tick` keeps the take fed, in step with the box's clock, and says what happened.

import { Chunks, RATE } from "./chunks.js";
import { here } from "./clock.js";
import { Filler } from "./filler.js";
import { formatOf } from "./formats.js";
import { Glide } from "./glide.js";
import { Meter } from "./meter.js";
import { StreamTake } from "./stream.js";
import { Take } from "./take.js";
import { Tuner } from "./tuner.js";

const TICK = 100;
const LEAD = 0.06; // between deciding to begin and the first sample
const ENOUGH = 1; // seconds that must be decoded before a take begins
const DRIFT = 0.25;
const SETTLE = 2; // seconds between two corrections of it, so that a confused clock cannot chop up the song
// How long a beginning waits for the stems before the mix may stand in: nobody sings yet before a song's start, so
// there it waits longer rather than begin with the original voice.
const PATIENCE = { starting: 2.5, playing: 0.6 };
const LAP = 0.05; // in which two takes go over into each other
const PLAIN = { key: 0, tempo: 1 };
// Seconds of a key that are left when the song's own is looked for: where no more will come, or whatever the reason.
const DRY = 1.2;
const STARVED = 0.25;
// Where nothing comes in the wanted key for so long, the song is sung in its own.
const GIVE_UP = 5;
// What cannot be right at once: seconds of the song by which the box's clock differs after a change of tempo.
const NEAR = 0.015;
const SETTLED = 4;
const STREAM_LEAD = 0.8; // until a stream begins, about
const FAR = 0.95; // more than that the box does not let its clock be moved
const FADES = { skip: 0.45, pause: 0.15, seek: 0.05 };
const QUICK = 0.015; // of a gain: there within 60 ms
const BEATS = 8; // of two bars

export class Sound {
  constructor({ serverNow, onAnchor, onEnded, onArmed }) {
    Object.assign(this, { serverNow, onAnchor, onEnded, onArmed });
    this.context = new AudioContext({ sampleRate: RATE, latencyHint: "balanced" });
    this.output = this.context.createGain();
    this.output.connect(this.context.destination);
    // The song before the room's volume: how loud it is tells when it has died away.
    this.bus = this.context.createGain();
    this.bus.connect(this.output);
    this.meter = new Meter(this.context, this.bus);
    this.filler = new Filler(this.context, this.output);
    this.chunks = new Chunks(this.context, () => this.tick());
    this.tuner = new Tuner(this.context, () => this.tick());
    this.shifted = null;
    this.guide = new Glide(0);
    // Seconds by which this screen's sound comes later than its picture.
    this.offset = 0;
    // Four beats are struck in the silence before the sound begins.
    this.countIn = false;
    this.playback = null;
    this.held = false;
    this.take = null;
    this.waitingSince = null;
    this.resynced = -Infinity;
    this.drawn = null;
    this.fallback = null;
    this.context.onstatechange = () => {
      this.onArmed(this.armed);
      this.tick();
    };
    setInterval(() => this.tick(), TICK);
    this.arm();
    this.streams = false;
    formatOf(this.context).then((format) => this.deliver(format));
  }

  // The form in which the sound is to come.
  deliver(format) {
    this.streams = format === "stream";
    if (this.streams) {
      this.drop(FADES.seek);
      this.chunks.clear();
    } else {
      this.chunks.format = this.tuner.chunks.format = format;
    }
    this.tick();
  }

  get armed() {
    return this.context.state === "running";
  }

  // Where the browser allows it this works without a tap; else it takes effect with the next one.
  arm() {
    if (!this.armed) this.context.resume().catch(() => {});
  }

  // `playback` as in the box's state; null when this stage has nothing to sound.
  // `room` is the volume for whatever sounds.
  follow(playback, room) {
    const before = this.playback;
    this.playback = playback;
    if (!before || !playback || before.cue !== playback.cue) this.waitingSince = here();
    if (room || playback) this.setVolume(room || playback);
    if (playback) {
      this.setGuide(before, playback);
      if (this.take && this.take.cue === playback.cue) this.take.setLevel(playback.gain);
    }
    this.tick();
  }

  // From the graph to the loudspeaker, as far as the browser knows.
  get delay() {
    return this.context.outputLatency || this.context.baseLatency || 0;
  }

  setVolume({ volume, muted }) {
    const { gain } = this.output;
    const target = muted ? 0 : volume;
    if (this.volume === undefined) gain.value = target;
    if (target !== this.volume) gain.setTargetAtTime(target, this.context.currentTime, QUICK);
    this.volume = target;
  }

  // The rescue comes up at once; let go, it fades over two bars.
  setGuide(before, { turn, guide, rescue, bpm, tempo = 1 }) {
    const target = rescue ? 1 : guide;
    if (!before || before.turn !== turn) this.guide = new Glide(target);
    if (target === this.guide.target) return;
    const letGo = before && before.rescue && !rescue;
    const bars = bpm ? (BEATS * 60) / bpm / tempo : 4;
    this.guide.to(target, letGo ? bars / 4 : QUICK, this.context.currentTime);
    if (this.take && this.take.turn === turn) this.take.setGuide(this.guide);
  }

  // In which key and tempo the song is to be heard.
  get sung() {
    const { key = 0, tempo = 1 } = this.playback;
    return { key, tempo };
  }

  // The song's second by the box's clock, now or so many seconds later.
  due(later = 0) {
    const { state, position, at, duration } = this.playback;
    const now = this.serverNow();
    if (state !== "playing" || now === null) return position;
    return Math.min(position + Math.max(0, now + later - at) * this.sung.tempo, duration);
  }

  // The second before which nothing sounds: a count runs until there.
  get soundsFrom() {
    const { position, lead } = this.playback;
    return Math.max(0, lead > 0 ? position + lead : 0);
  }

  // What the room hears at this moment, for the words to follow: smoother than the context's own clock, which moves
  // in steps of a buffer, and later than it by the way to the loudspeaker.
  heard() {
    if (!this.take || !this.armed) return null;
    const { cue, tempo } = this.take;
    const delay = this.delay + this.offset;
    const raw = this.take.position - delay * tempo;
    const now = here();
    let shown = this.drawn && this.drawn.cue === cue ? this.drawn.position + (now - this.drawn.at) * tempo : raw;
    shown = Math.abs(raw - shown) > 0.1 ? raw : shown + (raw - shown) * 0.05;
    this.drawn = { cue, position: shown, at: now };
    return shown;
  }

  tick() {
    const playback = this.playback;
    if (!playback) {
      this.drop(FADES.skip);
      this.chunks.clear();
      return;
    }
    if (this.take && (playback.state === "paused" || this.take.cue !== playback.cue)) {
      this.drop(this.take.turn !== playback.turn ? FADES.skip : FADES[this.halt]);
    }
    this.feed();
    if (playback.state === "paused" || !this.armed) return;
    if (!this.take) {
      this.begin();
      return;
    }
    this.retune();
    this.check();
  }

  feed() {
    const { take } = this;
    if (this.streams) return;
    this.aim(this.chunks, take || this.fallback || this.sung, {
      position: Math.max(take ? take.position : this.due(), this.soundsFrom),
      covered: (n) => take !== null && take.kinds.get(n) === "mix",
      patient: this.patient,
    });
    if (take) take.schedule(this.chunks);
  }

  aim(chunks, { key, tempo }, how) {
    const { track, chunks: there } = this.playback;
    const { engine, total, separated } = there;
    chunks.aim({ track, engine, total, separated, key, tempo, ...how });
  }

  // Another key or tempo is wanted: go over into it as soon as it is loaded.
  retune() {
    const { playback, take, target } = this;
    if (take.key === target.key && take.tempo === target.tempo) {
      this.tuner.rest();
      return;
    }
    if (this.streams) {
      this.resync();
      return;
    }
    const { total } = playback.chunks;
    const patient = target !== PLAIN;
    const aim = (...how) => this.aim(...how);
    const place = this.tuner.look(take, target, { total, duration: playback.duration, patient, aim });
    if (place && place.when > take.settled) this.handOver(target, place);
  }

  // What to go over into. Where the sung key does not come any more, the song's own is better than silence.
  get target() {
    const { take, chunks, playback } = this;
    if (this.streams || (take.key === 0 && take.tempo === 1)) return this.sung;
    const at = Math.max(take.position, take.first);
    const ahead = chunks.ahead(at, playback.chunks.total);
    const ends = at + ahead > playback.duration - 0.1;
    const starves = !ends && (ahead < STARVED || (ahead < DRY && chunks.failed(at + ahead)));
    return starves ? PLAIN : this.sung;
  }

  handOver(sung, { position, when }) {
    const { take } = this;
    this.take = this.newTake({ ...sung, position, soundsFrom: take.first, when, lap: LAP });
    take.handOver(when, LAP);
    this.chunks = this.tuner.swap(this.chunks);
    if (take.tempo !== sung.tempo) this.shifted = here();
    this.take.schedule(this.chunks);
  }

  newTake(options) {
    const { playback, guide } = this;
    return new Take(this.context, this.bus, { ...playback, total: playback.chunks.total, ...options, guide });
  }

  // Still waiting for the first stems rather than beginning with the mix.
  get patient() {
    return this.take === null && here() - this.waitingSince < (PATIENCE[this.playback.state] || 0);
  }

  // Begin as soon as enough is decoded: at the cue's position, or where the song is by now if it is already playing.
  begin() {
    const { playback, chunks } = this;
    if (this.streams) {
      this.beginStream();
      return;
    }
    const position = this.due(LEAD);
    const { total } = playback.chunks;
    const from = Math.max(position, this.soundsFrom);
    const ready = chunks.ahead(from, total, this.patient ? chunks.separated : 0);
    // Nothing comes in this key: better the song's own than silence.
    if (ready <= 0 && here() - this.waitingSince > GIVE_UP) this.fallback = PLAIN;
    if (playback.state === "playing" && position >= playback.duration) this.onEnded(playback.turn, playback.cue);
    if (ready < Math.min(ENOUGH, playback.duration - from - 0.05) || ready <= 0) return;
    const when = this.context.currentTime + LEAD;
    this.take = this.newTake({ ...chunks.source, position, soundsFrom: this.soundsFrom, when });
    this.take.schedule(chunks);
    if (this.countIn) this.take.strike(playback.bpm ? 60 / playback.bpm : 0.6);
    this.waitingSince = null;
    this.check();
  }

  beginStream() {
    const { playback, sung, soundsFrom } = this;
    const position = this.due(playback.state === "playing" ? STREAM_LEAD : 0);
    if (position >= playback.duration) {
      this.onEnded(playback.turn, playback.cue);
      return;
    }
    this.take = new StreamTake(this.context, this.bus, { ...playback, ...sung, position, soundsFrom });
    this.waitingSince = null;
  }

  // Where a stream is, the browser decides: the box's clock follows it.
  checkStream(drift) {
    const { playback, take } = this;
    if (take.over) this.onEnded(take.turn, take.cue);
    else if (take.silent && here() - this.resynced > SETTLE) this.resync();
    else if (take.begun === null) return;
    else if (playback.state === "starting") this.anchor();
    else if (drift > FAR && here() - this.resynced > SETTLE) this.resync();
    else if (drift > NEAR * 2) this.onAnchor(take.cue, take.position, this.serverNow());
  }

  // Tell the box when the sound of this cue, or of its new tempo, began.
  anchor() {
    const { cue, from, start } = this.take;
    this.onAnchor(cue, from, this.serverNow() + start - this.context.currentTime);
  }

  check() {
    const { playback, take } = this;
    const drift = Math.abs(take.position - this.due());
    if (this.streams) this.checkStream(drift);
    else if (take.over) this.onEnded(take.turn, take.cue);
    else if (playback.state === "starting") this.anchor();
    else if (take.tempo !== this.sung.tempo) this.lag(drift);
    else if (this.shifted !== null) this.settle(drift);
    else if (drift > DRIFT && here() - this.resynced > SETTLE) this.resync();
  }

  // The new tempo is not heard yet: should that last, the box is told where the song really is.
  lag(drift) {
    const { cue, position } = this.take;
    if (drift > DRIFT) this.onAnchor(cue, position, this.serverNow());
  }

  // The box counted in the new tempo from the press on, the room hears it from the seam on.
  settle(drift) {
    if (drift > NEAR) this.anchor();
    if (drift < NEAR || here() - this.shifted > SETTLED) this.shifted = null;
  }

  // The context stood still, or the box's clock was set: go to where the song should be. The old take fades as the new
  // one comes in.
  resync() {
    this.resynced = here();
    this.drop(FADES.seek);
    this.waitingSince = here();
    this.feed();
    this.begin();
  }

  // How what sounds has to end for the playback as it is now. A held show fades: the room should not start.
  get halt() {
    if (this.playback.state !== "paused") return "seek";
    return this.held ? "skip" : "pause";
  }

  drop(seconds) {
    if (this.take) this.take.stop(seconds);
    this.take = null;
    this.fallback = null;
    this.shifted = null;
    this.tuner.rest();
  }

  // What the heartbeat says about the sound.
  report() {
    const { playback, take, chunks } = this;
    const position = take ? take.position : null;
    const from = playback ? Math.max(take ? position : this.due(), this.soundsFrom) : 0;
    return {
      turn: playback ? playback.turn : null,
      cue: take ? take.cue : null,
      position,
      key: take ? take.key : null,
      tempo: take ? take.tempo : null,
      // The second of the context in which this sound began.
      since: take ? take.start : null,
      ahead: playback ? Math.round(chunks.ahead(from, playback.chunks.total) * 10) / 10 : 0,
      covered: take !== null && take.covered,
      quiet: Math.round(this.meter.quiet * 10) / 10,
      trouble: take !== null && take.silent ? "no sound is loaded" : chunks.trouble || this.tuner.chunks.trouble,
    };
  }
}

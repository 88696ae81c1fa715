// The sound of the stage: one AudioContext, at most one take, and the chunks that feed it.
// `follow` is told what the box wants; `tick` keeps the take fed, in step with the box's clock, and says what happened.

import { Chunks, RATE } from "./chunks.js";
import { here } from "./clock.js";
import { Meter } from "./meter.js";
import { Take } from "./take.js";

const TICK = 100;
const LEAD = 0.06; // between deciding to begin and the first sample
const ENOUGH = 1; // seconds that must be decoded before a take begins
const DRIFT = 0.25;
const SETTLE = 2; // seconds between two corrections of it, so that a confused clock cannot chop up the song
// How long a beginning waits for the stems before the mix may stand in: nobody sings yet before a song's start, so
// there it waits longer rather than begin with the original voice.
const PATIENCE = { starting: 2.5, playing: 0.6 };

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
    this.chunks = new Chunks(this.context, () => this.tick());
    this.playback = null;
    this.take = null;
    this.waitingSince = null;
    this.resynced = -Infinity;
    this.drawn = null;
    this.context.onstatechange = () => {
      this.onArmed(this.armed);
      this.tick();
    };
    setInterval(() => this.tick(), TICK);
    this.arm();
  }

  get armed() {
    return this.context.state === "running";
  }

  // Where the browser allows it this works without a tap; else it takes effect with the next one.
  arm() {
    if (!this.armed) this.context.resume().catch(() => {});
  }

  // `playback` as in the box's state; null when this stage has nothing to sound.
  follow(playback) {
    const before = this.playback;
    this.playback = playback;
    if (!before || !playback || before.cue !== playback.cue) this.waitingSince = here();
    if (playback) {
      if (before) this.output.gain.setTargetAtTime(playback.volume, this.context.currentTime, 0.015);
      else this.output.gain.setValueAtTime(playback.volume, this.context.currentTime);
      if (this.take && this.take.cue === playback.cue) {
        this.take.setGuide(playback.guide);
        this.take.setLevel(playback.gain);
      }
    }
    this.tick();
  }

  // The song's second by the box's clock, now or so many seconds later.
  due(later = 0) {
    const { state, position, at, duration } = this.playback;
    const now = this.serverNow();
    if (state !== "playing" || now === null) return position;
    return Math.min(position + now + later - at, duration);
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
    const delay = this.context.outputLatency || this.context.baseLatency || 0;
    const raw = this.take.position - delay;
    const now = here();
    let shown = this.drawn && this.drawn.take === this.take ? this.drawn.position + (now - this.drawn.at) : raw;
    shown = Math.abs(raw - shown) > 0.1 ? raw : shown + (raw - shown) * 0.05;
    this.drawn = { take: this.take, position: shown, at: now };
    return shown;
  }

  tick() {
    const playback = this.playback;
    if (!playback) {
      this.drop();
      this.chunks.clear();
      return;
    }
    if (this.take && (playback.state === "paused" || this.take.cue !== playback.cue)) this.drop();
    this.feed();
    if (playback.state === "paused" || !this.armed) return;
    if (this.take) this.check();
    else this.begin();
  }

  feed() {
    const { playback, take } = this;
    this.chunks.aim({
      track: playback.track,
      engine: playback.chunks.engine,
      position: Math.max(take ? take.position : this.due(), this.soundsFrom),
      total: playback.chunks.total,
      separated: playback.chunks.separated,
      covered: (n) => take !== null && take.kinds.get(n) === "mix",
      patient: this.patient,
    });
    if (take) take.schedule(this.chunks);
  }

  // Still waiting for the first stems rather than beginning with the mix.
  get patient() {
    return this.take === null && here() - this.waitingSince < (PATIENCE[this.playback.state] || 0);
  }

  // Begin as soon as enough is decoded: at the cue's position, or where the song is by now if it is already playing.
  begin() {
    const { playback } = this;
    const position = this.due(LEAD);
    const { total, separated } = playback.chunks;
    const from = Math.max(position, this.soundsFrom);
    const ready = this.chunks.ahead(from, total, this.patient ? separated : 0);
    if (playback.state === "playing" && position >= playback.duration) this.onEnded(playback.turn, playback.cue);
    if (ready < Math.min(ENOUGH, playback.duration - from - 0.05) || ready <= 0) return;
    const when = this.context.currentTime + LEAD;
    this.take = new Take(this.context, this.bus, { ...playback, total, position, soundsFrom: this.soundsFrom, when });
    this.take.schedule(this.chunks);
    this.waitingSince = null;
    this.check();
  }

  // Tell the box when the sound of this cue began.
  anchor() {
    const { cue, from, start } = this.take;
    this.onAnchor(cue, from, this.serverNow() + start - this.context.currentTime);
  }

  check() {
    const { playback, take } = this;
    if (take.over) this.onEnded(take.turn, take.cue);
    else if (playback.state === "starting") this.anchor();
    else if (Math.abs(take.position - this.due()) > DRIFT && here() - this.resynced > SETTLE) this.resync();
  }

  // The context stood still, or the box's clock was set: go to where the song should be. The old take fades as the new
  // one comes in.
  resync() {
    this.resynced = here();
    this.drop();
    this.waitingSince = here();
    this.feed();
    this.begin();
  }

  drop() {
    if (this.take) this.take.stop();
    this.take = null;
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
      ahead: playback ? Math.round(chunks.ahead(from, playback.chunks.total) * 10) / 10 : 0,
      covered: take !== null && take.covered,
      quiet: Math.round(this.meter.quiet * 10) / 10,
      trouble: take !== null && take.silent ? "no sound is loaded" : chunks.trouble,
    };
  }
}

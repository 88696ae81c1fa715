// Music between the songs: the house's own files one after the other, where there are none a soft pad. It fades in,
// and out before a song; a file goes on later where it was left.

import { Leveller } from "./level.js";
import { Pad } from "./pad.js";

const RISE = 3;
const FALL = 0.8;
const LEVEL = 0.4; // under talk and clapping
const GIVE_UP = 3; // files in a row that cannot be played
const ENOUGH = 10 * 60 * 1000; // of the pad alone, while nobody sings

export class Filler {
  constructor(context, output) {
    this.context = context;
    this.gain = context.createGain();
    this.gain.gain.value = 0;
    this.gain.connect(output);
    this.pad = new Pad(context, this.gain);
    this.level = new Leveller(context, this.gain);
    this.audio = null;
    this.files = 0;
    this.failed = 0;
    this.on = false;
    this.resting = null;
  }

  // `filler` as in the box's state: how many files there are; null: no music now.
  follow(filler) {
    const on = filler !== null && filler !== undefined && this.context.state === "running";
    if (on) this.files = filler.files;
    if (on === this.on) return;
    this.on = on;
    clearTimeout(this.resting);
    const now = this.context.currentTime;
    const { gain } = this.gain;
    if (gain.cancelAndHoldAtTime) gain.cancelAndHoldAtTime(now);
    else gain.cancelScheduledValues(now);
    gain.setTargetAtTime(on ? LEVEL : 0, now, (on ? RISE : FALL) / 4);
    if (on) this.sound();
    else this.resting = setTimeout(() => this.rest(), 2000 * FALL);
  }

  sound() {
    if (this.files === 0 || this.failed >= GIVE_UP) {
      this.soften();
      return;
    }
    if (!this.audio) this.load();
    this.level.start();
    this.audio.play().catch(() => {});
  }

  soften() {
    this.pad.start();
    this.resting = setTimeout(() => this.pad.stop(), ENOUGH);
  }

  rest() {
    this.pad.stop();
    this.level.stop();
    if (this.audio) this.audio.pause();
  }

  load() {
    this.audio = new Audio();
    this.audio.onplaying = () => {
      this.failed = 0;
    };
    this.audio.onended = () => this.another();
    this.audio.onerror = () => {
      this.failed += 1;
      this.another();
    };
    this.context.createMediaElementSource(this.audio).connect(this.level.input);
    this.number = Math.floor(Math.random() * this.files);
    this.audio.src = `/stage/filler/${this.number}`;
  }

  another() {
    this.number = (this.number + 1) % this.files;
    if (this.failed >= GIVE_UP || this.files === 0) {
      if (this.on) this.soften();
      return;
    }
    this.level.begin();
    this.audio.src = `/stage/filler/${this.number}`;
    if (this.on) this.audio.play().catch(() => {});
  }
}

// A take for browsers that cannot decode chunks: the song as one stream, mixed by the box, in a media element. It begins
// when the browser has enough of it, and says afterwards when that was.

const FADE_IN = 0.05;
const PATIENCE = 12; // seconds until a stream that does not begin is a trouble
const MP3_DELAY = 0.025;

export class StreamTake {
  constructor(context, output, { cue, turn, track, key, tempo, position, soundsFrom, gain: level }) {
    Object.assign(this, { context, cue, turn, track, key, tempo });
    this.from = position;
    this.first = Math.max(position, soundsFrom, 0);
    this.start = context.currentTime;
    this.begun = this.first === position ? null : this.start;
    this.kinds = new Map();
    this.covered = false;
    this.failed = false;
    this.level = context.createGain();
    this.level.gain.value = level;
    this.out = context.createGain();
    this.out.connect(this.level);
    this.level.connect(output);
    this.audio = new Audio(`/stage/track/${track}/stream.mp3?position=${this.first}&key=${key}&tempo=${tempo}&cue=${cue}`);
    context.createMediaElementSource(this.audio).connect(this.out);
    this.audio.onerror = () => {
      this.failed = true;
    };
    this.audio.onplaying = () => this.began();
    // The count before the first second is silent.
    const wait = (this.first - position) / tempo;
    this.timer = setTimeout(() => this.audio.play().catch(() => {}), wait * 1000);
  }

  began() {
    const { gain } = this.out;
    gain.setValueAtTime(0, this.context.currentTime);
    gain.linearRampToValueAtTime(1, this.context.currentTime + FADE_IN);
    if (this.begun === null) {
      this.begun = this.context.currentTime - this.audio.currentTime;
      this.start = this.begun;
    }
  }

  get position() {
    const played = Math.max(0, this.audio.currentTime - MP3_DELAY);
    if (played > 0) return this.first + played * this.tempo;
    return Math.min(this.first, this.from + (this.context.currentTime - this.start) * this.tempo);
  }

  get over() {
    return this.audio.ended;
  }

  get silent() {
    return this.failed || (this.begun === null && this.context.currentTime - this.start > PATIENCE);
  }

  setGuide() {} // the box mixes

  setLevel(level) {
    this.level.gain.setTargetAtTime(level, this.context.currentTime, 0.5);
  }

  schedule() {}

  strike() {}

  stop(seconds) {
    clearTimeout(this.timer);
    this.out.gain.cancelScheduledValues(this.context.currentTime);
    this.out.gain.setTargetAtTime(0, this.context.currentTime, seconds / 7);
    setTimeout(() => {
      this.audio.pause();
      this.audio.removeAttribute("src");
      this.audio.load();
      this.level.disconnect();
    }, seconds * 1000);
  }
}

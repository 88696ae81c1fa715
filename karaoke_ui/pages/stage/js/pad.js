// A soft pad for between the songs, for a house without music files: slow chords of the AudioContext's own oscillators.

// Four chords of four notes, in MIDI numbers; each voice moves little.
const CHORDS = [
  [45, 52, 60, 64],
  [41, 53, 57, 64],
  [48, 55, 59, 64],
  [43, 55, 59, 62],
];
const EVERY = 7; // seconds from chord to chord
const RISE = 3;
const FALL = 4.5;
const LEVEL = 0.05; // of one note
const DETUNE = 4; // cents to each side

export class Pad {
  constructor(context, output) {
    this.context = context;
    this.warm = context.createBiquadFilter();
    this.warm.type = "lowpass";
    this.warm.frequency.value = 800;
    this.warm.Q.value = 0.3;
    this.warm.connect(output);
    this.timer = null;
    this.step = 0;
    this.next = 0;
  }

  start() {
    if (this.timer !== null) return;
    this.next = this.context.currentTime;
    this.timer = setInterval(() => this.fill(), 500);
    this.fill();
  }

  stop() {
    clearInterval(this.timer);
    this.timer = null;
  }

  fill() {
    if (this.next > this.context.currentTime + 1) return;
    this.next = Math.max(this.next, this.context.currentTime);
    for (const note of CHORDS[this.step % CHORDS.length]) this.voice(note, this.next);
    this.step += 1;
    this.next += EVERY;
  }

  voice(note, at) {
    const level = this.context.createGain();
    level.gain.setValueAtTime(0, at);
    level.gain.linearRampToValueAtTime(LEVEL, at + RISE);
    level.gain.setValueAtTime(LEVEL, at + EVERY);
    level.gain.linearRampToValueAtTime(0, at + EVERY + FALL);
    level.connect(this.warm);
    for (const cents of [-DETUNE, DETUNE]) {
      const tone = this.context.createOscillator();
      tone.type = "triangle";
      tone.frequency.value = 440 * 2 ** ((note - 69) / 12);
      tone.detune.value = cents;
      tone.connect(level);
      tone.start(at);
      tone.stop(at + EVERY + FALL);
      tone.onended = () => level.disconnect();
    }
  }
}

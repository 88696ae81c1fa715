// Brings music of any loudness to one level while it plays: by the loud moments of its last seconds, and slowly, so
// that nobody hears it. What was never heard begins softly; its first moment tells at once.

const TARGET = 0.12; // the root mean square of a song as the box levels it
const SILENCE = 0.003; // less tells nothing of the music
const EVERY = 0.25;
const MEMORY = 10;
const SOFTLY = 0.25;
const LEAST = 0.1;
const MOST = 4;

export class Leveller {
  constructor(context, output) {
    this.context = context;
    this.input = context.createAnalyser();
    this.input.fftSize = 8192;
    this.samples = new Float32Array(this.input.fftSize);
    this.trim = context.createGain();
    this.input.connect(this.trim).connect(output);
    this.timer = null;
    this.begin();
  }

  begin() {
    this.power = null;
    this.turn(SOFTLY, 0.01);
  }

  start() {
    this.stop();
    this.timer = setInterval(() => this.look(), 1000 * EVERY);
  }

  stop() {
    clearInterval(this.timer);
  }

  look() {
    this.input.getFloatTimeDomainData(this.samples);
    const power = this.samples.reduce((sum, each) => sum + each * each, 0) / this.samples.length;
    if (power < SILENCE ** 2) return;
    const first = this.power === null;
    this.power = first ? power : this.power + ((power - this.power) * EVERY) / MEMORY;
    this.turn(Math.min(MOST, Math.max(LEAST, TARGET / Math.sqrt(this.power))), first ? 0.1 : 1);
  }

  turn(gain, seconds) {
    this.trim.gain.setTargetAtTime(gain, this.context.currentTime, seconds);
  }
}

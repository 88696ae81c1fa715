// How long the song has been too quiet to be sung to: the end of its last chord, not a breath between two lines.

import { here } from "./clock.js";

const EVERY = 100;
const QUIET = 0.006; // of full scale, some 44 dB below it

export class Meter {
  constructor(context, node) {
    this.context = context;
    this.analyser = context.createAnalyser();
    this.analyser.fftSize = 2048;
    this.frames = new Float32Array(this.analyser.fftSize);
    node.connect(this.analyser);
    this.loudAt = here();
    this.level = 0;
    setInterval(() => this.look(), EVERY);
  }

  look() {
    this.analyser.getFloatTimeDomainData(this.frames);
    let sum = 0;
    for (const frame of this.frames) sum += frame * frame;
    this.level = Math.sqrt(sum / this.frames.length);
    if (this.level > QUIET || this.context.state !== "running") this.loudAt = here();
  }

  get quiet() {
    return here() - this.loudAt;
  }
}

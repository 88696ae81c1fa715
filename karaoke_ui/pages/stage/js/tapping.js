// An even beat to tap along with, to be heard or to be seen: so the box learns how late this screen's sound comes.

const SOON = 1; // from the box's word to the first beat
const AHEAD = 1.5;
const FLASH = 0.09;

export class Tapping {
  // `tell(run, at)` says when a beat was handed out, by the box's clock.
  constructor(sound, serverNow, tell) {
    Object.assign(this, { sound, serverNow, tell });
    this.asked = null;
    this.timer = null;
    this.sheet = null;
  }

  get on() {
    return this.asked !== null;
  }

  follow(asked) {
    const run = asked ? asked.run : null;
    if (run === (this.asked ? this.asked.run : null)) return;
    this.stop();
    if (!asked) return;
    this.asked = asked;
    const { context, delay } = this.sound;
    this.first = context.currentTime + SOON;
    this.struck = 0;
    this.show();
    this.timer = setInterval(() => this.strike(), 300);
    const later = asked.mode === "sound" ? delay : 0;
    this.tell(run, this.serverNow() + SOON + later);
    requestAnimationFrame(() => this.draw());
  }

  stop() {
    clearInterval(this.timer);
    if (this.sheet) this.sheet.remove();
    this.asked = null;
    this.sheet = null;
  }

  strike() {
    const { context } = this.sound;
    while (this.asked.mode === "sound" && this.first + this.struck * this.asked.beat < context.currentTime + AHEAD) {
      this.tick(this.first + this.struck * this.asked.beat);
      this.struck += 1;
    }
  }

  tick(at) {
    const { context, output } = this.sound;
    const level = context.createGain();
    level.gain.setValueAtTime(0, at);
    level.gain.linearRampToValueAtTime(0.6, at + 0.003);
    level.gain.setTargetAtTime(0, at + 0.003, 0.02);
    level.connect(output);
    const tone = context.createOscillator();
    tone.frequency.value = 1000;
    tone.connect(level);
    tone.onended = () => level.disconnect();
    tone.start(at);
    tone.stop(at + 0.2);
  }

  // Black, with a disc that flashes or stands still.
  show() {
    this.sheet = document.createElement("div");
    this.sheet.id = "tapping";
    this.sheet.dataset.mode = this.asked.mode;
    this.sheet.style.cssText = "position:fixed;top:0;left:0;right:0;bottom:0;background:#000;z-index:90";
    this.disc = document.createElement("div");
    this.disc.style.cssText =
      "position:absolute;top:50%;left:50%;width:40vh;height:40vh;margin:-20vh 0 0 -20vh;border-radius:50%;background:#fff";
    this.sheet.appendChild(this.disc);
    document.body.appendChild(this.sheet);
  }

  draw() {
    if (!this.asked) return;
    requestAnimationFrame(() => this.draw());
    const { mode, beat } = this.asked;
    const since = this.sound.context.currentTime - this.first;
    const lit = mode === "picture" && since >= 0 && since % beat < FLASH;
    this.disc.style.opacity = lit ? "1" : "0.12";
  }
}

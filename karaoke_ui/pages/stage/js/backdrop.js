// What stands behind the words: the song's video in step with its sound, its cover out of focus, or a quiet light that
// breathes with the music. Whatever fails to load leaves what lies under it: there is always something to see.

import { Film } from "./film.js";
import { toggle } from "./dom.js";

const VEIL = 0.7; // how much of a cover is covered, so that words can be read on it
const LIGHT_EVERY = 1 / 8; // a breath is drawn this often: a weak machine has better things to do
const MOVE_EVERY = 1 / 4; // in steps too small to see
const LOUD = 0.2; // of full scale: as loud as a song gets on average

export class Backdrop {
  constructor(root, level) {
    this.root = root;
    this.level = level;
    this.moving = root.querySelectorAll(".moves");
    this.movedAt = 0;
    this.film = new Film(root.querySelector("video"));
    this.canvas = root.querySelector("canvas");
    this.orbs = root.querySelectorAll(".orb");
    this.cover = null;
    this.covered = false;
    this.glow = 0;
    this.lit = -1;
    this.litAt = 0;
  }

  // `about`: the song that plays or is called, or null.
  follow(about) {
    const video = about && about.video ? about.video : null;
    this.film.load(video);
    this.root.classList.toggle("pixels", Boolean(about && about.backdrop === "cdg"));
    this.paint((about && about.cover) || null);
  }

  // `playing`: the song runs; `alone`: its picture has the screen to itself.
  draw({ second, tempo, playing, alone, now }) {
    const shown = this.film.draw(second, tempo, playing, now);
    toggle(this.root, "film", shown);
    toggle(this.root, "alone", shown && alone);
    toggle(this.root, "cover", !shown && this.covered);
    toggle(this.root, "light", !shown && !this.covered);
    if (!shown && !this.covered) this.breathe(now);
    if (!shown) this.move(now);
  }

  // Everything drifts, slowly. Not as an animation of the browser's: that would draw the whole screen for each frame.
  move(now) {
    if (now - this.movedAt < MOVE_EVERY) return;
    this.movedAt = now;
    const [x, y] = [Math.sin(now / 17) * 4, Math.cos(now / 23) * 3.5];
    for (const layer of this.moving) {
      if (getComputedStyle(layer).visibility !== "hidden") layer.style.transform = `translate(${x.toFixed(2)}%, ${y.toFixed(2)}%)`;
    }
  }

  // Louder is brighter: quick to rise, slow to fall.
  breathe(now) {
    if (now - this.litAt < LIGHT_EVERY) return;
    this.litAt = now;
    const loud = Math.min(1, this.level() / LOUD);
    this.glow += (loud - this.glow) * (loud > this.glow ? 0.35 : 0.08);
    const [one, two] = this.orbs;
    if (Math.abs(this.glow - this.lit) < 0.01) return;
    this.lit = this.glow;
    one.style.opacity = (0.25 + 0.75 * this.glow).toFixed(3);
    two.style.opacity = (0.35 + 0.5 * this.glow).toFixed(3);
  }

  // The cover so small and soft that only its colours are left; the screen scales it up for nothing.
  paint(address) {
    if (address === this.cover) return;
    this.cover = address;
    this.covered = false;
    if (!address) return;
    const image = new Image();
    image.onload = () => {
      if (address !== this.cover) return;
      const { width, height } = this.canvas;
      const pen = this.canvas.getContext("2d");
      const scale = Math.max(width / image.naturalWidth, height / image.naturalHeight) * 1.2;
      const [w, h] = [image.naturalWidth * scale, image.naturalHeight * scale];
      pen.filter = "blur(14px) saturate(1.25)";
      pen.drawImage(image, (width - w) / 2, (height - h) / 2, w, h);
      pen.filter = "none";
      pen.globalAlpha = VEIL;
      pen.fillStyle = getComputedStyle(this.root).getPropertyValue("--veil");
      pen.fillRect(0, 0, width, height);
      pen.globalAlpha = 1;
      this.covered = true;
    };
    image.src = address;
  }
}

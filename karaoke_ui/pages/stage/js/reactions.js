// What phones throw: an emoji floats up at the side of the screen, a few at a time, never over the words.

import { element } from "./dom.js";

const AT_ONCE = 6;
const APART = 280;
const WAITING = 12;
const LASTS = 4600;

export class Reactions {
  constructor(root) {
    this.root = root;
    this.waiting = [];
    this.lane = 0;
    this.timer = null;
  }

  add({ emoji, n = 1 }) {
    if (typeof emoji !== "string" || !emoji || emoji.length > 16) return;
    for (let i = 0; i < Math.min(3, n) && this.waiting.length < WAITING; i += 1) this.waiting.push(emoji);
    if (this.timer === null) this.next();
  }

  next() {
    this.timer = this.waiting.length ? setTimeout(() => this.next(), APART) : null;
    if (!this.waiting.length || this.root.childElementCount >= AT_ONCE) return;
    const node = element("i", "", this.root);
    node.textContent = this.waiting.shift();
    this.lane = (this.lane + 2) % 5;
    node.style.setProperty("--lane", this.lane);
    setTimeout(() => node.remove(), LASTS);
  }
}

// The words on the screen: one page of lines at a time, drawn for a second of the song. `draw(t)` depends on t alone, so
// a seek, a restart or a reload need nothing special.

import { element, toggle } from "./dom.js";
import { ROWS, backing, isDuet, pageAt, paginate } from "./pages.js";
import { initials } from "./voices.js";

const FONT_SIZE = 104; // the size of type that widths are measured in
const GUTTER = 104; // beside the lines of a duet: room for an initial
const LIGHT_UP = 1; // the coming line is lit this long before it starts, once the one before it is over
const COUNT_FROM = 5;

export class Words {
  constructor(root) {
    this.root = root;
    this.pages = [];
    this.lyrics = null;
    this.initials = initials(null);
    this.shown = null;
    this.stands = false;
    this.drawn = 0;
    window.addEventListener("resize", () => this.layout());
    document.fonts.addEventListener("loadingdone", () => this.layout());
  }

  show(lyrics) {
    if (lyrics === this.lyrics) return;
    this.lyrics = lyrics;
    this.layout();
  }

  // Who sings: the two names of a duet, or null.
  name(voices) {
    const short = initials(voices);
    if (short.join() === this.initials.join()) return;
    this.initials = short;
    this.layout();
  }

  // The first timed second, for the countdown; null without times.
  get begins() {
    return this.pages.length ? this.pages[0].start : null;
  }

  layout() {
    // A page that is put in place of itself (better times, another size of screen) does not arrive: it stands there.
    this.stands = this.shown !== null;
    this.clear();
    this.pages = [];
    if (!this.lyrics) return;
    const style = getComputedStyle(this.root);
    const pen = document.createElement("canvas").getContext("2d");
    pen.font = `700 ${FONT_SIZE}px ${style.fontFamily}`;
    const unit = parseFloat(style.fontSize) / FONT_SIZE;
    const room = this.root.clientWidth / unit - 8;
    this.duet = isDuet(this.lyrics);
    this.pages = paginate(this.lyrics, (text) => pen.measureText(text).width, room, GUTTER);
    if (this.stands) this.draw(this.drawn);
  }

  clear() {
    this.root.textContent = "";
    this.shown = null;
  }

  // `countsTo`: the second before which nothing is sung, after a pause in the middle of a song for one.
  // Nothing is sung before `still`: while it is counted in, the line that comes stands empty.
  draw(now, countsTo = null, still = 0) {
    const t = Math.max(now, still);
    this.drawn = t;
    if (!this.pages.length) return;
    // What the count leads to stands there as it will be then; what comes before it is not sung again.
    const shown = countsTo !== null && t < countsTo ? countsTo - 0.001 : t;
    const index = pageAt(this.pages, shown);
    const page = this.pages[index];
    if (!this.shown || this.shown.page !== page) this.turn(page, this.pages[index + 1]);
    const view = this.shown;
    page.lines.forEach((line, i) => drawLine(view.lines[i], line, page.lines[i - 1], shown));
    drawCount(view.count, page, now, countsTo);
    const last = page.lines[page.lines.length - 1];
    toggle(view.peek, "on", shown >= last.start - 0.3);
  }

  turn(page, following) {
    if (this.shown) leave(this.shown.node);
    const node = element("div", this.duet ? "page duet" : "page", this.root);
    node.style.setProperty("--scale", page.scale);
    node.style.setProperty("--back", backing(page.scale));
    const block = element("div", "block", node);
    const count = buildCount(block);
    const lines = page.lines.map((line, i) => {
      const view = buildLine(line, block);
      const before = page.lines[i - 1];
      if (this.duet && !(before && before.voice === line.voice)) this.initial(view.node, line.voice);
      return view;
    });
    const peek = element("p", "peek", node);
    if (following && following.waits < COUNT_FROM) {
      const first = following.lines[0];
      peek.textContent = first.text;
      peek.dir = first.rtl ? "rtl" : "ltr";
      if (first.voice === 2) peek.classList.add("v2");
    }
    const rows = page.lines.reduce((sum, line) => sum + line.rows.length, 0);
    toggle(node, "full", rows >= ROWS);
    this.shown = { page, node, lines, count, peek };
    if (this.stands) stand(node);
    this.stands = false;
  }

  // Who sings from this line on: one letter in the margin, on the voice's own side.
  initial(line, voice) {
    const mark = element("span", "initial", line);
    mark.setAttribute("aria-hidden", "true");
    for (const one of voice ? [voice] : [1, 2]) element("b", `v${one}`, mark).textContent = this.initials[one - 1];
  }
}

// The wait for a page, in seconds and as a bar that runs out.
function buildCount(block) {
  const node = element("div", "gap", block);
  const number = element("b", "", node);
  const bar = element("i", "", node);
  return { node, number, bar: element("i", "", bar) };
}

function buildLine(line, block) {
  const node = element("div", `line wait v${line.voice}`, block);
  node.dir = line.rtl ? "rtl" : "ltr";
  const rows = line.rows.map((pieces) => {
    const row = element("div", "row", node);
    const base = element("span", "base", row);
    const texts = pieces.map((piece, i) => {
      const text = document.createTextNode(i === pieces.length - 1 ? piece.text.trimEnd() : piece.text);
      (piece.back ? element("small", "", base) : base).appendChild(text);
      return text;
    });
    const fill = base.cloneNode(true);
    fill.className = "fill";
    fill.setAttribute("aria-hidden", "true");
    row.appendChild(fill);
    const under = element("i", "under", row);
    return { row, fill, under, base, pieces, texts, edges: null, drawn: -1 };
  });
  toggle(node, "whole", !line.byWord);
  return { node, rows, state: "wait" };
}

function drawLine(view, line, before, t) {
  const lit = Math.min(line.start, Math.max(before ? before.end : -Infinity, line.start - LIGHT_UP));
  const state = t >= line.end ? "done" : t >= lit ? "now" : "wait";
  if (state !== view.state) {
    view.node.classList.replace(view.state, state);
    view.state = state;
  }
  if (state === "now") (line.byWord ? fillWords : fillWhole)(view, line, t);
}

function fillWords(view, line, t) {
  for (const row of view.rows) {
    if (!row.edges) row.edges = measure(row, line.rtl);
    drawRow(row, filled(row, t), line.rtl);
  }
}

// Only the line's times are known: it takes colour as a whole, and the stroke under it tells how far its time has run.
function fillWhole(view, line, t) {
  toggle(view.node, "sounding", t >= line.start);
  const part = Math.min(1, Math.max(0, (t - line.start) / (line.end - line.start)));
  view.rows.forEach((row, i) => {
    const of = view.rows.length;
    drawRow(row, Math.min(1, Math.max(0, part * of - i)), line.rtl);
  });
}

// How far a row is filled at second t, 0 to 1: through the word being sung, at rest between words.
function filled(row, t) {
  let at = 0;
  row.pieces.forEach((piece, i) => {
    if (t < piece.start) return;
    const part = piece.end > piece.start ? Math.min(1, (t - piece.start) / (piece.end - piece.start)) : 1;
    const [from, to] = row.edges[i];
    at = Math.max(at, from + (to - from) * eased(part));
  });
  return at;
}

function eased(x) {
  return x + 0.35 * x * (1 - x) * (2 * x - 1);
}

// Where each piece begins and ends, as parts of the row's width, in the direction of reading.
function measure(row, rtl) {
  const box = row.row.getBoundingClientRect();
  const range = document.createRange();
  return row.pieces.map((piece, i) => {
    const text = row.texts[i];
    range.setStart(text, 0);
    range.setEnd(text, text.data.trimEnd().length);
    const { left, right } = range.getBoundingClientRect();
    const part = (x) => Math.min(1, Math.max(0, (rtl ? box.right - x : x - box.left) / (box.width || 1)));
    return rtl ? [part(right), part(left)] : [part(left), part(right)];
  });
}

function drawRow(row, part, rtl) {
  if (Math.abs(part - row.drawn) < 0.0004) return;
  row.drawn = part;
  // Each half of the row is cut where the other begins: laid over each other, the letters would get pale rims.
  const done = part > 0 ? `${(part * 100).toFixed(2)}%` : "-5%";
  const rest = part < 1 ? `${((1 - part) * 100).toFixed(2)}%` : "-5%";
  row.fill.style.clipPath = rtl ? `inset(-20% -5% -30% ${rest})` : `inset(-20% ${rest} -30% -5%)`;
  row.base.style.clipPath = rtl ? `inset(-20% ${done} -30% -5%)` : `inset(-20% -5% -30% ${done})`;
  row.under.style.transform = `scaleX(${part.toFixed(4)})`;
}

// The seconds to a page that has to be waited for, or to the end of a count-in.
function drawCount({ node, number, bar }, page, t, countsTo) {
  const counted = countsTo !== null && t < countsTo;
  const waits = page.waits > COUNT_FROM && page.start - t < page.waits;
  const left = Math.max(counted ? countsTo - t : 0, waits ? page.start - t : 0);
  toggle(node, "on", left > 0);
  toggle(document.body, "counting", left > 0);
  toggle(node, "soon", left > 0 && left < 3);
  if (left <= 0) return;
  const seconds = String(Math.ceil(left));
  if (number.textContent !== seconds) number.textContent = seconds;
  const whole = counted && !waits ? COUNT_FROM : page.counts;
  bar.style.transform = `scaleX(${Math.min(1, left / whole).toFixed(4)})`;
}

function leave(node) {
  node.classList.add("gone");
  setTimeout(() => node.remove(), 400);
}

function stand(node) {
  node.style.animation = "none";
  node.classList.add("stands");
  setTimeout(() => node.classList.remove("stands"), 100);
}

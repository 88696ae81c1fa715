// What the screen shows: which of its views, and the few words and names in it. The choice is a function of what is
// known; drawing touches only what has changed.

const OFFLINE_AFTER = 3;
const CARD_UNTIL = 3; // the singer's card makes room for the words this long before the first of them

// The view for a moment. `second` is the song's, `begins` the second of the first word (null: no times).
export function chooseView({ state, playback, second, words, begins }) {
  if (!state) return "looking";
  if (!state.stage.paired) return "pair";
  if (!playback) return "idle";
  if (playback.state === "starting" && second < 1) return "card";
  if (words === "loading") return second < CARD_UNTIL ? "card" : "words";
  if (words === "none") return "memory";
  if (words === "plain") return "plain";
  return second < begins - CARD_UNTIL ? "card" : "words";
}

export class Screen {
  constructor(texts) {
    this.texts = texts;
    this.nodes = {};
    for (const node of document.querySelectorAll("[id]")) this.nodes[node.id] = node;
    for (const node of document.querySelectorAll("[data-text]")) node.textContent = this.text(node.dataset.text);
    this.qr = null;
  }

  text(key, values = {}) {
    return (this.texts[key] || key).replace(/\{(\w+)\}/g, (_, name) => values[name]);
  }

  // What the box said: names, songs, the code, the address.
  state({ stage, night, join, playback, next, last, waiting }) {
    put(this.nodes.code, stage.code);
    const name = (night && night.name) || "";
    put(this.nodes.night, name);
    this.nodes.night.style.setProperty("--fit", nameScale(name));
    put(this.nodes.address, join.address);
    if (join.qr !== this.qr) {
      this.qr = join.qr;
      this.nodes.qr.innerHTML = join.qr; // drawn by the box itself
      scalable(this.nodes.qr.querySelector("svg"));
    }
    person(this.nodes["next-up"], next);
    put(this.nodes["next-up"].querySelector(".more"), waiting > 1 ? this.text("more_waiting", { n: waiting - 1 }) : "");
    person(this.nodes["last-sung"], last);
    put(this.nodes.after.lastElementChild, next ? next.singer : "");
    toggle(this.nodes.after, "none", !next);
    if (playback) this.song(playback);
  }

  song(playback) {
    for (const id of ["singer", "card-singer"]) put(this.nodes[id], playback.singer);
    this.nodes["card-singer"].style.setProperty("--fit", nameScale(playback.singer));
    put(this.nodes.title, playback.title);
    put(this.nodes["card-title"], [playback.title, playback.artist].filter(Boolean).join(" · "));
    this.cover(playback.cover);
    put(this.nodes["memory-title"], playback.title);
    this.nodes["memory-title"].style.setProperty("--fit", nameScale(playback.title));
    put(this.nodes["memory-artist"], playback.artist || "");
  }

  cover(address) {
    const node = this.nodes["card-cover"];
    toggle(node, "none", !address);
    const picture = address ? `url("${address}")` : "";
    if (node.style.backgroundImage !== picture) node.style.backgroundImage = picture;
  }

  firstLines(lyrics) {
    this.nodes["first-lines"].textContent = "";
    for (const line of (lyrics ? lyrics.lines : []).filter((one) => one.text.trim()).slice(0, 2)) {
      const node = document.createElement("p");
      node.dir = "auto";
      node.textContent = line.text;
      this.nodes["first-lines"].appendChild(node);
    }
  }

  // What changes while the song runs; called for every picture.
  moment({ view, state, playback, second, begins, armed, covered, silence }) {
    if (document.body.dataset.view !== view) document.body.dataset.view = view;
    const paired = Boolean(state && state.stage.paired);
    const spare = paired && !state.stage.leading;
    toggle(document.body, "playing", Boolean(playback));
    toggle(document.body, "paused", Boolean(playback && playback.state === "paused"));
    toggle(this.nodes.tap, "on", paired && !armed && !spare);
    toggle(this.nodes["pair-sound"], "good", armed);
    put(this.nodes["pair-sound"].lastElementChild, this.text(armed ? "pair_sound_on" : "pair_sound"));
    const offline = silence > OFFLINE_AFTER && view !== "looking";
    toggle(this.nodes.offline, "on", offline);
    if (offline) put(this.nodes.offline, this.text(playback ? "offline" : "offline_idle"));
    toggle(this.nodes.spare, "on", spare);
    if (spare) put(this.nodes.spare, this.text(armed ? "spare" : "spare_tap"));
    toggle(this.nodes.covered, "on", covered);
    toggle(this.nodes.quick, "on", Boolean(playback && playback.chunks.quick && !covered));
    if (playback) this.run(playback, second, begins);
  }

  run(playback, second, begins) {
    const part = playback.duration > 0 ? Math.min(1, Math.max(0, second / playback.duration)) : 0;
    this.nodes.progress.style.transform = `scaleX(${part.toFixed(4)})`;
    const left = begins === null ? 0 : begins - second;
    const counting = playback.state !== "starting" && begins > CARD_UNTIL && left > 0;
    toggle(this.nodes.count, "on", counting);
    if (!counting) return;
    put(this.nodes.count.querySelector("b"), String(Math.ceil(left)));
    this.nodes.count.querySelector(".track i").style.transform = `scaleX(${Math.min(1, left / begins).toFixed(4)})`;
  }
}

// Long names get smaller letters, so that they stay on the screen.
function nameScale(name) {
  const length = Math.max(...name.split(/\s+/).map((word) => word.length), name.length / 2.4);
  return Math.max(0.4, Math.min(1, 10 / Math.max(1, length))).toFixed(3);
}

// A drawing with a size of its own and no viewBox does not grow with its frame.
function scalable(svg) {
  if (!svg || svg.hasAttribute("viewBox")) return;
  svg.setAttribute("viewBox", `0 0 ${parseFloat(svg.getAttribute("width"))} ${parseFloat(svg.getAttribute("height"))}`);
  svg.removeAttribute("width");
  svg.removeAttribute("height");
}

function person(node, who) {
  toggle(node, "none", !who);
  if (!who) return;
  put(node.querySelector("b"), who.singer);
  put(node.querySelector(".song"), who.title);
}

function put(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

function toggle(node, name, on) {
  if (node.classList.contains(name) !== on) node.classList.toggle(name, on);
}

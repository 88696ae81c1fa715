// Which of its views the stage shows, and what is true of all of them: signs, messages, the footer, the sound's tap.
// The choice is a function of what is known; drawing touches only what has changed.

import { put, toggle } from "./dom.js";
import { Scenes } from "./scenes.js";

const OFFLINE_AFTER = 3;
const CARD_UNTIL = 4; // the singer's card makes room for the words this long before the first of them
const PICTURE_FROM = 1; // a ready-made picture has the screen to itself from this second on

const NO_SONG = ["idle", "applause", "hold", "break", "credits"];
const CALLING = ["called", "waiting"];

// The view for a moment. `second` is the song's, `begins` the second of the first word (null: no times).
export function chooseView({ state, playback, second, words, begins }) {
  if (!state) return "looking";
  if (!state.stage.paired) return "pair";
  const scene = state.scene ? state.scene.name : "";
  if (NO_SONG.includes(scene)) return scene;
  if (CALLING.includes(scene) && state.scene.called) return "card";
  if (!playback) return state.scene && state.scene.called ? "card" : "idle";
  if (playback.state === "starting" && second < 1) return "card";
  if (inPicture(playback)) return second < PICTURE_FROM ? "card" : "picture";
  if (words === "loading") return second < CARD_UNTIL ? "card" : "words";
  if (words === "none") return second < 0 ? "card" : "memory";
  if (words === "plain") return second < 0 ? "card" : "plain";
  return second < begins - CARD_UNTIL ? "card" : "words";
}

// The song's picture carries its words: ready-made karaoke.
export function inPicture(playback) {
  return playback.own_words === false && (playback.backdrop === "video" || playback.backdrop === "cdg");
}

// The second that is counted down to, where nothing is sung before it: the first word, or the end of a count-in.
export function countsTo(playback, begins) {
  const first = Number.isFinite(playback.first_word) ? playback.first_word : begins;
  const sounds = playback.lead > 0 ? playback.position + playback.lead : null;
  if (first === null || first === undefined) return sounds;
  return sounds === null ? first : Math.max(first, sounds);
}

export class Screen {
  constructor(texts) {
    this.texts = texts;
    this.nodes = {};
    for (const node of document.querySelectorAll("[id]")) this.nodes[node.id] = node;
    this.label();
    this.scenes = new Scenes(this.nodes, (key, values) => this.text(key, values));
    this.said = null;
    window.addEventListener("resize", () => this.said && this.scenes.follow(this.said));
    document.fonts.ready.then(() => this.said && this.scenes.follow(this.said));
  }

  // Everything that stands on the page from its start.
  label() {
    document.documentElement.lang = this.texts.language;
    for (const node of document.querySelectorAll("[data-text]")) node.textContent = this.text(node.dataset.text);
    if (!navigator.wakeLock) for (const node of document.querySelectorAll(".awake")) put(node, this.text("may_sleep"));
  }

  // The host chose another language: the sound goes on while the words change.
  async speak(language) {
    if (!language || language === this.texts.language || language === this.asked) return;
    this.asked = language;
    try {
      const answer = await fetch("/stage/texts.json");
      if (answer.ok) this.texts = await answer.json();
      this.label();
      if (this.said) this.state(this.said);
    } finally {
      this.asked = null;
    }
  }

  text(key, values = {}) {
    return (this.texts[key] || key).replace(/\{(\w+)\}/g, (_, name) => values[name]);
  }

  // What the box said: names, songs, the code, the address.
  state(state) {
    this.said = state;
    this.speak(state.language);
    document.documentElement.dataset.theme = state.theme || "club";
    put(this.nodes.code, state.stage.code);
    this.scenes.follow(state);
    const { next, playback, message } = state;
    put(this.nodes.after.lastElementChild, next ? next.singer : "");
    toggle(this.nodes.after, "none", !next);
    toggle(document.body, "told", Boolean(message));
    // What is no longer said stays written while it fades.
    for (const node of message ? document.querySelectorAll(".message") : []) put(node.lastElementChild, message);
    if (!playback) return;
    put(this.nodes.singer, playback.singer);
    put(this.nodes.title, playback.title);
  }

  firstLines(lyrics) {
    this.scenes.firstLines(lyrics);
  }

  // What changes while the song runs; called for every picture.
  moment({ view, state, playback, second, begins, armed, covered, silence }) {
    if (document.body.dataset.view !== view) document.body.dataset.view = view;
    const paired = Boolean(state && state.stage.paired);
    const elsewhere = paired && Boolean(state.stage.elsewhere);
    const spare = paired && !state.stage.leading && !elsewhere;
    const scene = state && state.scene ? state.scene.name : "";
    toggle(document.body, "playing", Boolean(playback));
    toggle(document.body, "closing", scene === "closing");
    toggle(document.body, "paused", Boolean(playback && playback.state === "paused" && !NO_SONG.includes(scene)));
    toggle(this.nodes.tap, "on", paired && !armed && !spare && !elsewhere);
    toggle(this.nodes.elsewhere, "on", elsewhere);
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
    else toggle(this.nodes.count, "on", false);
  }

  run(playback, second, begins) {
    const part = playback.duration > 0 ? Math.min(1, Math.max(0, second / playback.duration)) : 0;
    const bar = `scaleX(${part.toFixed(3)})`; // a step of a pixel or two, not one for each frame
    if (this.bar !== bar) this.nodes.progress.style.transform = this.bar = bar;
    const to = countsTo(playback, begins);
    const left = to === null ? 0 : to - second;
    const counting = playback.state !== "starting" && left > 0;
    if (counting && !this.nodes.count.classList.contains("on")) this.countsFrom = Math.max(5, left);
    toggle(this.nodes.count, "on", counting);
    if (!counting) return;
    const words = begins !== null && begins !== undefined;
    put(this.nodes.count.firstElementChild, this.text(words ? "first_words" : "music_begins"));
    put(this.nodes.count.querySelector("b"), String(Math.ceil(left)));
    const part_left = Math.min(1, left / this.countsFrom);
    this.nodes.count.querySelector(".rail i").style.transform = `scaleX(${part_left.toFixed(4)})`;
  }
}

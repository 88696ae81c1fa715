// The stage: a screen with sound that follows the box. This module ties the parts together and holds what the box last
// said; link.js talks, sound.js plays, screen.js and lyrics.js show.

import { Backdrop } from "./backdrop.js";
import { here } from "./clock.js";
import { Link } from "./link.js";
import { Words } from "./lyrics.js";
import { PlainWords } from "./plain.js";
import { Reactions } from "./reactions.js";
import { fillScreen, furnish } from "./room.js";
import { chooseView, countsTo, Screen } from "./screen.js";
import { LyricsShelf } from "./shelf.js";
import { Sound } from "./sound.js";
import { ring } from "./tone.js";
import { Tapping } from "./tapping.js";

const BEAT = 1000;

const screen = new Screen(JSON.parse(document.getElementById("texts").textContent));
const words = new Words(document.getElementById("words"));
const reactions = new Reactions(document.getElementById("reactions"));
const plain = new PlainWords(document.getElementById("plain"));

const shelf = new LyricsShelf((lyrics) => {
  const timed = shelf.state === "timed";
  nameVoices();
  words.show(timed ? lyrics : null);
  plain.show(timed ? null : lyrics);
  screen.firstLines(lyrics);
});

// A browser may have the stage open in several tabs: one of them plays.
const page = Math.random().toString(36).slice(2);

let state = null;
let ended = { cue: null, at: 0 };

const link = new Link(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/stage/ws`, {
  onOpen: () => hello(isElsewhere()),
  onState: follow,
  onReaction: (said) => reactions.add(said),
  onTone: () => ring(sound.context, sound.output),
});

const sound = new Sound({
  serverNow: () => link.clock.now(),
  onAnchor: (cue, position, at) => anchor(cue, position, at),
  onEnded: (turn, cue) => end(turn, cue),
  onArmed: (armed) => armed && link.send({ type: "armed" }),
});

const tapping = new Tapping(
  sound,
  () => link.clock.now(),
  (run, at) => link.send({ type: "struck", run, at }),
);

const backdrop = new Backdrop(document.getElementById("backdrop"), () => sound.meter.level);

// `silent`: as long as another page of this stage plays.
function hello(silent) {
  link.send({ type: "hello", armed: sound.armed, page, silent });
}

function isElsewhere() {
  return Boolean(state && state.stage.elsewhere);
}

function follow(said) {
  if (state && said.boot === state.boot && said.version < state.version) return;
  state = said;
  const playback = state.stage.paired ? state.playback : null;
  const called = state.stage.paired && state.scene ? state.scene.called : null;
  // The words of the called song are there before it starts.
  shelf.want(playback || called);
  backdrop.follow(playback || called);
  nameVoices();
  sound.offset = (state.stage.sound_offset || 0) - (state.stage.picture_offset || 0);
  sound.held = Boolean(state.scene) && ["hold", "break"].includes(state.scene.name);
  sound.countIn = state.count_in === true;
  sound.follow(state.stage.leading ? playback : null, state.room);
  tapping.follow(state.stage.paired ? state.tapping : null);
  sound.filler.follow(state.stage.leading && state.stage.paired && !tapping.on ? state.filler : null);
  screen.state(state);
}

// Who sings in a duet: the two who asked, else as the words themselves name them.
function nameVoices() {
  const asked = state && state.playback ? state.playback.voices : null;
  words.name(asked || (shelf.lyrics && shelf.lyrics.voices) || null);
}

let anchored = { cue: null, at: 0 };

// Both are repeated until the box's next state shows that it knows: a message may be lost with its socket.
function anchor(cue, position, at) {
  if (!again(anchored, cue)) return;
  anchored = { cue, at: performance.now() };
  link.send({ type: "anchor", cue, position, at });
}

function end(turn, cue) {
  if (!again(ended, cue)) return;
  ended = { cue, at: performance.now() };
  link.send({ type: "ended", turn, cue });
}

function again(sent, cue) {
  return link.open && (sent.cue !== cue || performance.now() - sent.at > 1000);
}

// The song's second for the eyes: what is heard here, else (not armed, a spare) what the box's clock says.
function second(playback) {
  const heard = sound.heard();
  if (heard !== null) return heard;
  const now = link.clock.now();
  if (playback.state !== "playing" || now === null) return playback.position;
  const gone = Math.max(0, now - playback.at) * (playback.tempo || 1);
  return Math.min(playback.position + gone, playback.duration);
}

function draw() {
  requestAnimationFrame(draw);
  const playback = state && state.stage.paired ? state.playback : null;
  const at = playback ? second(playback) : 0;
  const begins = playback && Number.isFinite(playback.first_word) ? playback.first_word : words.begins;
  const view = chooseView({ state, playback, second: at, words: shelf.state, begins });
  if (view === "words") words.draw(at, countsTo(playback, begins), playback.lead > 0 ? playback.position + playback.lead : 0);
  if (view === "plain") plain.draw(at / playback.duration);
  backdrop.draw({
    second: at,
    tempo: (playback && playback.tempo) || 1,
    playing: Boolean(playback && playback.state === "playing"),
    alone: view === "picture",
    now: here(),
  });
  const covered = sound.take !== null && sound.take.covered;
  screen.moment({ view, state, playback, second: at, begins, armed: sound.armed, covered, silence: link.silence });
}

function tapped(event) {
  if (tapping.on) link.send({ type: "tap", at: link.clock.now() });
  const meant = event.type === "click" || event.key === "Enter" || event.key === " ";
  if (isElsewhere()) {
    if (!meant) return;
    hello(false);
  } else if (sound.armed) {
    if (meant) comeUp();
    return;
  }
  sound.arm();
  fillScreen();
}

// In a night that runs itself, whoever is called may start at the stage.
function comeUp() {
  const called = state && state.run === "itself" && state.scene && state.scene.called;
  if (called && !tapping.on) link.send({ type: "here", turn: called.turn });
}

document.addEventListener("click", tapped);
document.addEventListener("keydown", tapped);
setInterval(() => link.send({ type: "beat", armed: sound.armed, ...sound.report() }), BEAT);
furnish();
requestAnimationFrame(draw);
document.documentElement.className = "started";

// For tests and for the curious: the audio graph's end and what the page believes.
window.encore = {
  context: sound.context,
  output: sound.output,
  // Seconds by which the words stand behind the sound of the graph.
  lag: () => sound.take.position - sound.heard(),
  film: () => backdrop.film,
  second: () => second(state.playback),
  state: () => ({ said: state, view: document.body.dataset.view, armed: sound.armed, ...sound.report() }),
};

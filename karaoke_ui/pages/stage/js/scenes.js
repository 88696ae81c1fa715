// The screens of an evening between its songs, and the singer's card: names, faces, codes to scan, the roll at the end.

import { drawing, element, name, picture, put, toggle } from "./dom.js";

export class Scenes {
  constructor(nodes, text) {
    this.nodes = nodes;
    this.text = text;
    this.rolled = "";
  }

  follow(state) {
    const scene = state.scene || { name: state.playback ? "playing" : "idle", called: null };
    this.invite(state);
    this.applause(state);
    this.card(state, scene);
    this.hold(state, scene);
    this.song(state);
    this.names(state);
  }

  invite({ night, join, wifi, logo, next, last, waiting }) {
    const { nodes } = this;
    for (const id of ["night", "credits-night"]) name(nodes[id], (night && night.name) || "");
    for (const id of ["qr", "break-qr"]) drawing(nodes[id], join.qr);
    for (const id of ["address", "break-address"]) put(nodes[id], join.address);
    for (const id of ["logo", "credits-logo"]) logoIn(nodes[id], logo);
    this.closed(night || {});
    toggle(nodes.wifi, "none", !wifi);
    if (wifi) {
      drawing(nodes["wifi-qr"], wifi.qr);
      put(nodes["wifi-name"], wifi.name);
    }
    person(nodes["next-up"], next);
    const more = waiting > 1 ? this.text("more_waiting", { n: waiting - 1 }) : "";
    put(nodes["next-up"].querySelector(".more"), more);
    person(nodes["last-sung"], last);
  }

  // Nobody is invited to a night that is over, nor to ask for songs while none are taken.
  closed({ over, takes_songs: taken }) {
    const shut = over || taken === false;
    for (const node of document.querySelectorAll(".slogan.asks")) toggle(node, "none", shut);
    for (const node of document.querySelectorAll(".slogan.closed")) {
      toggle(node, "none", !shut);
      put(node.firstElementChild, this.text(over ? "over" : "none"));
      put(node.lastElementChild, over ? this.text("thank_you") : "");
    }
    toggle(this.nodes["to-scan"], "none", Boolean(over));
  }

  applause({ last, next }) {
    if (last) name(this.nodes["applause-singer"], last.singer);
    put(this.nodes["applause-title"], last ? last.title : "");
    person(this.nodes["applause-next"], next);
  }

  // The same card from the call to the first word: only what stands below the song changes.
  card({ playback, run, upcoming }, { name: scene, called }) {
    const who = scene === "called" || scene === "waiting" || !playback ? called : playback;
    if (!who) return;
    const { nodes } = this;
    const calling = who === called;
    put(nodes["card-label"], this.text(!calling ? "get_ready" : scene === "waiting" ? "where_are_you" : "called"));
    name(nodes["card-singer"], who.singer);
    put(nodes["card-title"], who.title);
    put(nodes["card-artist"], who.artist || "");
    picture(nodes["card-cover"], who.cover);
    this.faces(nodes["card-face"], who.faces);
    toggle(nodes["card-face"], "alone", !who.cover);
    put(nodes["card-said"], calling ? [who.wish, who.message].filter(Boolean).join(" · ") : "");
    toggle(nodes.card, "calling", calling);
    if (!calling) return;
    const hint = !who.ready ? "nearly_ready" : run === "itself" ? "come_up_tap" : "come_up";
    put(nodes["card-hint"], this.text(hint));
    const after = (upcoming || []).find((turn) => turn.singer !== who.singer);
    put(nodes["card-after"].lastElementChild, after ? after.singer : "");
    toggle(nodes["card-after"], "none", !(after && scene === "waiting"));
  }

  // Of all who sing: two beside each other, four in a square, six in two rows; the more there are, the smaller each.
  faces(node, faces) {
    const row = faces.length > 4 ? 3 : 2;
    put(node, [faces.slice(0, row), faces.slice(row)].map((some) => some.join("")).join("\n").trim());
    toggle(node, "none", !faces.length);
    toggle(node, "some", faces.length > 2);
    toggle(node, "many", faces.length > 4);
  }

  firstLines(lyrics) {
    this.nodes["first-lines"].textContent = "";
    for (const line of (lyrics ? lyrics.lines : []).filter((one) => one.text.trim()).slice(0, 2)) {
      const node = element("p", "", this.nodes["first-lines"]);
      node.dir = "auto";
      node.textContent = line.text;
    }
  }

  hold({ playback }, { name: scene, called, until }) {
    if (scene === "hold") {
      const who = playback || called;
      put(this.nodes["hold-song"], who ? [who.singer, who.title].filter(Boolean).join(" · ") : "");
    }
    if (scene !== "break") return;
    const time = until && new Date(until * 1000).toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
    put(this.nodes["break-label"], this.text(time ? "break_until" : "break_soon"));
    name(this.nodes["break-time"], time || "");
    toggle(this.nodes["break-time"], "none", !time);
  }

  song({ playback }) {
    if (!playback) return;
    name(this.nodes["memory-title"], playback.title);
    put(this.nodes["memory-artist"], playback.artist || "");
  }

  // Everyone who sang: rolling over the last song, and up the screen after it.
  names({ credits }) {
    const people = (credits && credits.names) || [];
    const key = JSON.stringify(people);
    if (!people.length || key === this.rolled) return;
    this.rolled = key;
    this.roll(people);
    this.ticker(people);
    const counted = credits.songs > 1 && credits.singers > 1;
    toggle(this.nodes["credits-sums"], "none", !counted);
    if (!counted) return;
    const [songs, singers] = this.nodes["credits-sums"].querySelectorAll("b");
    put(songs, String(credits.songs));
    put(singers, String(credits.singers));
  }

  roll(people) {
    const node = this.nodes["credits-roll"];
    node.textContent = "";
    for (const one of people) {
      const line = element("p", "", node);
      element("span", "face", line).textContent = one.face || "";
      const text = element("b", "", line);
      text.dir = "auto";
      text.textContent = one.name;
      element("small", "", line).textContent = one.songs > 1 ? `× ${one.songs}` : "";
    }
    node.style.setProperty("--seconds", `${Math.max(20, people.length * 2.4)}s`);
    toggle(node, "few", people.length <= 7);
  }

  ticker(people) {
    const node = this.nodes.ticker;
    node.textContent = "";
    // Twice, so that it never ends; few names more often, so that they fill the screen.
    const often = [].concat(...Array(Math.ceil(12 / people.length)).fill(people));
    for (let turn = 0; turn < 2; turn += 1) {
      const run = element("span", "", node);
      for (const one of often) element("b", "", run).textContent = [one.face, one.name].filter(Boolean).join(" ");
    }
    node.style.setProperty("--seconds", `${often.length * 3.2}s`);
  }
}

function person(node, who) {
  toggle(node, "none", !who);
  if (!who) return;
  put(node.querySelector("b"), who.singer);
  put(node.querySelector(".song"), who.title);
}

function logoIn(node, address) {
  toggle(node, "none", !address);
  if (address && node.getAttribute("src") !== address) node.src = address;
}

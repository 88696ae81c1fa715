// What was asked for and has no answer yet. It is kept on the phone, with an id of its own, and sent until the box
// answers: the box takes the same id only once, so that a request is sent once and only once whatever the network does.
"use strict";

{
  const KEPT = "encore.requests";
  const EVERY_MS = 4000;
  // A page that comes back is first told once more what it missed: an answer in the middle of that would be overwritten.
  const SETTLE_MS = 700;
  // A wish of two hours ago is a surprise.
  const LATE_MS = 2 * 3600 * 1000;
  const texts = { ...document.currentScript.dataset };
  let busy = false;

  const read = () => {
    try {
      return JSON.parse(localStorage.getItem(KEPT)) || [];
    } catch {
      return [];
    }
  };
  let memory = read();
  const write = (entries) => {
    memory = entries;
    try {
      localStorage.setItem(KEPT, JSON.stringify(entries));
    } catch {
      // A phone that keeps nothing still sends what it holds in memory.
    }
  };
  // Another tab may have sent some of them.
  const entries = () => {
    try {
      if (localStorage.getItem(KEPT) !== null) memory = read();
    } catch {
      // In memory alone.
    }
    return memory;
  };
  const drop = (id) => write(entries().filter((each) => each.id !== id));

  const newId = () => [...crypto.getRandomValues(new Uint8Array(16))].map((b) => b.toString(16).padStart(2, "0")).join("");

  // The sheet that is open takes the news; else a line above the bottom bar tells it.
  const tell = (entry, state, error = "") => {
    const detail = { id: entry.id, state, error };
    if (!window.dispatchEvent(new CustomEvent("outbox", { detail, cancelable: true }))) return;
    show(error || (texts[state] || "").replace("{title}", entry.title), state !== "waiting");
  };

  let line = null;
  let timer = 0;
  const show = (words, passes) => {
    if (!line) {
      line = document.createElement("p");
      line.className = "outbox";
      line.setAttribute("role", "status");
      document.body.append(line);
    }
    clearTimeout(timer);
    line.textContent = words;
    line.hidden = !words;
    if (passes) timer = setTimeout(() => (line.hidden = true), 7000);
  };

  const send = async (entry) => {
    if (Date.now() - entry.at > LATE_MS) {
      drop(entry.id);
      tell(entry, "late");
      return true;
    }
    let answer;
    try {
      answer = await fetch(entry.url, {
        method: "POST",
        headers: { "content-type": "application/json", accept: "application/json" },
        body: JSON.stringify(entry.body),
        signal: AbortSignal.timeout?.(15000),
      });
    } catch {
      tell(entry, "waiting");
      return false;
    }
    // The box is starting, or asks for patience: later.
    if (answer.status >= 500 || answer.status === 429) {
      tell(entry, "waiting");
      return false;
    }
    drop(entry.id);
    if (answer.ok) tell(entry, "asked");
    else if (answer.status === 401) tell(entry, "nameless");
    else {
      const body = await answer.json().catch(() => ({}));
      tell(entry, "refused", body.error?.message || texts.broken);
    }
    return true;
  };

  const flush = async () => {
    if (busy) return;
    busy = true;
    try {
      for (const entry of [...entries()]) if (!(await send(entry))) break;
    } finally {
      busy = false;
    }
  };

  // What the box itself would answer to a press: without it the press is not kept, since it would be a surprise later.
  // A page that is still opening has not met the box yet.
  let met = false;
  const OWN = ".ask, .claps, .line, .bring, .tool:not(.heart)";
  document.addEventListener(
    "click",
    (event) => {
      const button = event.target.closest("button");
      if (!button || !met || window.socket.connected || button.closest(OWN)) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      show(texts.away, true);
    },
    true,
  );

  window.encoreOutbox = {
    put(url, body, field, title) {
      const id = newId();
      write([...entries(), { id, url, title, body: { ...body, [field]: id }, at: Date.now() }]);
      flush();
      return id;
    },
  };

  setInterval(() => entries().length && flush(), EVERY_MS);
  const soon = () => setTimeout(() => window.socket?.connected !== false && flush(), SETTLE_MS);
  window.addEventListener("online", soon);
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && soon());
  document.addEventListener("DOMContentLoaded", () => {
    window.socket?.on("connect", soon);
    window.socket?.on("connect", () => {
      met = true;
      if (line?.textContent === texts.away) show("", false);
    });
  });
  flush();
}

// The keyboard of a laptop: each key stands for one press on the panel. Not while somebody types, or a dialog is open.
const ONCE = {
  " ": "toggle", k: "key_up", t: "tempo_up", g: "guide_up", v: "volume_up", m: "mute", r: "rescue_on", h: "hold",
  n: "start", w: "walk_up", z: "undo", "/": "search", "?": "help",
};
const WITH_SHIFT = { k: "key_down", t: "tempo_down", g: "guide_down", v: "volume_down" };
// These go on as long as the key is held.
const REPEATS = /_(up|down)$/;

export default {
  template: `<span hidden></span>`,
  mounted() {
    this.listeners = { keydown: this.down, keyup: this.up, blur: this.let_go, pointerup: this.unfocus };
    for (const [name, listener] of Object.entries(this.listeners)) window.addEventListener(name, listener);
  },
  unmounted() {
    for (const [name, listener] of Object.entries(this.listeners)) window.removeEventListener(name, listener);
    window.socket.off("connect", this.again);
  },
  methods: {
    down(event) {
      if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || taken(event)) return;
      const name = named(event);
      if (!name || (event.repeat && !REPEATS.test(name))) return;
      if (name === "rescue_on") this.hold();
      this.$emit("press", name);
      event.preventDefault();
    },
    up(event) {
      if (event.key.toLowerCase() === "r") this.let_go();
    },
    hold() {
      this.held = true;
      // The box lets go of what a lost line held.
      window.socket.on("connect", this.again);
    },
    let_go() {
      if (this.held) this.$emit("press", "rescue_off");
      this.held = false;
      window.socket.off("connect", this.again);
    },
    again() {
      this.$emit("press", "rescue_on");
    },
    unfocus(event) {
      // A button that was clicked keeps the focus, and the space bar would press it again.
      if (event.pointerType === "mouse") setTimeout(() => document.activeElement?.closest(".btn")?.blur());
    },
  },
};

/** What the key stands for. With Caps Lock a letter is a capital and yet no Shift is held. */
function named(event) {
  const key = event.key.toLowerCase();
  if (/^[1-6]$/.test(key)) return `tab_${key}`;
  return (event.shiftKey && /^[a-z]$/.test(key) ? WITH_SHIFT : ONCE)[key];
}

/** Does the key belong to what has the focus, or to a dialog? */
function taken(event) {
  if (document.querySelector(".q-dialog")) return true;
  const at = event.target;
  if (at.closest?.("input:not([type=range]), textarea, select, [contenteditable]")) return true;
  const pressed = event.key === " " || event.key === "Enter";
  return pressed && Boolean(at.closest?.("button, a, [role=tab], [role=slider], summary"));
}

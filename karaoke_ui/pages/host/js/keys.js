// The keyboard of a laptop: each key stands for one press on the panel. Not while somebody types, or a dialog is open.
const ONCE = {
  " ": "toggle", k: "key_up", K: "key_down", t: "tempo_up", T: "tempo_down", g: "guide_up", G: "guide_down",
  v: "volume_up", V: "volume_down", m: "mute", h: "hold", n: "start", w: "walk_up", z: "undo", "/": "search", "?": "help",
};
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
  },
  methods: {
    down(event) {
      if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || taken(event)) return;
      const name = /^[1-6]$/.test(event.key) ? `tab_${event.key}` : ONCE[event.key];
      if (event.key === "r" && !event.repeat) {
        this.held = true;
        this.$emit("press", "rescue_on");
      } else if (name && (!event.repeat || REPEATS.test(name))) {
        this.$emit("press", name);
      } else return;
      event.preventDefault();
    },
    up(event) {
      if (event.key.toLowerCase() === "r") this.let_go();
    },
    let_go() {
      if (this.held) this.$emit("press", "rescue_off");
      this.held = false;
    },
    unfocus(event) {
      // A button that was clicked keeps the focus, and the space bar would press it again.
      if (event.pointerType === "mouse") setTimeout(() => document.activeElement?.closest(".btn")?.blur());
    },
  },
};

/** Does the key belong to what has the focus, or to a dialog? */
function taken(event) {
  if (document.querySelector(".q-dialog")) return true;
  const at = event.target;
  if (at.closest?.("input:not([type=range]), textarea, select, [contenteditable]")) return true;
  const pressed = event.key === " " || event.key === "Enter";
  return pressed && Boolean(at.closest?.("button, a, [role=tab], [role=slider], summary"));
}

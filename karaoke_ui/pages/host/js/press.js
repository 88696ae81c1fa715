// A button that works as long as it is held: pressed tells “on”, let go in whatever way tells “off”.
export default {
  template: `
    <button type="button" class="btn press" :class="{ on: on || held }" :aria-pressed="on || held"
            @pointerdown="press" @pointerup="release" @pointercancel="release" @lostpointercapture="release"
            @keydown.enter.space.prevent="press" @keyup.enter.space="release" @blur="release" @click="clicked"
            @contextmenu.prevent>
      <span class="press-text">{{ text }}</span>
    </button>
  `,
  props: { text: String, on: Boolean },
  data: () => ({ held: false }),
  mounted() {
    // A tablet that is locked, or a page that is left, holds nothing.
    document.addEventListener("visibilitychange", this.release);
    window.addEventListener("blur", this.release);
  },
  unmounted() {
    document.removeEventListener("visibilitychange", this.release);
    window.removeEventListener("blur", this.release);
    window.socket.off("connect", this.again);
  },
  methods: {
    /** Also called from outside: a key on the keyboard that is held. */
    hold(held) {
      if (held === this.held) return;
      this.held = held;
      // The box lets go of what a lost line held.
      window.socket[held ? "on" : "off"]("connect", this.again);
      this.$emit("press", held);
    },
    press(event) {
      if (event.repeat || event.button > 0) return;
      this.touched = true;
      if (event.pointerId !== undefined) event.currentTarget.setPointerCapture?.(event.pointerId);
      this.hold(true);
    },
    release() {
      this.hold(false);
      setTimeout(() => (this.touched = false));
    },
    again() {
      this.$emit("press", true);
    },
    clicked() {
      // Neither finger nor key: a screen reader's press, which cannot be held. It switches over and back.
      if (!this.touched) this.$emit("press", !this.on);
    },
  },
};

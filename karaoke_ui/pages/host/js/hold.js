// A button that wants to be held: a ring closes around it, and it acts when the ring is full. A short tap only says so.
const HOLD_MS = 600;

export default {
  template: `
    <button type="button" class="btn hold" :class="{ holding, refused }" :aria-label="said" @pointerdown="press"
            @pointerup="release" @pointerleave="release" @pointercancel="release" @keydown.enter.space.prevent="press"
            @keyup.enter.space="release" @blur="release" @click="clicked" @contextmenu.prevent>
      <span class="hold-ring" aria-hidden="true"></span>
      <span v-if="icon" class="hold-icon material-icons" aria-hidden="true">{{ icon }}</span>
      <span class="hold-text" aria-hidden="true">{{ text }}</span>
    </button>
  `,
  props: { text: String, said: String, icon: String },
  data: () => ({ holding: false, refused: false }),
  unmounted() {
    clearTimeout(this.timer);
  },
  methods: {
    press(event) {
      if (this.holding || event.repeat || event.button > 0) return;
      this.touched = true;
      this.holding = true;
      this.timer = setTimeout(() => {
        this.holding = false;
        this.$emit("held");
      }, HOLD_MS);
    },
    release() {
      setTimeout(() => (this.touched = false));
      if (!this.holding) return;
      clearTimeout(this.timer);
      this.holding = false;
      this.refused = true;
      setTimeout(() => (this.refused = false), 400);
    },
    clicked() {
      // Neither finger nor key: a screen reader's press, which no sleeve gives by accident.
      if (!this.touched) this.$emit("held");
    },
  },
};

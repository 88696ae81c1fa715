// A button that wants to be held: it fills while pressed and acts when it is full. A short tap only says so.
const HOLD_MS = 600;

export default {
  template: `
    <button type="button" class="btn hold" :class="{ holding, refused }" @pointerdown="press" @pointerup="release"
            @pointerleave="release" @pointercancel="release" @keydown.enter.space.prevent="press"
            @keyup.enter.space="release" @blur="release" @contextmenu.prevent>
      <span class="hold-fill" aria-hidden="true"></span><span class="hold-text">{{ text }}</span>
    </button>
  `,
  props: { text: String },
  data: () => ({ holding: false, refused: false }),
  unmounted() {
    clearTimeout(this.timer);
  },
  methods: {
    press(event) {
      if (this.holding || event.repeat || event.button > 0) return;
      this.holding = true;
      this.timer = setTimeout(() => {
        this.holding = false;
        this.$emit("held");
      }, HOLD_MS);
    },
    release() {
      if (!this.holding) return;
      clearTimeout(this.timer);
      this.holding = false;
      this.refused = true;
      setTimeout(() => (this.refused = false), 400);
    },
  },
};

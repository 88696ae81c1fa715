// A slider with its name and its percent. What the server says is not shown while a finger is on it.
const SEND_MS = 80;
// After the last move the server's older answers are still on their way.
const SETTLE_MS = 500;

export default {
  template: `
    <label class="fader" :class="tone">
      <span class="fader-name">{{ text }}</span>
      <input type="range" min="0" max="100" step="1" v-model.number="value" :style="{ '--share': value + '%' }"
             :aria-valuetext="value + unit" @input="moved" @change="settle" />
      <span class="fader-value">{{ value }}{{ unit }}</span>
    </label>
  `,
  props: { text: String, level: Number, tone: String, unit: String },
  data() {
    return { value: this.level, busy: false };
  },
  watch: {
    level(said) {
      if (!this.busy) this.value = said;
    },
  },
  unmounted() {
    clearTimeout(this.sending);
    clearTimeout(this.settling);
  },
  methods: {
    /** Called from outside: a key on the keyboard. */
    step(percent) {
      this.value = Math.min(100, Math.max(0, this.value + percent));
      this.moved();
      this.settle();
    },
    moved() {
      this.busy = true;
      clearTimeout(this.settling);
      this.sending ??= setTimeout(() => {
        this.sending = null;
        this.$emit("level", this.value);
      }, SEND_MS);
    },
    settle() {
      clearTimeout(this.settling);
      this.settling = setTimeout(() => {
        this.busy = false;
        this.value = this.level;
      }, SETTLE_MS);
    },
  },
};

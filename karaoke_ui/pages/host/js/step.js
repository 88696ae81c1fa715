// A value with a minus and a plus beside it, large enough for the dark. It steps at once; what the server says counts
// as soon as the finger rests. A press on the value itself goes back to the song's own.
const SETTLE_MS = 700;

export default {
  template: `
    <div class="step-by" role="group" :aria-label="texts.name">
      <button type="button" class="btn step-btn" :aria-label="texts.less" :disabled="shown <= least"
              @click="step(-1)">−</button>
      <button type="button" class="step-value" :class="{ off: shown !== own }" :aria-label="texts.back"
              @click="go(own)">
        <span class="step-name">{{ texts.name }}</span>
        <span class="step-now" role="status">{{ words }}</span>
      </button>
      <button type="button" class="btn step-btn" :aria-label="texts.more" :disabled="shown >= most"
              @click="step(1)">+</button>
    </div>
  `,
  props: { texts: Object, value: Number, least: Number, most: Number, by: Number, own: Number, unit: String },
  data() {
    return { shown: this.value, busy: false };
  },
  computed: {
    words() {
      const sign = this.unit ? "" : this.shown > 0 ? "+" : this.shown < 0 ? "−" : "";
      return `${sign}${Math.abs(this.shown)}${this.unit}`;
    },
  },
  watch: {
    value(said) {
      if (!this.busy) this.shown = said;
    },
  },
  unmounted() {
    clearTimeout(this.settling);
  },
  methods: {
    /** Also called from outside: a key on the keyboard. */
    step(direction) {
      this.go(this.shown + direction * this.by);
    },
    go(to) {
      const wanted = Math.min(this.most, Math.max(this.least, to));
      if (wanted === this.shown) return;
      this.shown = wanted;
      this.busy = true;
      this.$emit("step", wanted);
      clearTimeout(this.settling);
      this.settling = setTimeout(() => {
        this.busy = false;
        this.shown = this.value;
      }, SETTLE_MS);
    },
  },
};

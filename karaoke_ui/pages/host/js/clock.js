// The song's clock: remaining time in large figures, and the bar to seek on. It counts in the browser.
//
// Seeking wants a held press, so that a sleeve on the tablet does not move the song: press and hold until the mark
// fills, slide to the right second, let go. Letting go too soon, or away from the bar, changes nothing.
import { minutes, Second } from "/assets/host/js/second.js";

const HOLD_MS = 600;
const AWAY_PX = 90;
const STEP_SECONDS = 5;
// While an arrow key is held.
const STEP_MS = 180;

export default {
  template: `
    <div class="clock">
      <div class="clock-figures">
        <div class="clock-left" role="timer" :aria-label="texts.left">−{{ shown.left }}</div>
        <div class="clock-of">{{ shown.gone }} {{ texts.of }} {{ shown.whole }}</div>
      </div>
      <div class="seek" ref="bar" role="slider" tabindex="0" :class="{ aiming: aim !== null, armed, refused }"
           :aria-label="texts.seek" aria-valuemin="0" :aria-valuemax="Math.round(clock.seconds)"
           :aria-valuenow="shown.second" :aria-valuetext="shown.gone"
           @pointerdown="press" @pointermove="slide" @pointerup="release" @pointercancel="give_up"
           @keydown="key" @blur="give_up" @contextmenu.prevent>
        <svg class="seek-wave" viewBox="0 0 1000 100" preserveAspectRatio="none" aria-hidden="true">
          <defs><clipPath :id="'gone' + uid"><rect ref="gone" x="0" y="0" width="0" height="100" /></clipPath></defs>
          <path class="wave-mix" :d="wave.mix" /><path class="wave-voice" :d="wave.voice" />
          <g :clip-path="'url(#gone' + uid + ')'">
            <path class="wave-mix gone" :d="wave.mix" /><path class="wave-voice gone" :d="wave.voice" />
          </g>
        </svg>
        <div class="seek-ready" v-if="ready < 1" :style="{ width: ready * 100 + '%' }"></div>
        <div class="seek-head" ref="head"></div>
        <div class="seek-aim" v-if="aim !== null" :style="{ left: aim * 100 + '%' }">
          <span class="seek-bubble" :style="{ translate: -aim * 100 + '%' }">{{ armed ? aimed : texts.hold }}</span>
        </div>
      </div>
    </div>
  `,
  props: { clock: Object, peaks: Object, ready: Number, texts: Object },
  data() {
    return {
      shown: { left: "0:00", gone: "0:00", whole: "0:00", second: 0 },
      aim: null,
      armed: false,
      refused: false,
      uid: Math.random().toString(36).slice(2),
    };
  },
  computed: {
    aimed() {
      return minutes(this.aim * this.clock.seconds);
    },
    wave() {
      return { mix: bars(this.peaks?.mix, 38, 36), voice: bars(this.peaks?.voice, 88, 12) };
    },
  },
  watch: {
    clock(said) {
      this.second.hear(said);
      this.draw();
    },
  },
  created() {
    this.second = new Second();
    this.second.hear(this.clock);
  },
  mounted() {
    this.draw();
    this.ticking = setInterval(this.draw, 100);
    window.addEventListener("keydown", this.arrow_down);
    window.addEventListener("keyup", this.arrow_up);
  },
  unmounted() {
    clearInterval(this.ticking);
    this.give_up();
    window.removeEventListener("keydown", this.arrow_down);
    window.removeEventListener("keyup", this.arrow_up);
  },
  methods: {
    draw() {
      const at = this.second.at();
      const whole = this.second.whole;
      const left = minutes(Math.ceil(this.second.left()));
      if (left !== this.shown.left || whole !== this.drawn) {
        this.shown = { left, gone: minutes(at), whole: minutes(whole), second: Math.floor(at) };
        this.drawn = whole;
      }
      const share = whole ? Math.max(0, at) / whole : 0;
      this.$refs.head.style.left = `${share * 100}%`;
      this.$refs.gone.setAttribute("width", share * 1000);
    },
    share(event) {
      const box = this.$refs.bar.getBoundingClientRect();
      return Math.min(0.999, Math.max(0, (event.clientX - box.left) / box.width));
    },
    press(event) {
      if (event.button !== 0) return;
      this.$refs.bar.setPointerCapture(event.pointerId);
      this.aim = this.share(event);
      this.armed = false;
      this.holding = setTimeout(() => (this.armed = true), HOLD_MS);
    },
    slide(event) {
      if (this.aim !== null) this.aim = this.share(event);
    },
    release(event) {
      const box = this.$refs.bar.getBoundingClientRect();
      const away = event.clientY < box.top - AWAY_PX || event.clientY > box.bottom + AWAY_PX;
      if (this.armed && !away) this.$emit("seek", this.aim * this.clock.seconds);
      else if (!this.armed) this.refuse();
      this.give_up();
    },
    refuse() {
      this.refused = true;
      setTimeout(() => (this.refused = false), 400);
    },
    give_up() {
      clearTimeout(this.holding);
      clearInterval(this.stepping);
      this.arrow = 0;
      this.aim = null;
      this.armed = false;
    },
    /** An arrow key that is held anywhere on the panel: it aims, step by step, and lets go there. */
    arrow_down(event) {
      const direction = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
      if (!direction || !this.$refs.bar.offsetParent || busy(event)) return;
      event.preventDefault();
      if (event.repeat || this.arrow) return;
      this.arrow = direction;
      this.aim = this.of_whole(0);
      this.holding = setTimeout(() => {
        this.armed = true;
        this.stepping = setInterval(() => (this.aim = this.of_whole(this.arrow)), STEP_MS);
      }, HOLD_MS);
    },
    arrow_up(event) {
      if (!this.arrow || !event.key.startsWith("Arrow")) return;
      if (this.armed) this.$emit("seek", this.aim * this.clock.seconds);
      else this.refuse();
      this.give_up();
    },
    /** Where the aim is after so many steps. */
    of_whole(steps) {
      const whole = this.clock.seconds || 1;
      const from = this.aim === null ? Math.max(0, this.second.at()) / whole : this.aim;
      return Math.min(0.999, Math.max(0, from + (steps * STEP_SECONDS) / whole));
    },
    key(event) {
      const steps = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1 }[event.key];
      if (steps) {
        this.aim = this.of_whole(steps);
        this.armed = true;
      } else if (event.key === "Enter" && this.armed) {
        this.$emit("seek", this.aim * this.clock.seconds);
        this.give_up();
      } else if (event.key === "Escape") {
        this.give_up();
      } else {
        return;
      }
      event.preventDefault();
    },
  },
};

/** Does an arrow key belong to what has the focus, or to a dialog? */
function busy(event) {
  const takes = "input, textarea, select, [role=slider], [role=tab], [contenteditable]";
  return Boolean(event.target.closest?.(takes) || document.querySelector(".q-dialog"));
}

/** A row of rounded bars around `middle`, as one path. */
function bars(heights, middle, most) {
  if (!heights?.length) return `M0 ${middle}H1000`;
  const step = 1000 / heights.length;
  return heights
    .map((height, n) => {
      const half = Math.max(0.6, height * most);
      return `M${(n + 0.5) * step} ${middle - half}V${middle + half}`;
    })
    .join("");
}

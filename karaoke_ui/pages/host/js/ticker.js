// Words with a time in them that runs by itself, up or down. The server says where it stood; from there we count.
import { minutes } from "/assets/host/js/second.js";

export default {
  template: `<span class="ticker">{{ said }}</span>`,
  props: { told: Object },
  data: () => ({ said: "" }),
  watch: { told: "hear" },
  mounted() {
    this.hear();
    this.ticking = setInterval(this.draw, 250);
  },
  unmounted() {
    clearInterval(this.ticking);
  },
  methods: {
    hear() {
      this.heard = performance.now();
      this.draw();
    },
    draw() {
      const { words, seconds, by } = this.told;
      const gone = (performance.now() - this.heard) / 1000;
      this.said = words.replace("{time}", minutes(Math.max(0, seconds + by * gone)));
    },
  },
};

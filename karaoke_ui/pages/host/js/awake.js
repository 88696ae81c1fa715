// Keeps the tablet's screen on while the panel is in sight, and tells whether it can.
export default {
  template: `<span hidden></span>`,
  mounted() {
    document.addEventListener("visibilitychange", this.ask);
    this.ask();
  },
  unmounted() {
    document.removeEventListener("visibilitychange", this.ask);
    this.lock?.release();
  },
  methods: {
    async ask() {
      if (document.visibilityState !== "visible") return;
      try {
        // Browsers give it to pages that came over https, or from the same machine.
        this.lock = await navigator.wakeLock.request("screen");
        this.tell(true);
      } catch {
        this.tell(false);
      }
    },
    tell(awake) {
      if (awake !== this.awake) this.$emit("awake", awake);
      this.awake = awake;
    },
  },
};

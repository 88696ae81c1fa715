// Calls the singer with all that this phone can: a chime, a shake, the title of the tab, a screen that stays on.
// Browsers let nothing of it through to a locked phone, and keep a screen on for secure pages alone: that is said.
const CHIME = [659.3, 784, 1046.5];
const SHAKE = [250, 120, 250, 120, 500];
const RINGS = ["next", "called"];

export default {
  template: `<p class="signal" v-show="kind === 'next'">{{ !audible ? texts.silent : lock ? texts.awake : texts.rings }}</p>`,
  // What the singer is now: "", "next", "called" or "stage"; `moment` differs for each turn, and is empty while the
  // show stands still.
  props: { kind: String, moment: String, words: String, texts: Object },
  data: () => ({ lock: null, audible: false }),
  computed: {
    calls() {
      return RINGS.includes(this.kind);
    },
  },
  watch: {
    moment() {
      this.call();
    },
    words() {
      this.name();
    },
  },
  mounted() {
    this.title = document.title;
    this.name();
    // A sound needs a tap before it; the first one on the page will do.
    document.addEventListener("pointerdown", this.unlock);
    document.addEventListener("visibilitychange", this.wake);
    // Whoever has just said a name has tapped already.
    if (navigator.userActivation?.hasBeenActive) this.unlock();
    this.call();
  },
  unmounted() {
    document.removeEventListener("pointerdown", this.unlock);
    document.removeEventListener("visibilitychange", this.wake);
    document.title = this.title;
    this.lock?.release();
    this.audio?.close();
  },
  methods: {
    name() {
      document.title = this.words || this.title;
    },
    call() {
      this.wake();
      if (!this.calls || !this.moment) return;
      if (navigator.userActivation?.hasBeenActive !== false) navigator.vibrate?.(SHAKE);
      this.ring();
    },
    unlock() {
      if (!this.audio && window.AudioContext) this.audio = new AudioContext();
      this.audible = true;
      if (this.audio?.state === "suspended" && this.kind) this.audio.resume();
    },
    async ring() {
      if (!this.audio) return;
      try {
        await this.audio.resume();
      } catch {
        return;
      }
      const start = this.audio.currentTime + 0.05;
      CHIME.forEach((pitch, place) => {
        const at = start + place * 0.18;
        const tone = new OscillatorNode(this.audio, { frequency: pitch });
        const gain = new GainNode(this.audio, { gain: 0 });
        gain.gain.setValueAtTime(0, at);
        gain.gain.linearRampToValueAtTime(0.4, at + 0.02);
        gain.gain.exponentialRampToValueAtTime(0.001, at + 0.7);
        tone.connect(gain).connect(this.audio.destination);
        tone.start(at);
        tone.stop(at + 0.75);
      });
    },
    async wake() {
      if (!this.kind) {
        this.lock?.release();
        this.lock = null;
        return;
      }
      if (!navigator.wakeLock || document.visibilityState !== "visible" || (this.lock && !this.lock.released)) return;
      try {
        this.lock = await navigator.wakeLock.request("screen");
      } catch {
        this.lock = null; // saving power
      }
    },
  },
};

// A few seconds of a song, and its heart.
export default {
  template: `
    <div class="tools">
      <button v-if="sound" type="button" class="tool" :aria-pressed="plays ? 'true' : 'false'" @click="listen">
        <i :class="plays ? 'stop' : 'play'"></i>{{ plays ? texts.stop : texts.listen }}
      </button>
      <button v-if="heart" type="button" class="tool heart" :aria-pressed="loved ? 'true' : 'false'" :aria-label="heart"
        @click="$emit('love', !loved)">{{ loved ? "♥" : "♡" }}</button>
      <p v-if="wrong" class="wrong" role="alert">{{ wrong }}</p>
    </div>
  `,
  props: { sound: String, texts: Object, loved: Boolean, heart: String },
  data: () => ({ plays: false, wrong: "" }),
  unmounted() {
    this.audio?.pause();
  },
  methods: {
    listen() {
      this.wrong = "";
      if (this.plays) {
        this.audio.pause();
        return;
      }
      this.audio ||= Object.assign(new Audio(), {
        onended: () => (this.plays = false),
        onpause: () => (this.plays = false),
        onerror: () => this.fail(),
      });
      // A tap after a failure tries anew.
      if (!this.audio.src || this.audio.error) this.audio.src = this.sound;
      this.audio.currentTime = 0;
      this.plays = true;
      this.audio.play().catch((error) => error.name !== "AbortError" && this.fail());
    },
    fail() {
      Object.assign(this, { plays: false, wrong: this.texts.silent });
    },
  },
};

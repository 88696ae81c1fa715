// The line that the room sings now, and the next one: fetched once a song, followed by the browser's own clock.
import { Second } from "/assets/host/js/second.js";

export default {
  template: `
    <div class="stage-words" :class="{ memory: !lines.length }">
      <div class="stage-words-now" dir="auto"><span class="sung">{{ sung }}</span>{{ coming }}</div>
      <div class="stage-words-next" dir="auto">{{ next }}</div>
    </div>
  `,
  props: { clock: Object, track: String, version: String, texts: Object },
  data: () => ({ lines: [], sung: "", coming: "", next: "" }),
  watch: {
    clock(said) {
      this.second.hear(said);
      this.draw();
    },
    version: "fetch",
  },
  created() {
    this.second = new Second();
    this.second.hear(this.clock);
  },
  mounted() {
    this.fetch();
    this.ticking = setInterval(this.draw, 100);
  },
  unmounted() {
    clearInterval(this.ticking);
  },
  methods: {
    async fetch() {
      const wanted = this.version;
      this.lines = [];
      if (wanted) {
        const answer = await fetch(`/stage/track/${this.track}/lyrics.json`).catch(() => null);
        const found = answer?.ok ? await answer.json() : { timed: "none", lines: [] };
        if (wanted !== this.version) return;
        this.lines = found.timed === "none" ? [] : found.lines.filter((line) => line.text.trim());
        this.untimed = found.timed === "none" && found.lines.length > 0;
      }
      this.draw();
    },
    draw() {
      const at = this.second.at();
      if (!this.lines.length) {
        const text = !this.version ? this.texts.none : this.untimed ? this.texts.untimed : "…";
        [this.sung, this.coming, this.next] = ["", text, ""];
        return;
      }
      const begun = this.lines.findLastIndex((line) => line.start <= at);
      const over = begun >= 0 && this.lines[begun].end !== null && at > this.lines[begun].end + 2;
      const current = over || begun < 0 ? null : this.lines[begun];
      const following = this.lines[begun + 1];
      if (!current) {
        // Between lines: what comes next, and in how many seconds when that is a while.
        const wait = following ? Math.ceil(following.start - at) : 0;
        this.sung = "";
        this.coming = following ? following.text : this.texts.over;
        this.next = wait > 3 ? this.texts.wait.replace("{n}", wait) : "";
        return;
      }
      const words = current.words.length ? current.words : [{ start: current.start, text: current.text }];
      const sung = words.filter((word) => word.start <= at);
      this.sung = sung.map((word) => word.text).join("");
      this.coming = words.slice(sung.length).map((word) => word.text).join("");
      this.next = following ? following.text : "";
    },
  },
};

// One song from this phone: chosen, sent with a bar, then handed to the page. What went wrong is said in place.
export default {
  template: `
    <section class="bring">
      <button type="button" class="soft" :disabled="busy" @click="$refs.file.click()">{{ texts.choose }}</button>
      <input ref="file" type="file" hidden accept="audio/*,video/*,.flac,.opus,.m4a,.wma" @change="choose" />
      <progress v-if="busy" :value="state === 'sending' ? share : null" max="1" :aria-label="said"></progress>
      <p :class="state === 'failed' ? 'wrong' : 'quiet'" role="status" v-show="said">{{ said }}</p>
    </section>
  `,
  props: { url: String, texts: Object, most: Number },
  data: () => ({ state: "", name: "", share: 0, reason: "" }),
  computed: {
    busy() {
      return this.state === "sending" || this.state === "reading";
    },
    said() {
      if (this.state === "failed") return this.reason;
      return this.state ? this.texts[this.state].replace("{name}", this.name) : "";
    },
  },
  mounted() {
    window.addEventListener("beforeunload", this.warn);
  },
  unmounted() {
    window.removeEventListener("beforeunload", this.warn);
  },
  methods: {
    choose(event) {
      const [file] = event.target.files;
      event.target.value = "";
      if (!file) return;
      this.name = file.name;
      // Said before a hundred megabytes have gone through the air.
      if (file.size > this.most * 1e6) {
        this.fail(this.texts.too_large.replace("{name}", file.name).replace("{n}", this.most));
      } else this.send(file);
    },
    send(file) {
      Object.assign(this, { state: "sending", share: 0 });
      const form = new FormData();
      form.append("file", file, file.name);
      const request = new XMLHttpRequest();
      request.open("POST", this.url);
      request.responseType = "json";
      request.setRequestHeader("accept", "application/json");
      request.upload.onprogress = (event) => (this.share = event.total ? event.loaded / event.total : 0);
      request.upload.onload = () => {
        if (this.state === "sending") this.state = "reading";
      };
      request.onload = () => {
        const answer = request.response || {};
        const there = answer.song?.id || answer.error?.context?.song;
        if (request.status < 400) this.state = "done";
        else this.fail(answer.error?.message || this.texts.broken);
        // What is there already can be asked for all the same.
        if (there) this.$emit("arrived", there);
      };
      request.onerror = () => this.fail(this.texts.broken);
      request.send(form);
    },
    fail(reason) {
      Object.assign(this, { state: "failed", reason });
    },
    warn(event) {
      if (this.busy) event.preventDefault();
    },
  },
};

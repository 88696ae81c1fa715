// Where songs come in: dropped anywhere on the page, or chosen. Two go up at a time, each with its own bar; what went
// wrong stays in the list, with the reason, until somebody has read it.
const AT_ONCE = 2;
// A list of a thousand rows helps nobody; what is done makes room.
const KEEP_DONE = 4;
const WORDS = /\.(lrc|txt)$/i;
const DISC = /\.cdg$/i;
// A folder of UltraStar's holds a text, its sound, and often a video and a cover.
const TEXT = /\.txt$/i;
const NOTES = /^#BPM:/im;
const MOST_TOGETHER = 12;
// What lies in folders of music beside it.
const NO_SONG = /\.(jpe?g|png|gif|webp|bmp|nfo|m3u8?|cue|log|pdf|ini|db|url|sfv|md5)$/i;
// Pictures of discs first, then songs, then words: each finds what it belongs to, and waits until that is in.
const order = (name) => (DISC.test(name) ? 0 : WORDS.test(name) ? 2 : 1);

export default {
  template: `
    <div class="drop" :class="{ over, big }">
      <button type="button" class="drop-zone" @click="$refs.files.click()">
        <span class="drop-icon material-icons" aria-hidden="true">library_music</span>
        <span class="drop-title">{{ texts.title }}</span>
        <span class="drop-title on-phone">{{ texts.choose }}</span>
        <span class="drop-hint">{{ texts.hint }}</span>
      </button>
      <input ref="files" type="file" multiple hidden :accept="accept" @change="choose" :aria-label="texts.title" />
      <div class="drop-list" role="list" aria-live="polite" v-if="items.length">
        <div v-for="item in items" :key="item.id" class="drop-item" :class="item.state" role="listitem">
          <span class="drop-shape" aria-hidden="true">{{ shapes[item.state] }}</span>
          <span class="drop-name">{{ item.name }}</span>
          <span class="drop-said">{{ item.said || texts[item.state] }}</span>
          <span class="drop-bar" v-if="item.state === 'sending'"><i :style="{ width: item.share * 100 + '%' }"></i></span>
        </div>
        <div class="drop-foot">
          <span class="drop-count" v-if="open">{{ texts.left.replace("{n}", open) }}</span>
          <button type="button" class="btn small" v-else @click="dismiss">{{ texts.dismiss }}</button>
        </div>
      </div>
      <Teleport to="body"><div class="drop-veil" v-if="over"><span>{{ texts.veil }}</span></div></Teleport>
    </div>
  `,
  props: { url: String, texts: Object, big: Boolean, accept: String },
  data: () => ({
    items: [],
    over: false,
    shapes: { waiting: "◔", sending: "↑", reading: "◔", done: "✓", failed: "✕" },
  }),
  computed: {
    left() {
      return this.items.filter((item) => !["done", "failed"].includes(item.state));
    },
    open() {
      return this.left.length;
    },
  },
  created() {
    this.number = 0;
    this.deep = 0;
  },
  mounted() {
    this.listeners = { dragenter: this.enter, dragleave: this.leave, dragover: this.hover, drop: this.dropped };
    for (const [name, listener] of Object.entries(this.listeners)) window.addEventListener(name, listener);
    window.addEventListener("beforeunload", this.warn);
  },
  unmounted() {
    for (const [name, listener] of Object.entries(this.listeners)) window.removeEventListener(name, listener);
    window.removeEventListener("beforeunload", this.warn);
  },
  methods: {
    holds_files: (event) => event.dataTransfer?.types.includes("Files"),
    enter(event) {
      if (!this.holds_files(event)) return;
      this.deep += 1;
      this.over = true;
    },
    leave(event) {
      if (!this.holds_files(event)) return;
      this.deep -= 1;
      if (this.deep <= 0) this.over = false;
    },
    hover(event) {
      if (this.holds_files(event)) event.preventDefault();
    },
    async dropped(event) {
      if (!this.holds_files(event)) return;
      event.preventDefault();
      this.deep = 0;
      this.over = false;
      const entries = [...event.dataTransfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
      if (!entries.length) return this.add([...event.dataTransfer.files]);
      this.add((await Promise.all(entries.map(files_of))).flat());
    },
    choose(event) {
      this.add([...event.target.files]);
      event.target.value = "";
    },
    async add(files) {
      const [folders, single] = await together(files.filter((file) => !file.name.startsWith(".")));
      const wanted = single.filter((file) => !(files.length > 1 && NO_SONG.test(file.name)));
      wanted.sort((a, b) => order(a.name) - order(b.name) || a.name.localeCompare(b.name));
      for (const file of wanted) this.put(file.name, [file]);
      for (const [name, theirs] of folders) this.put(name, theirs);
      this.pump();
    },
    put(name, files) {
      const turn = files.length > 1 ? 1 : order(name);
      this.items.push({ id: ++this.number, name, turn, state: "waiting", share: 0, said: "", files });
    },
    pump() {
      const busy = this.items.filter((item) => ["sending", "reading"].includes(item.state)).length;
      const turn = Math.min(...this.left.map((item) => item.turn));
      const waiting = this.items.filter((item) => item.state === "waiting" && item.turn === turn);
      for (const item of waiting.slice(0, AT_ONCE - busy)) this.send(item);
    },
    send(item) {
      item.state = "sending";
      const request = new XMLHttpRequest();
      const form = new FormData();
      for (const file of item.files) form.append("files", file, file.name);
      request.open("POST", this.url);
      request.responseType = "json";
      request.setRequestHeader("accept", "application/json");
      request.upload.onprogress = (event) => {
        item.share = event.total ? event.loaded / event.total : 0;
      };
      request.upload.onload = () => {
        if (item.state === "sending") item.state = "reading";
      };
      request.onload = () => {
        const answer = request.response || {};
        if (request.status < 400) this.finish(item, "done", this.told(item, answer.items || []));
        else this.finish(item, "failed", answer.error?.message || this.texts.broken);
      };
      request.onerror = () => this.finish(item, "failed", this.texts.broken);
      request.send(form);
    },
    finish(item, state, said) {
      Object.assign(item, { state, said, files: null });
      const done = this.items.filter((each) => each.state === "done");
      if (this.open > 0) {
        const spare = new Set(done.slice(0, -KEEP_DONE));
        this.items = this.items.filter((each) => !spare.has(each));
      }
      this.pump();
    },
    told(item, arrived) {
      const songs = arrived.filter((each) => each.song).length;
      const wrong = arrived.filter((each) => each.error);
      if (arrived.length > 1 || wrong.length) {
        const said = songs === 1 ? this.texts.zip_one : this.texts.zip_many.replace("{n}", songs);
        return wrong.length ? `${said} ${wrong.map((each) => each.error.message).join(" ")}` : said;
      }
      const song = arrived[0]?.song;
      if (DISC.test(item.name)) return song ? this.texts.done : this.texts.disc_kept;
      if (!WORDS.test(item.name)) return this.texts.done;
      const name = item.name.split("/").pop().replace(/\.[^.]*$/, "");
      // As a function: a name may hold what stands for something in a replacement.
      return song ? this.texts.words_for.replace("{title}", () => song.title) : this.texts.words_kept.replace("{name}", () => name);
    },
    dismiss() {
      this.items = [];
    },
    warn(event) {
      if (this.open) event.preventDefault();
    },
  },
};

/** The folders whose files are one song, as a text with notes among them says; and all other files. */
async function together(files) {
  const songs = new Map();
  for (const text of files.filter((file) => file.folder && TEXT.test(file.name))) {
    const theirs = files.filter((file) => file.folder === text.folder);
    if (theirs.length <= MOST_TOGETHER && NOTES.test(await text.slice(0, 4000).text())) songs.set(text.folder, theirs);
  }
  const named = [...songs].map(([path, theirs]) => [path.split("/").pop(), theirs]);
  return [named, files.filter((file) => !songs.has(file.folder))];
}

/** The files of what was dropped: a file, or a folder and all below it. */
async function files_of(entry) {
  if (entry.isFile) {
    const file = await new Promise((done, fail) => entry.file(done, fail));
    file.folder = entry.fullPath.split("/").slice(0, -1).join("/");
    return [file];
  }
  const reader = entry.createReader();
  const found = [];
  for (;;) {
    const some = await new Promise((done, fail) => reader.readEntries(done, fail));
    if (!some.length) break;
    found.push(...some);
  }
  return (await Promise.all(found.map(files_of))).flat();
}

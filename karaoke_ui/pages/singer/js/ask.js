// How a song is sung, and the press that asks for it or changes it. It works without the box: see outbox.js.
// What the range picture shows: C2 to E6.
const LOWEST = 36;
const HIGHEST = 88;
// Farther off than so many half tones, another octave is nearer: as where a key is suggested.
const FARTHEST = 7;
// So many names are found at a glance.
const FEW = 12;

// How the twelve notes are called, and which octave begins with the middle C, differs from language to language.
const note = (midi, { notes, middle_c: octave }) =>
  notes.split(" ")[((Math.round(midi) % 12) + 12) % 12] + (Math.floor(Math.round(midi) / 12) - 5 + Number(octave));
const across = (midi) => ((Math.min(HIGHEST, Math.max(LOWEST, midi)) - LOWEST) / (HIGHEST - LOWEST)) * 100;
const signed = (key) => (key < 0 ? `−${-key}` : `+${key}`);

export default {
  template: `
    <form ref="form" class="ask" :class="{ choosing }" :style="{ minHeight: room }" @submit.prevent="press">
      <template v-if="choosing">
        <div class="with" role="group" aria-labelledby="names" @keyup.esc.stop="choose(false)" @keydown.esc.stop>
          <h3 ref="names" id="names" tabindex="-1">{{ texts.partners }}</h3>
          <p class="hint">{{ texts.most.replace("{n}", mostPartners) }}</p>
          <input v-if="people.length > few" v-model="typed" type="search" :placeholder="texts.find" :aria-label="texts.find"
            autocomplete="off" enterkeyhint="search" @keydown.enter.prevent="$event.target.blur()" />
          <div class="names">
            <button v-for="each in found" :key="each.id" type="button" class="chip" :aria-pressed="isWith(each.id) ? 'true' : 'false'"
              :disabled="isFull && !isWith(each.id)" @click="toggle(each.id)">{{ each.name }}</button>
          </div>
        </div>
        <div class="foot">
          <p class="picked" role="status">{{ whom }}</p>
          <button class="main" type="button" @click="choose(false)">{{ texts.chosen }}</button>
        </div>
      </template>
      <template v-else>
        <div class="key" role="group" :aria-label="texts.key">
          <button type="button" class="step" :disabled="key <= keys[0]" :aria-label="texts.lower" @click="key--">−</button>
          <p role="status"><b>{{ keyName }}</b> <span v-if="why">{{ why }}</span></p>
          <button type="button" class="step" :disabled="key >= keys[1]" :aria-label="texts.higher" @click="key++">+</button>
        </div>
        <div v-if="range" class="range">
          <svg viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">
            <rect class="rail" x="0" y="3" width="100" height="2" rx="1" />
            <rect v-if="own" class="own" :x="across(own[0])" y="0.5" :width="across(own[1]) - across(own[0])" height="7" rx="1.5" />
            <rect class="song" :x="across(range[0] + key)" y="2.5" :width="across(range[1] + key) - across(range[0] + key)" height="3" rx="1.5" />
          </svg>
          <p>{{ rangeText }}</p>
        </div>
        <div v-if="people.length" class="row" :class="{ some: withIds.length }">
          <span id="with-whom">{{ texts.partners }}</span>
          <button ref="whom" id="whom" type="button" class="pick" aria-labelledby="with-whom whom" @click="choose(true)">{{ whom }}</button>
        </div>
        <label v-if="mayWrite">
          <span>{{ texts.message }}</span>
          <input v-model="words" type="text" :maxlength="most" autocomplete="off" enterkeyhint="done" />
        </label>
        <label v-if="instead.length">
          <span>{{ texts.instead }}</span>
          <select v-model="place">
            <option v-if="further" value="">{{ texts.further }}</option>
            <option v-for="each in instead" :key="each.id" :value="each.id">{{ each.title }}</option>
          </select>
        </label>
        <div class="foot">
          <p class="wrong" role="alert">{{ wrong }}</p>
          <p class="said" role="status">{{ said }}</p>
          <button v-if="nameless" class="main" type="button" @click="reload">{{ texts["outbox.again"] }}</button>
          <button v-else class="main" type="submit" :disabled="busy">{{ label }}</button>
        </div>
      </template>
    </form>
  `,
  props: {
    url: String,
    body: Object,
    field: String,
    title: String,
    label: String,
    texts: Object,
    keys: Array,
    start: Number,
    suggested: { type: Number, default: null },
    reason: { type: String, default: "" },
    range: { type: Array, default: null },
    own: { type: Array, default: null },
    people: { type: Array, default: () => [] },
    partners: { type: Array, default: () => [] },
    mostPartners: Number,
    message: { type: String, default: "" },
    most: Number,
    mayWrite: Boolean,
    // Songs that this one could take the place of, and whether it may be a further one.
    instead: { type: Array, default: () => [] },
    further: { type: Boolean, default: true },
    // The one of them that it is to take the place of, where that is said already.
    chosen: { type: String, default: "" },
    // The turn that is changed; empty where a new one is asked for.
    turn: { type: String, default: "" },
  },
  data() {
    return {
      key: this.start,
      withIds: this.partners.filter((id) => this.people.some((each) => each.id === id)),
      // The form makes room for the names; it keeps its height meanwhile, so that what stands above stays there.
      choosing: false,
      few: FEW,
      room: "",
      typed: "",
      // Who was chosen when the names were opened: they stand first.
      before: [],
      words: this.message,
      place: this.chosen || (this.further ? "" : this.instead[0]?.id || ""),
      id: "",
      busy: false,
      // The phone has lost its token since the page was opened: the page begins anew, with the name.
      nameless: false,
      wrong: "",
      said: "",
    };
  },
  computed: {
    keyName() {
      return this.key ? this.texts.changed.replace("{key}", signed(this.key)) : this.texts.original;
    },
    why() {
      return this.suggested !== null && this.key === this.suggested ? this.reason : "";
    },
    rangeText() {
      const of = (text, [low, high], by) => text.replace("{low}", note(low + by, this.texts)).replace("{high}", note(high + by, this.texts));
      const song = of(this.texts.range, this.range, this.key);
      return this.own ? [song, of(this.texts.yours, this.own, 0), this.octave].filter(Boolean).join(" · ") : song;
    },
    /** The same notes an octave off suit a voice as well: that is what a key is suggested for. */
    octave() {
      const middle = ([low, high]) => (low + high) / 2;
      const away = middle(this.own) - middle(this.range) - this.key;
      if (Math.abs(away) <= FARTHEST) return "";
      return away < 0 ? this.texts.octave_lower : this.texts.octave_higher;
    },
    found() {
      const typed = this.typed.trim().toLocaleLowerCase();
      const matches = (each) => each.name.toLocaleLowerCase().includes(typed) || this.isWith(each.id);
      const first = (each) => this.before.includes(each.id);
      return [...this.people.filter(first), ...this.people.filter((each) => !first(each))].filter(matches);
    },
    whom() {
      const names = this.withIds.map((id) => this.people.find((each) => each.id === id).name);
      return names.join(", ") || this.texts.nobody;
    },
    isFull() {
      return this.withIds.length >= this.mostPartners;
    },
  },
  mounted() {
    window.addEventListener("outbox", this.hear);
    window.addEventListener("back", this.leave);
  },
  unmounted() {
    window.removeEventListener("outbox", this.hear);
    window.removeEventListener("back", this.leave);
  },
  methods: {
    across,
    isWith(id) {
      return this.withIds.includes(id);
    },
    toggle(id) {
      this.withIds = this.isWith(id) ? this.withIds.filter((each) => each !== id) : [...this.withIds, id];
    },
    choose(on) {
      this.room = on ? `${this.$refs.form.offsetHeight}px` : "";
      Object.assign(this, { choosing: on, typed: "", before: this.withIds });
      this.$nextTick(() => {
        const seen = on ? this.$refs.names : this.$refs.whom;
        seen.focus({ preventScroll: on });
        if (on) seen.scrollIntoView();
      });
    },
    /** The phone's back button: from the names to the song, which keeps what was filled in. */
    leave(event) {
      if (!this.choosing) return;
      event.preventDefault();
      this.choose(false);
    },
    press() {
      if (this.busy) return;
      const manner = { key: this.key, message: this.words };
      // Who was not touched stays: somebody may have answered meanwhile.
      if (!this.turn || `${this.withIds}` !== `${this.partners}`) manner.partner_ids = this.withIds;
      Object.assign(this, { busy: true, wrong: "", said: this.texts.sending });
      if (this.turn) this.change(this.turn, manner);
      else if (this.place) this.change(this.place, { ...manner, song_id: this.body.song_id });
      else this.id = window.encoreOutbox.put(this.url, { ...this.body, ...manner }, this.field, this.title);
    },
    hear(event) {
      const { id, state, error } = event.detail;
      if (id !== this.id || !id) return;
      event.preventDefault();
      if (state === "waiting") this.said = this.texts.waiting;
      else if (state === "asked") this.done(id);
      else if (state === "nameless") this.forget();
      else this.fail(error || this.texts.broken);
    },
    forget() {
      this.nameless = true;
      this.fail(this.texts["outbox.nameless"].replace("{title}", this.title));
    },
    reload: () => location.reload(),
    async change(turn, changes) {
      try {
        const answer = await fetch(`/api/v1/turns/${turn}`, {
          method: "PATCH",
          headers: { "content-type": "application/json", accept: "application/json" },
          body: JSON.stringify(changes),
        });
        if (answer.ok) this.done(turn);
        else if (answer.status === 401) this.forget();
        else this.fail((await answer.json().catch(() => ({}))).error?.message || this.texts.broken);
      } catch {
        this.fail(this.texts.broken);
      }
    },
    done(id) {
      Object.assign(this, { id: "", said: "" });
      this.$emit("done", id);
    },
    fail(reason) {
      Object.assign(this, { id: "", busy: false, said: "", wrong: reason });
    },
  },
};

// A row of lists to choose from, moved with a thumb.
export default {
  template: `
    <div class="chips" role="group" :aria-label="label">
      <button v-for="each in items" :key="each.id" type="button" class="chip" :aria-pressed="each.id === chosen ? 'true' : 'false'"
        @click="$emit('choose', each.id)">{{ called(each) }}</button>
    </div>
  `,
  props: { items: Array, chosen: String, label: String },
  methods: {
    // The browser knows what languages are called in its own.
    called({ id, name }) {
      if (!id.startsWith("language:")) return name;
      try {
        const found = new Intl.DisplayNames([document.documentElement.lang || "en"], { type: "language" }).of(name);
        return found[0].toLocaleUpperCase() + found.slice(1);
      } catch {
        return name;
      }
    },
  },
};

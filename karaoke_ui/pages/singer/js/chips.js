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
    called: ({ id, name }) => (id.startsWith("language:") ? window.encoreLanguage(name) : name),
  },
};

// Applause that flies over the TV, and a line for the room that the host lets through.
export default {
  template: `
    <section class="applause">
      <div v-if="emojis.length" class="claps" role="group" :aria-label="texts.label">
        <button v-for="each in emojis" :key="each" type="button" class="clap" @click="clap($event, each)">{{ each }}</button>
      </div>
      <form v-if="mayWrite" class="line" @submit.prevent="say">
        <input v-model="words" type="text" :maxlength="most" :aria-label="texts.message" :placeholder="texts.message"
          autocomplete="off" enterkeyhint="send" />
        <button type="submit" class="soft" :disabled="!words.trim() || busy">{{ texts.send }}</button>
      </form>
      <p role="status" :class="failed ? 'wrong' : 'quiet'">{{ said }}</p>
    </section>
  `,
  props: { emojis: { type: Array, default: () => [] }, mayWrite: Boolean, most: Number, texts: Object },
  data: () => ({ words: "", said: "", failed: false, busy: false }),
  methods: {
    clap(event, emoji) {
      const button = event.currentTarget;
      button.classList.remove("flies");
      void button.offsetWidth; // begins the movement anew
      button.classList.add("flies");
      this.post("/api/v1/messages/reactions", { emoji });
    },
    async say() {
      this.busy = true;
      if (await this.post("/api/v1/messages", { text: this.words })) {
        Object.assign(this, { words: "", said: this.texts.sent });
      }
      this.busy = false;
    },
    async post(url, body) {
      Object.assign(this, { said: "", failed: false });
      try {
        const answer = await fetch(url, {
          method: "POST",
          headers: { "content-type": "application/json", accept: "application/json" },
          body: JSON.stringify(body),
        });
        if (answer.ok) return true;
        this.fail((await answer.json()).error.message);
      } catch {
        this.fail(this.texts.lost);
      }
      return false;
    },
    fail(reason) {
      Object.assign(this, { said: reason, failed: true });
    },
  },
};

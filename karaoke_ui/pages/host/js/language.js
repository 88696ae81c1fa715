// What a language is called in the one that the page speaks.
export default {
  template: `<span>{{ called }}</span>`,
  props: { code: String },
  computed: {
    called() {
      return window.encoreLanguage(this.code);
    },
  },
};

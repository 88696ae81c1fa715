// What a screen reader and a keyboard notice of the whole screen: its words are said at once, wherever somebody is,
// and it has the focus while it is filled.
export default {
  template: `<span hidden><teleport to="body"><p role="alert" class="hidden-but-read">{{ words }}</p></teleport></span>`,
  // Whether the screen is filled, and whether a sheet lies above it.
  props: { words: String, isOpen: Boolean, isCovered: Boolean },
  watch: {
    isOpen() {
      this.$nextTick(this.turn);
    },
    isCovered() {
      setTimeout(this.turn, 400); // the sheet is gone by then
    },
  },
  mounted() {
    if (this.isOpen) this.$nextTick(this.turn);
  },
  methods: {
    turn() {
      const screen = this.$el.closest(".moment");
      const at = document.activeElement;
      if (this.isCovered || (this.isOpen && screen.contains(at))) return;
      if (this.isOpen) screen.focus({ preventScroll: true });
      else if (at === document.body || screen.contains(at)) document.querySelector(".where:not(.hidden)")?.focus({ preventScroll: true });
    },
  },
};

// The phone's back button: closes what lies on top, then turns to the first page, and only then leaves.
export default {
  template: `<span hidden></span>`,
  // Whether there is something to go back from, and the page that is open.
  props: { deep: Boolean, page: String },
  watch: {
    // Another page begins at its top.
    page() {
      const up = () => window.scrollTo(0, 0);
      up();
      // A sheet that closes brings the page back to where it stood.
      if (document.querySelector(".q-body--prevent-scroll, .q-dialog")) setTimeout(up, 400);
    },
    deep() {
      this.follow();
    },
  },
  mounted() {
    window.addEventListener("popstate", this.pop);
    // A page that was loaded anew may stand on an entry of the one before.
    if (this.isHeld()) history.replaceState({ ...history.state, encore: null }, "");
    this.follow();
    // Whoever has just said a name finds themselves on another page: it begins with the name.
    if (navigator.userActivation?.hasBeenActive && document.activeElement === document.body) {
      this.$nextTick(() => document.querySelector(".hello")?.focus({ preventScroll: true }));
    }
  },
  unmounted() {
    window.removeEventListener("popstate", this.pop);
  },
  methods: {
    // One entry in the browser's history is held as long as there is something to go back from.
    isHeld: () => history.state?.encore === "deep",
    follow() {
      if (this.deep && !this.isHeld()) history.pushState({ ...history.state, encore: "deep" }, "");
      else if (!this.deep && this.isHeld()) {
        this.silent = true;
        history.back();
      }
    },
    pop() {
      if (this.silent) this.silent = false;
      // What lies open in the page alone closes by itself.
      else if (!window.dispatchEvent(new CustomEvent("back", { cancelable: true })));
      else if (this.deep) this.$emit("back");
      else return;
      // What is still open is gone back from with the next press.
      setTimeout(() => this.deep && this.follow(), 300);
    },
  },
};

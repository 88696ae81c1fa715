// Words without times: they pass slowly, in step with the song as a whole, and promise nothing more.

export class PlainWords {
  constructor(root) {
    this.root = root;
    this.lyrics = null;
    this.scroll = null;
  }

  show(lyrics) {
    if (lyrics === this.lyrics) return;
    this.lyrics = lyrics;
    this.root.textContent = "";
    this.scroll = document.createElement("div");
    this.root.appendChild(this.scroll);
    for (const line of lyrics ? lyrics.lines : []) {
      const node = document.createElement("p");
      node.dir = "auto";
      node.textContent = line.text || "\u00a0";
      this.scroll.appendChild(node);
    }
  }

  // `part` of the song is over: the words stand at the start and end of it for a moment, and pass between.
  draw(part) {
    if (!this.scroll) return;
    const way = Math.max(0, this.scroll.scrollHeight - this.root.clientHeight);
    const along = Math.min(1, Math.max(0, (part - 0.06) / 0.86));
    this.scroll.style.transform = `translateY(${(-way * along).toFixed(1)}px)`;
  }
}

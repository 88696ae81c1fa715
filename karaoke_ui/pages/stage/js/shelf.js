// The words of the song that plays, fetched once for each version of them, and again until they come.

export class LyricsShelf {
  constructor(onReady) {
    this.onReady = onReady;
    this.key = null;
    this.track = null;
    this.lyrics = null;
    this.missing = true;
  }

  // "none", "loading", "plain" (no times) or "timed".
  get state() {
    if (this.missing) return "none";
    if (!this.lyrics) return "loading";
    if (!this.lyrics.lines.some((line) => line.text.trim())) return "none";
    return this.lyrics.timed === "none" ? "plain" : "timed";
  }

  want(playback) {
    const version = playback && playback.lyrics ? playback.lyrics.version : null;
    const key = version === null ? null : `/stage/track/${playback.track}/lyrics.json?v=${encodeURIComponent(version)}`;
    if (key === this.key) return;
    this.key = key;
    // Better words for the song that plays: those that are there stand until they have come.
    if (key === null || playback.track !== this.track) this.forget(key === null);
    this.track = key === null ? null : playback.track;
    if (key) this.fetch(key, 0);
  }

  forget(missing) {
    this.lyrics = null;
    this.missing = missing;
    this.onReady(null);
  }

  async fetch(key, tries) {
    try {
      const answer = await fetch(key);
      if (!answer.ok) throw new Error(`HTTP ${answer.status}`);
      const lyrics = await answer.json();
      if (key !== this.key) return;
      this.lyrics = lyrics;
      this.missing = false;
      this.onReady(lyrics);
    } catch (_) {
      if (key !== this.key) return;
      // After a few tries the song goes on without words; they still appear when they can be had.
      this.missing = !this.lyrics && tries >= 3;
      setTimeout(() => key === this.key && this.fetch(key, tries + 1), Math.min(5000, 300 * 2 ** tries));
    }
  }
}

// A video that follows the song's clock and never leads it: muted, a little faster or slower where it has drifted, put
// to the right second where it is far off. Without one that plays, or past its end, there is nothing to see of it.

const LOOK_EVERY = 0.2;
const FAR = 0.35; // beyond this much drift it jumps, below it hurries
const NEAR = 0.008; // below this much it is left alone
const HURRY = 1.2; // of the drift, by how much a second it is made good
const MOST = 0.15; // of its pace, the most it hurries by
const SETTLE = 1.2; // seconds a jump is given before another one

export class Film {
  constructor(video) {
    this.video = video;
    this.url = "";
    this.from = 0;
    this.seen = false;
    this.broken = false;
    this.lookedAt = 0;
    this.jumpedAt = -Infinity;
    this.late = 0.12; // seconds a jump takes here, as last measured
    this.frame = null;
    video.muted = true;
    video.onerror = () => {
      this.broken = true;
    };
    video.onseeked = () => {
      const took = performance.now() / 1000 - this.jumpedAt;
      if (took < 3) this.late = Math.min(1, took);
    };
    this.watch();
  }

  // Which picture was really shown when: better than what the element believes.
  watch() {
    if (!this.video.requestVideoFrameCallback) return;
    this.video.requestVideoFrameCallback((_, about) => {
      this.frame = { second: about.mediaTime, at: about.expectedDisplayTime / 1000 };
      this.watch();
    });
  }

  load(about) {
    const url = about ? about.url : "";
    this.from = (about && about.from) || 0;
    if (url === this.url) return;
    this.url = url;
    this.seen = false;
    this.broken = false;
    this.frame = null;
    this.jumpedAt = -Infinity;
    if (url) this.video.src = url;
    else this.video.removeAttribute("src");
    this.video.load();
  }

  // The second of the picture that is seen, and its distance from where it should be. For tests as well.
  drift(second, tempo, now) {
    const seen = this.frame ? this.frame.second + (now - this.frame.at) * tempo : this.video.currentTime;
    // A picture is shown until the next one comes: between two pictures the element knows better.
    const believed = this.video.currentTime;
    return (Math.abs(seen - believed) < 0.25 ? seen : believed) - (second + this.from);
  }

  // Returns whether there is a picture for this second.
  draw(second, tempo, playing, now) {
    const { video } = this;
    if (!this.url || this.broken || video.readyState < 1) return false;
    const wanted = second + this.from;
    if (wanted > video.duration) {
      if (!video.paused) video.pause();
      return false;
    }
    if (now - this.lookedAt > LOOK_EVERY) {
      this.lookedAt = now;
      if (playing && wanted >= 0) this.run(second, tempo, now);
      else this.stand(Math.max(0, wanted));
    }
    // While it jumps, its last picture stands.
    this.seen = this.seen || video.readyState >= 2;
    return this.seen;
  }

  run(second, tempo, now) {
    const { video } = this;
    if (video.paused) video.play().catch(() => {});
    if (video.seeking) return;
    const drift = this.drift(second, tempo, now);
    if (Math.abs(drift) > FAR) {
      if (now - this.jumpedAt < SETTLE) return;
      this.frame = null;
      this.jumpedAt = now;
      video.currentTime = Math.min(video.duration, second + this.from + this.late * tempo);
      video.playbackRate = tempo;
      return;
    }
    const hurry = Math.abs(drift) < NEAR ? 0 : Math.max(-MOST, Math.min(MOST, -drift * HURRY));
    const rate = tempo * (1 + hurry);
    if (Math.abs(video.playbackRate - rate) > 0.002) video.playbackRate = rate;
  }

  stand(second) {
    const { video } = this;
    if (!video.paused) video.pause();
    if (!video.seeking && Math.abs(video.currentTime - second) > 0.05) video.currentTime = second;
  }
}

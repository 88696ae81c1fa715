// A tone that a host across the room hears and knows: three soft notes, as loud as a song.

const NOTES = [523.25, 659.25, 783.99];
const EVERY = 0.45;
const RING = 1.4;
const LEVEL = 0.35;

export function ring(context, output) {
  NOTES.forEach((pitch, n) => {
    const at = context.currentTime + 0.05 + n * EVERY;
    const gain = context.createGain();
    gain.gain.setValueAtTime(0, at);
    gain.gain.linearRampToValueAtTime(LEVEL, at + 0.02);
    gain.gain.exponentialRampToValueAtTime(0.0005, at + RING);
    const note = context.createOscillator();
    note.frequency.value = pitch;
    note.connect(gain);
    gain.connect(output);
    note.start(at);
    note.stop(at + RING);
    note.onended = () => gain.disconnect();
  });
}

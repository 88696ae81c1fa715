// The two voices of a duet as one or two letters each, never the same for both.

export function initials(voices) {
  const names = [0, 1].map((i) => Array.from(((voices && voices[i]) || "").trim()));
  for (const size of [1, 2]) {
    const short = names.map((name) => name.slice(0, size).join("").toUpperCase());
    if (short[0] && short[1] && short[0] !== short[1]) return short;
  }
  return ["1", "2"];
}

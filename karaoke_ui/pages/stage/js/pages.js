// Lyrics as pages for the screen: lines become rows that fit the width, rows become pages of at most four that stand
// still, each page with the time when it comes up. Nothing here touches the page: the width of text is handed in.

export const ROWS = 4;
const BREATH = 4; // a pause this long ends a page
const EARLY = 2.5; // a page comes up this long before its first line, if the last one is over
const TURN = 0.12; // with no pause between, it comes this much before
const SCALES = [1, 0.92, 0.85, 0.75, 0.62, 0.5];
const SMALLEST = 0.4616; // 48 of 104: nothing meant for the room is smaller
const BACK = 0.7; // the size of background voices, in parentheses
const OPENING = "([{（［｛「『〈《【〔“‘¿¡";
const CLOSING = ")]}）］｝」』〉》】〕”’、。，．・：；！？ー…‥,.!?:;々〜";
const RTL = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]/;
const LTR = /[A-Za-z\u00c0-\u024f\u0370-\u052f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]/;

// `width(text)` measures at scale 1, `room` is the widest a row may be. Two voices leave a `gutter` on each side; where
// both sing, one for each of them.
export function paginate(lyrics, width, room, gutter = 0) {
  const timed = lyrics.lines.filter((line) => line.text.trim() && Number.isFinite(line.start));
  const duet = isDuet(lyrics);
  const lines = timed.map((line, i) => {
    const margins = duet ? 2 * gutter * (line.voice ? 1 : 2) : 0;
    return fit(withTimes(line, timed[i + 1], lyrics.timed), width, room - margins);
  });
  const pages = [];
  for (const verse of verses(lines)) pages.push(...split(verse));
  pages.forEach((page, i) => {
    const before = pages[i - 1];
    page.start = page.lines[0].start;
    page.end = Math.max(...page.lines.map((line) => line.end));
    page.shows = before ? Math.min(Math.max(before.end + 0.15, page.start - EARLY), page.start - TURN) : -Infinity;
    // A long wait for the page: it comes up soon after the last one ended, with a countdown.
    page.waits = page.start - (before ? before.end : 0);
    if (before && page.waits > 5) page.shows = before.end + 1;
    page.counts = page.start - Math.max(0, page.shows);
    page.scale = Math.min(...page.lines.map((line) => line.scale));
  });
  return pages;
}

export function isDuet(lyrics) {
  return lyrics.lines.some((line) => line.voice === 1 || line.voice === 2);
}

// How much smaller background voices are on a page of this scale.
export function backing(scale) {
  return Math.max(BACK, SMALLEST / scale);
}

// The page to show at second t.
export function pageAt(pages, t) {
  let found = 0;
  while (found + 1 < pages.length && pages[found + 1].shows <= t) found += 1;
  return found;
}

function withTimes(line, following, timed) {
  const until = following ? following.start : line.start + 5;
  const end = Number.isFinite(line.end) && line.end > line.start ? line.end : Math.max(until, line.start + 1);
  const text = line.text.trim();
  const words = timed === "word" && line.words && line.words.length ? line.words : null;
  const cut = inBackground(pieces(text, words));
  return { start: line.start, end, text, voice: line.voice || 0, byWord: words !== null, rtl: isRtl(text), pieces: cut };
}

// What stands in parentheses is sung by others, behind the singer.
function inBackground(all) {
  let depth = 0;
  return all.map((piece) => {
    const back = depth > 0 || /^[(（]/.test(piece.text);
    for (const letter of piece.text) {
      if (letter === "(" || letter === "（") depth += 1;
      if (letter === ")" || letter === "）") depth = Math.max(0, depth - 1);
    }
    return { ...piece, back };
  });
}

export function isRtl(text) {
  const rtl = text.search(RTL);
  const ltr = text.search(LTR);
  return rtl >= 0 && (ltr < 0 || rtl < ltr);
}

// The line's text cut into pieces that can be filled and broken at: its words, each with what follows it up to the next.
function pieces(text, words) {
  if (!words) return (text.match(/\S+\s*/g) || []).map((piece) => ({ text: piece }));
  const found = [];
  let from = 0;
  for (const word of words) {
    const at = text.indexOf(word.text.trim(), from);
    if (at < 0) return words.map((one) => ({ ...one, text: `${one.text.trim()} ` }));
    found.push({ at, start: word.start, end: word.end });
    from = at + word.text.trim().length;
  }
  return found.map((piece, i) => ({
    text: text.slice(i === 0 ? 0 : piece.at, i + 1 < found.length ? found[i + 1].at : text.length),
    start: piece.start,
    end: piece.end,
  }));
}

// Rows for a line: as it is, a little smaller, or broken where the rows come out even.
function fit(line, width, room) {
  const near = SCALES.find((scale) => scale >= 0.85 && total(measured(line.pieces, width, scale)) * scale <= room);
  if (near) return { ...line, scale: near, rows: [line.pieces] };
  for (const scale of [...SCALES, SMALLEST]) {
    const rows = broken(line.pieces, width, room / scale, scale);
    if (rows.length <= ROWS || scale === SMALLEST) return { ...line, scale, rows };
  }
}

function measured(pieces, width, scale) {
  return pieces.map((piece) => width(piece.text) * (piece.back ? backing(scale) : 1));
}

const total = (widths) => widths.reduce((sum, one) => sum + one, 0);

function broken(all, width, room, scale) {
  const parts = all.flatMap((piece) => (width(piece.text) > room ? letters(piece) : [piece]));
  const widths = measured(parts, width, scale);
  const fewest = fill(parts, widths, room).length;
  // The narrowest width that still needs no more rows makes them even.
  let [low, high] = [Math.max(...widths), room];
  while (high - low > 4) {
    const middle = (low + high) / 2;
    if (fill(parts, widths, middle).length > fewest) low = middle;
    else high = middle;
  }
  return fill(parts, widths, high);
}

function fill(parts, widths, room) {
  const rows = [];
  let used = Infinity;
  parts.forEach((part, i) => {
    if (used + widths[i] > room) {
      rows.push([]);
      used = 0;
    }
    rows[rows.length - 1].push(part);
    used += widths[i];
  });
  return rows;
}

// A piece wider than the screen (scripts without spaces): cut between its letters, its time shared out evenly. No row
// begins with a mark that closes, none ends with one that opens.
function letters(piece) {
  const all = [];
  for (const letter of graphemes(piece.text)) {
    const before = all[all.length - 1];
    if (before && (CLOSING.includes(letter) || !letter.trim() || OPENING.includes(before))) all[all.length - 1] += letter;
    else all.push(letter);
  }
  const share = (k) => piece.start + ((piece.end - piece.start) * k) / all.length;
  return all.map((text, i) => ({ ...piece, text, start: share(i), end: share(i + 1) }));
}

function graphemes(text) {
  if (typeof Intl.Segmenter !== "function") return Array.from(text);
  return Array.from(new Intl.Segmenter(undefined, { granularity: "grapheme" }).segment(text), (one) => one.segment);
}

function verses(lines) {
  const found = [];
  lines.forEach((line, i) => {
    if (i === 0 || line.start - lines[i - 1].end > BREATH) found.push([]);
    found[found.length - 1].push(line);
  });
  return found;
}

// A verse as pages of at most ROWS rows, as even as can be: five lines are three and two, not four and one.
function split(verse) {
  const rows = verse.reduce((sum, line) => sum + line.rows.length, 0);
  const goal = Math.ceil(rows / Math.ceil(rows / ROWS));
  const pages = [];
  let used = Infinity;
  for (const line of verse) {
    if (used >= goal || used + line.rows.length > ROWS) {
      pages.push({ lines: [] });
      used = 0;
    }
    pages[pages.length - 1].lines.push(line);
    used += line.rows.length;
  }
  return pages;
}

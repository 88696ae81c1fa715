// What every drawing module does with nodes: touch only what differs, since the page is drawn sixty times a second.

export function element(tag, name, parent) {
  const node = document.createElement(tag);
  if (name) node.className = name;
  parent.appendChild(node);
  return node;
}

export function put(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

export function toggle(node, name, on) {
  if (node.classList.contains(name) !== on) node.classList.toggle(name, on);
}

// A drawing made by the box itself (a code to scan), set in once for each version of it.
export function drawing(node, svg) {
  if (node.drawn === svg) return;
  node.drawn = svg;
  node.innerHTML = svg;
  const made = node.querySelector("svg");
  if (!made || made.hasAttribute("viewBox")) return;
  // One with a size of its own and no viewBox does not grow with its frame.
  made.setAttribute("viewBox", `0 0 ${parseFloat(made.getAttribute("width"))} ${parseFloat(made.getAttribute("height"))}`);
  made.removeAttribute("width");
  made.removeAttribute("height");
}

export function picture(node, address) {
  toggle(node, "none", !address);
  const wanted = address ? `url("${address}")` : "";
  if (node.wanted === wanted) return;
  node.wanted = wanted;
  node.style.backgroundImage = wanted;
}

const pen = document.createElement("canvas").getContext("2d");

// How large a big name may be on two rows, three, …: together they are hardly higher than one.
const ON_ROWS = [0.62, 0.42, 0.32, 0.27];

// A big name in its full size where it fits on one row; else smaller, and before it gets too small on several.
export function name(node, text) {
  put(node, text);
  const style = getComputedStyle(node);
  const room = node.clientWidth;
  const key = `${text}|${room}`;
  if (!room || node.fitted === key) return;
  node.fitted = key;
  node.style.setProperty("--fit", "1");
  pen.font = `${style.fontWeight} 100px ${style.fontFamily}`;
  const size = parseFloat(getComputedStyle(node).fontSize) / 100;
  const wide = (part) => pen.measureText(part).width * size * 0.99;
  const longest = Math.max(...text.split(/\s+/).map(wide));
  const rows = Number(node.dataset.rows || 1);
  const whole = wide(text);
  // A row is seldom full.
  const several = ON_ROWS.map((most, n) => Math.min(room / longest, ((n + 2) * 0.85 * room) / whole, n || rows < 2 ? most : 1));
  node.style.setProperty("--fit", Math.max(0.26, Math.min(1, Math.max(room / whole, ...several))).toFixed(3));
}

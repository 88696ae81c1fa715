// A browser made into a stage: it stays awake, fills the screen, and hides the pointer when nobody moves it.

const POINTER_SECONDS = 3;

export function fillScreen() {
  const page = document.documentElement;
  if (!document.fullscreenElement && page.requestFullscreen) page.requestFullscreen().catch(() => {});
}

function toggleFullscreen() {
  if (document.fullscreenElement) document.exitFullscreen().catch(() => {});
  else fillScreen();
}

// The lock exists on secure pages only, and is lost whenever the page is hidden.
async function stayAwake() {
  if (!navigator.wakeLock || document.visibilityState !== "visible") return;
  try {
    await navigator.wakeLock.request("screen");
  } catch (_) {
    // Refused, on low battery for one: the screen's own settings count then.
  }
}

export function furnish() {
  let timer = null;
  const pointer = () => {
    document.body.classList.remove("still");
    clearTimeout(timer);
    timer = setTimeout(() => document.body.classList.add("still"), POINTER_SECONDS * 1000);
  };
  document.addEventListener("pointermove", pointer);
  pointer();
  document.addEventListener("dblclick", toggleFullscreen);
  document.addEventListener("keydown", (event) => {
    if (event.key === "f" && !event.ctrlKey && !event.metaKey) toggleFullscreen();
  });
  document.addEventListener("visibilitychange", stayAwake);
  stayAwake();
}

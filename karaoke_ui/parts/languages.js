// The browser knows what languages are called in its own; a page says in its `lang` which that is.
"use strict";

window.encoreLanguage = (code) => {
  try {
    const found = new Intl.DisplayNames([document.documentElement.lang || "en"], { type: "language" }).of(code);
    return found[0].toLocaleUpperCase() + found.slice(1);
  } catch {
    return code;
  }
};

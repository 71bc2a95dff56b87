// The frame: closes an open menu (details.menu) on Escape and on a click elsewhere, changes the theme without a new page, and
// folds the rail to its icons (the cookie "rail" tells the server, so that the next page comes folded). Menus open and close,
// and the theme changes, without this.
(() => {
  const open = () => document.querySelectorAll("details.menu[open]");
  const say = (text) => {
    const status = document.getElementById("status");
    if (status) status.textContent = text;
  };
  document.addEventListener("click", (event) => {
    for (const menu of open()) if (!menu.contains(event.target)) menu.open = false;
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of open()) {
      if (menu.contains(document.activeElement)) menu.querySelector("summary").focus();
      menu.open = false;
      // What else the key closes stays open.
      event.preventDefault();
    }
  }, true);

  const theme = document.getElementById("theme");
  theme?.addEventListener("htmx:afterRequest", (event) => {
    const chosen = event.detail.requestConfig.parameters.theme;
    if (event.detail.xhr.status !== 204) {
      say("The theme could not be kept.");
      return;
    }
    if (chosen === "system") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = chosen;
    for (const button of theme.querySelectorAll("[name=theme]")) button.setAttribute("aria-pressed", String(button.value === chosen));
    const menu = theme.closest("details");
    menu.open = false;
    menu.querySelector("summary").focus();
    say(`Theme: ${theme.querySelector("[aria-pressed=true]").textContent}`);
  });

  const fold = document.getElementById("rail-fold");
  if (fold) {
    fold.hidden = false;
    fold.addEventListener("click", () => {
      const folded = document.querySelector(".frame").classList.toggle("is-folded");
      fold.setAttribute("aria-expanded", String(!folded));
      document.cookie = `rail=${folded ? "folded" : "open"}; path=/; max-age=31536000; samesite=lax`;
      say(folded ? "The rail is folded to its icons." : "The rail is unfolded.");
    });
  }
})();

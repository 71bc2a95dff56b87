// Pages on which one record is judged. Esc leaves the note; a panel that was open stays open on the next record.
(() => {
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && event.target.matches("textarea.decision-text")) event.target.blur();
  });

  const stored = (act) => {
    try {
      return act(window.sessionStorage);
    } catch {
      return null; // Storage may be switched off; panels then start folded.
    }
  };

  const remember = () => {
    for (const panel of document.querySelectorAll("details[data-remember]")) {
      const name = `screening:${panel.dataset.remember}`;
      panel.open = stored((storage) => storage.getItem(name)) === "open";
      panel.addEventListener("toggle", () => stored((storage) => storage.setItem(name, panel.open ? "open" : "")));
    }
  };
  remember();
  document.addEventListener("screening:shown", remember);
})();

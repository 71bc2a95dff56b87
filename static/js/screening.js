// Pages on which one record is judged. Esc leaves the note; a panel that was open stays open on the next record.
(() => {
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && event.target.matches("textarea.decision-text")) event.target.blur();
  });

  // Excluding without the reason that full text asks for: says so at once, and the reasons have the focus.
  document.addEventListener("click", (event) => {
    const asks = event.target.closest?.("[data-asks-reason]");
    if (!asks) return;
    event.preventDefault();
    const words = document.getElementById("reason-missing");
    words.classList.add("is-shown");
    document.getElementById("status").textContent = words.textContent;
    asks.closest(".decision-reasons").querySelector("button")?.focus();
  });

  const stored = (act, store = "sessionStorage") => {
    try {
      return act(window[store]);
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
  // The marks of words, on or off for this browser. Without this script they are on.
  const OFF = "highlights-off";
  const highlights = () => {
    const off = document.documentElement.classList.contains(OFF);
    for (const button of document.querySelectorAll("[data-highlights]")) {
      button.hidden = false;
      button.setAttribute("aria-pressed", String(!off));
    }
  };
  document.addEventListener("click", (event) => {
    if (!event.target.closest?.("[data-highlights]")) return;
    const off = document.documentElement.classList.toggle(OFF);
    stored((storage) => storage.setItem("screening:highlights", off ? "off" : ""), "localStorage");
    highlights();
  });
  if (stored((storage) => storage.getItem("screening:highlights"), "localStorage") === "off") {
    document.documentElement.classList.add(OFF);
  }

  const shown = () => {
    remember();
    highlights();
  };
  shown();
  document.addEventListener("screening:shown", shown);
})();

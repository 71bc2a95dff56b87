// data-copy="#id": copies the text or value of that element, and says so.
(() => {
  const say = (text) => {
    const status = document.getElementById("status");
    if (status) status.textContent = text;
  };

  // The clipboard interface is absent on plain http, where many installations live.
  const copySelected = (text) => {
    const box = document.createElement("textarea");
    box.value = text;
    box.className = "visually-hidden";
    document.body.append(box);
    box.select();
    const done = document.execCommand("copy");
    box.remove();
    return done;
  };

  const copy = async (text) => {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      return copySelected(text);
    }
  };

  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    const source = document.querySelector(button.dataset.copy);
    if (!source) return;
    const done = await copy(source.value ?? source.textContent.trim());
    button.dataset.label ??= button.textContent;
    button.textContent = done ? "Copied" : "Select it and copy by hand";
    say(button.textContent);
    button.focus();
    window.setTimeout(() => {
      button.textContent = button.dataset.label;
    }, 2000);
  });
})();

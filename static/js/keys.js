// Single keys, declared in the page: data-key="i" (several: "j ArrowDown") and data-key-label on a button, link, field or
// details. A key the person has moved (body data-key-map: "standard own standard own …") replaces the written one, also in
// every kbd on the page. data-key-help="a" names a key that a page's own script acts on; its text says what for, and data-own
// is set to the person's key. G then a letter goes to the rail item with that data-go. J and K walk along [data-row]. All are
// off in text fields, in dialogs, and where body has data-shortcuts="off". "?" lists them.
(() => {
  const off = () => document.body.dataset.shortcuts === "off";
  const pairs = (document.body.dataset.keyMap ?? "").trim().split(/\s+/);
  const own = new Map(pairs.flatMap((word, index) => (index % 2 ? [[pairs[index - 1], word]] : [])));
  const moved = (standard) => own.get(standard) ?? standard;
  const keysOf = (element) => element.dataset.key.split(" ").filter(Boolean).map(moved);
  const key = { go: moved("g"), next: moved("j"), previous: moved("k") };
  const visible = (element) => element.getClientRects().length > 0 && !element.disabled;
  const all = () => [...document.querySelectorAll("[data-key]")].filter(visible);
  const same = (wanted, pressed) =>
    wanted === pressed || (wanted.length === 1 && wanted.toLowerCase() === pressed.toLowerCase());
  let going = 0;

  const typing = (element) =>
    element.isContentEditable ||
    element.matches("textarea, select, input:not([type=checkbox], [type=radio], [type=button], [type=submit])");

  // These already do something with the focused element.
  const native = (element, key) =>
    (["Enter", " "].includes(key) && element.matches("a, button, input, summary")) ||
    (key.startsWith("Arrow") && element.matches("input, [role=tab], [tabindex='0']"));

  const use = (element) => {
    if (element.matches("input:not([type=checkbox], [type=radio]), textarea, select")) {
      element.focus();
      element.select?.();
    } else if (element.matches("details")) {
      element.open = !element.open;
      element.querySelector("summary")?.focus();
    } else {
      element.click();
    }
  };

  const walk = (step) => {
    const rows = [...document.querySelectorAll("[data-row]")].filter(visible);
    if (!rows.length) return false;
    const at = rows.indexOf(document.activeElement);
    const next = at < 0 ? (step > 0 ? 0 : rows.length - 1) : Math.min(Math.max(at + step, 0), rows.length - 1);
    rows[next].focus();
    return true;
  };

  const go = (key) => {
    const target = document.querySelector(`[data-go="${CSS.escape(key.toLowerCase())}"]`);
    if (target) window.location.assign(target.href);
    return Boolean(target);
  };

  const describe = (element) =>
    element.dataset.keyLabel || element.getAttribute("aria-label") || element.textContent.trim().replace(/\s+/g, " ");

  const shown = { ArrowLeft: "←", ArrowRight: "→", ArrowUp: "↑", ArrowDown: "↓", Escape: "Esc", " ": "Space" };
  const name = (key) => shown[key] || (key.length === 1 ? key.toUpperCase() : key);

  const listed = () => {
    const lines = all().map((element) => [keysOf(element).map(name), describe(element)]);
    for (const line of document.querySelectorAll("[data-key-help]")) {
      lines.push([[name(moved(line.dataset.keyHelp))], line.textContent]);
    }
    if (document.querySelector("[data-row]")) lines.push([[name(key.next), name(key.previous)], "Next row, previous row"]);
    for (const item of document.querySelectorAll("[data-go]")) {
      lines.push([[name(key.go), item.dataset.go.toUpperCase()], `Go to ${item.textContent.trim()}`]);
    }
    return lines;
  };

  const showKeys = () => {
    document.getElementById("keys-dialog")?.remove();
    const dialog = document.createElement("dialog");
    dialog.id = "keys-dialog";
    dialog.setAttribute("aria-labelledby", "keys-title");
    const title = document.createElement("h2");
    title.id = "keys-title";
    title.textContent = off() ? "Keys (switched off in your settings)" : "Keys on this page";
    const list = document.createElement("dl");
    list.className = "keys-list";
    for (const [keys, label] of listed()) {
      const term = document.createElement("dt");
      keys.forEach((key, index) => {
        const mark = document.createElement("kbd");
        mark.textContent = key;
        term.append(index ? " " : "", mark);
      });
      const meaning = document.createElement("dd");
      meaning.textContent = label;
      list.append(term, meaning);
    }
    const close = document.createElement("button");
    close.type = "button";
    close.className = "btn btn-primary";
    close.textContent = "Close";
    close.addEventListener("click", () => dialog.close());
    dialog.append(title, list, close);
    document.body.append(dialog);
    dialog.showModal();
    close.focus();
  };

  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.repeat || event.isComposing) return;
    if (event.ctrlKey || event.metaKey || event.altKey || off()) return;
    const { key: pressed, target } = event;
    if (typing(target) || native(target, pressed) || document.querySelector("dialog[open]")) return;
    if (Date.now() < going) {
      going = 0;
      if (go(pressed)) event.preventDefault();
      return;
    }
    const wanted = all().find((element) => keysOf(element).some((one) => same(one, pressed)));
    if (wanted) {
      event.preventDefault();
      use(wanted);
    } else if (same(key.go, pressed)) {
      going = Date.now() + 1500;
    } else if ((same(key.next, pressed) && walk(1)) || (same(key.previous, pressed) && walk(-1))) {
      event.preventDefault();
    }
  });

  const tell = (root) => {
    for (const element of root.querySelectorAll("[data-key]")) {
      if (off()) continue;
      element.setAttribute("aria-keyshortcuts", keysOf(element).join(" "));
    }
    // A key that stands on the page is the person's own, wherever it stands.
    for (const mark of root.querySelectorAll("kbd:not([data-own])")) {
      const standard = mark.textContent.trim().toLowerCase();
      mark.dataset.own = moved(standard);
      if (own.has(standard)) mark.textContent = name(moved(standard));
    }
    for (const line of root.querySelectorAll("[data-key-help]")) line.dataset.own = moved(line.dataset.keyHelp);
  };
  tell(document);
  document.addEventListener("htmx:load", (event) => tell(event.target));

  const opener = document.getElementById("keys-open");
  if (opener) {
    opener.hidden = false;
    opener.addEventListener("click", showKeys);
  }
})();

// Search and jump: "/" (unless the page has a field of its own under that key) and Ctrl+K or Cmd+K open a dialog over the
// page. The focus stays in its field; arrows choose among what the server found, Enter goes there, Escape closes and gives
// the focus back. The acts that wait for the member are asked for once, when it opens, and narrowed here. Without this script the link in the top bar leads to the same search on a page of its own.
(() => {
  const dialog = document.getElementById("jump");
  const opener = document.getElementById("jump-open");
  if (!dialog?.showModal || !opener || !window.htmx) return;
  const form = dialog.querySelector("form");
  const field = document.getElementById("jump-q");
  const found = document.getElementById("jump-found");
  const said = document.getElementById("jump-said");
  const apple = /Mac|iPhone|iPad/.test(navigator.platform);
  let acts = null;
  let waiting = 0;
  let answered = null;
  let going = false;

  // Where a page has a field of its own under the key, that field keeps it.
  const key = opener.dataset.key;
  const taken = [...document.querySelectorAll("[data-key]")].some((one) => one !== opener && one.dataset.key.split(" ").includes(key));
  const single = document.body.dataset.shortcuts !== "off" && !taken;
  if (!single) opener.removeAttribute("data-key");
  const mark = opener.querySelector("kbd");
  if (!single) mark.textContent = apple ? "⌘ K" : "Ctrl K";
  mark.hidden = false;
  opener.setAttribute("aria-haspopup", "dialog");

  const options = () => [...found.querySelectorAll("[role=option]")];
  const chosen = () => found.querySelector("[aria-selected=true]");

  const choose = (option) => {
    chosen()?.setAttribute("aria-selected", "false");
    if (!option) return field.removeAttribute("aria-activedescendant");
    option.setAttribute("aria-selected", "true");
    field.setAttribute("aria-activedescendant", option.id);
    return option.scrollIntoView({ block: "nearest" });
  };

  const move = (step) => {
    const all = options();
    if (!all.length) return;
    const at = all.indexOf(chosen());
    choose(all[(at + step + all.length) % all.length]);
  };

  const ask = () => {
    clearTimeout(waiting);
    window.htmx.trigger(form, "jump:ask");
  };

  const open = () => {
    if (document.querySelector("dialog[open]")) return;
    for (const menu of document.querySelectorAll("details.menu[open]")) menu.open = false;
    going = false;
    dialog.showModal();
    field.select();
    ask();
  };

  // As the server does: every typed word begins one of the name.
  const named = (text, name) => {
    const words = name.toLowerCase().split(/[\s-]+/);
    return text.toLowerCase().split(/\s+/).filter(Boolean).every((each) => words.some((word) => word.startsWith(each)));
  };

  const addActs = () => {
    const group = acts?.cloneNode(true);
    const fitting = [...(group?.querySelectorAll("[role=option]") ?? [])].filter((act) => named(answered, act.textContent.trim()) || act.remove());
    if (!fitting.length) return;
    let list = document.getElementById("jump-list");
    if (!list) {
      list = document.createElement("div");
      list.id = "jump-list";
      list.setAttribute("role", "listbox");
      list.setAttribute("aria-label", "Where to");
      found.replaceChildren(list);
    }
    list.prepend(group);
  };

  const settled = (event) => {
    answered = event.detail.requestConfig.parameters.q ?? "";
    if (!answered.trim()) acts = found.querySelector("[data-group=acts]")?.cloneNode(true) ?? null;
    else addActs();
    const all = options();
    field.setAttribute("aria-expanded", String(all.length > 0));
    field.setAttribute("aria-controls", all.length ? "jump-list" : "jump-found");
    choose(all[0]);
    said.textContent = all.length ? `${all.length} found` : found.textContent.trim();
    if (going && answered === field.value) go();
  };

  // What is chosen belongs to what was typed when the server answered; Enter waits for the answer to the rest.
  const go = () => {
    if (answered !== field.value) {
      going = true;
      ask();
      return;
    }
    going = false;
    const target = chosen();
    if (!target) return;
    dialog.close();
    target.click();
  };

  opener.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    open();
  });
  document.addEventListener("keydown", (event) => {
    if ((apple ? !event.metaKey : !event.ctrlKey) || event.altKey || event.shiftKey || event.key.toLowerCase() !== "k") return;
    event.preventDefault();
    if (!event.repeat) open();
  });
  field.addEventListener("input", () => {
    going = false;
    clearTimeout(waiting);
    waiting = setTimeout(ask, 120);
  });
  field.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      event.preventDefault();
      move(step);
    }
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    go();
  });
  found.addEventListener("htmx:afterSwap", settled);
  for (const failed of ["htmx:sendError", "htmx:responseError", "htmx:timeout"]) {
    form.addEventListener(failed, () => {
      going = false;
      found.replaceChildren();
      const words = document.createElement("p");
      words.className = "jump-none";
      words.textContent = "The server gave no answer. Try again, or go by the rail.";
      found.append(words);
      said.textContent = words.textContent;
      choose(null);
    });
  }
  document.getElementById("jump-close").addEventListener("click", () => dialog.close());
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close();
  });
  dialog.addEventListener("close", () => {
    clearTimeout(waiting);
    going = false;
  });
})();

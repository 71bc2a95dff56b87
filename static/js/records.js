// The list of references: X selects the row at hand (Shift+X up to it), a row opens beside the list where there is room,
// and the address says which. Without this script a row is a link to its page, and boxes are ticked one by one.
(() => {
  const form = document.getElementById("bulk");
  const panel = document.getElementById("panel");
  if (!form || !panel) return;
  const roomy = window.matchMedia("(min-width: 768px)");
  const boxes = [...form.querySelectorAll("input[name=record]")];
  const links = [...form.querySelectorAll("[data-row]")];
  const whole = document.getElementById("select-page");
  const everything = form.querySelector("input[name=everything]");
  const say = document.getElementById("selected");
  let current = -1;
  let last = -1;
  let shift = false;
  let waiting = 0;

  const count = () => {
    const ticked = boxes.filter((box) => box.checked).length;
    say.textContent = ticked ? `${ticked} selected` : "Select rows to label them.";
    if (whole) {
      whole.checked = ticked === boxes.length;
      whole.indeterminate = ticked > 0 && ticked < boxes.length;
    }
    if (ticked && everything) everything.checked = false;
  };

  const select = (to) => {
    if (to < 0) return;
    const state = !boxes[to].checked;
    const from = shift && last >= 0 ? last : to;
    const wanted = from === to ? state : true;
    for (let at = Math.min(from, to); at <= Math.max(from, to); at += 1) boxes[at].checked = wanted;
    last = to;
    count();
  };

  document.addEventListener("keydown", (event) => { shift = event.shiftKey; }, true);
  document.addEventListener("mousedown", (event) => { shift = event.shiftKey; }, true);
  const button = document.getElementById("select-row");
  button.hidden = false;
  button.addEventListener("click", () => select(current));
  boxes.forEach((box, at) => {
    box.addEventListener("click", () => {
      if (shift && last >= 0 && last !== at) {
        box.checked = !box.checked;
        select(at);
      } else {
        last = at;
        count();
      }
      current = at;
    });
  });
  if (whole) {
    whole.hidden = false;
    whole.addEventListener("change", () => {
      for (const box of boxes) box.checked = whole.checked;
      count();
    });
  }
  if (everything) everything.addEventListener("change", () => {
    if (!everything.checked) return;
    for (const box of boxes) box.checked = false;
    count();
    everything.checked = true;
  });

  const place = (uid) => {
    const address = new URL(window.location.href);
    if (uid) address.searchParams.set("open", uid);
    else address.searchParams.delete("open");
    return address;
  };

  const mark = () => {
    const uid = new URL(window.location.href).searchParams.get("open");
    links.forEach((link) => link.closest("tr").classList.toggle("is-open", panel.childElementCount > 0 && link.dataset.uid === uid));
  };

  const open = (link, push) => {
    window.htmx.ajax("GET", link.dataset.panel, { target: "#panel", swap: "innerHTML" }).then(() => {
      const address = place(link.dataset.uid);
      if (push) window.history.pushState({}, "", address);
      else window.history.replaceState({}, "", address);
      panel.scrollTop = 0;
      document.getElementById("status").textContent = `${panel.querySelector("#panel-title")?.textContent ?? ""} is shown beside the list.`;
      mark();
    });
  };

  const close = () => {
    const was = new URL(window.location.href).searchParams.get("open");
    panel.replaceChildren();
    window.history.pushState({}, "", place(""));
    mark();
    const shown = links[current] ?? links.find((link) => link.dataset.uid === was);
    (shown ?? links[0]).focus();
  };

  links.forEach((link, at) => {
    link.addEventListener("focus", () => {
      current = at;
      if (!roomy.matches || !panel.childElementCount) return;
      clearTimeout(waiting);
      waiting = setTimeout(() => open(link, false), 150);
    });
    link.addEventListener("click", (event) => {
      if (!roomy.matches || !window.htmx || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
      event.preventDefault();
      clearTimeout(waiting);
      current = at;
      open(link, true);
    });
  });
  panel.addEventListener("click", (event) => {
    if (!event.target.closest("#panel-close") || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    close();
  });
  window.addEventListener("popstate", () => window.location.reload());
  count();
  mark();
})();

// Duplicates: one group in focus, the others folded to their first line; a decided one makes room for the next. The keys
// are those of keys.js, which passes over what is not visible. Without this script every group is open and has its buttons.
(() => {
  const list = document.getElementById("duplicate-groups");
  if (!list) return;
  const groups = () => [...list.querySelectorAll(".duplicate-group")];
  const current = () => list.querySelector(".duplicate-group.is-current");

  const show = (group, { focus = true } = {}) => {
    for (const other of groups()) {
      const chosen = other === group;
      other.classList.toggle("is-current", chosen);
      const merge = other.querySelector("[data-merge]");
      merge?.classList.toggle("btn-primary", chosen);
      merge?.classList.toggle("btn-secondary", !chosen);
    }
    if (!focus) return;
    group.focus({ preventScroll: true });
    const still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
    group.scrollIntoView({ block: "nearest", behavior: still ? "auto" : "smooth" });
  };

  const walk = (step) => {
    const all = groups();
    const next = all[all.indexOf(current()) + step];
    if (next) show(next);
    else document.querySelector(step > 0 ? ".pager [rel=next]" : ".pager [rel=prev]")?.click();
  };

  // The value that a merge shows depends on which record is kept.
  const mark = (group) => {
    const kept = group.querySelector("input[name=kept]:checked")?.value;
    if (!kept) return;
    for (const cell of group.querySelectorAll("[data-survives]")) {
      cell.classList.toggle("survives", cell.dataset.survives.split(" ").includes(kept));
    }
  };

  const prepare = (group) => {
    for (const link of group.querySelectorAll(".duplicate-skip, .duplicate-return")) link.hidden = false;
    mark(group);
  };

  list.addEventListener("click", (event) => {
    const link = event.target.closest(".duplicate-open, .duplicate-skip, .duplicate-return");
    if (!link) return;
    event.preventDefault();
    if (link.matches(".duplicate-open")) show(link.closest(".duplicate-group"));
    else walk(link.matches(".duplicate-skip") ? 1 : -1);
  });
  list.addEventListener("change", (event) => {
    const group = event.target.closest(".duplicate-group");
    if (group) mark(group);
  });

  // A refusal says why in the group itself.
  document.addEventListener("htmx:beforeSwap", (event) => {
    if ([400, 409].includes(event.detail.xhr.status)) {
      event.detail.shouldSwap = true;
      event.detail.isError = false;
    }
  });
  let following = null;
  document.addEventListener("htmx:beforeRequest", (event) => {
    const group = event.target.closest?.(".duplicate-group");
    if (!group) return;
    const all = groups();
    const place = all.indexOf(group);
    following = all[place + 1] ?? all[place - 1] ?? null;
  });
  document.addEventListener("htmx:afterSettle", (event) => {
    if (!list.contains(event.target) && event.target !== list) return;
    const refused = event.target.matches?.(".duplicate-group") ? event.target : null;
    if (refused) {
      prepare(refused);
      show(refused);
    } else if (following?.isConnected) {
      show(following);
    } else if (!groups().length) {
      window.location.assign(list.dataset.more);
    }
  });

  const asked = window.location.hash && document.getElementById(window.location.hash.slice(1));
  list.classList.add("one-at-a-time");
  groups().forEach(prepare);
  const first = asked && asked.matches(".duplicate-group") ? asked : groups()[0];
  if (first) show(first, { focus: Boolean(asked) });
})();

// [data-card]: a small card with that text while the pointer or the focus is on it; Escape puts it away.
(() => {
  const card = document.createElement("div");
  card.className = "number-card";
  card.id = "number-card";
  card.setAttribute("role", "tooltip");
  card.hidden = true;
  document.body.append(card);
  let owner = null;
  let timer = 0;

  const hide = () => {
    window.clearTimeout(timer);
    owner?.removeAttribute("aria-describedby");
    owner = null;
    card.hidden = true;
  };

  const show = (target) => {
    window.clearTimeout(timer);
    if (owner === target) return;
    hide();
    owner = target;
    card.textContent = target.dataset.card;
    card.hidden = false;
    target.setAttribute("aria-describedby", card.id);
    const box = target.getBoundingClientRect();
    const left = Math.min(box.left, document.documentElement.clientWidth - card.offsetWidth - 8);
    const above = box.bottom + card.offsetHeight + 8 > window.innerHeight;
    const top = above ? box.top - card.offsetHeight - 4 : box.bottom + 4;
    card.style.left = `${Math.max(8, left) + window.scrollX}px`;
    card.style.top = `${top + window.scrollY}px`;
  };

  const later = () => {
    window.clearTimeout(timer);
    timer = window.setTimeout(hide, 200);
  };

  for (const type of ["mouseover", "focusin"]) {
    document.addEventListener(type, (event) => {
      const target = event.target.closest("[data-card]");
      if (target) show(target);
      else if (event.target.closest("#number-card")) window.clearTimeout(timer);
      else if (owner && type === "mouseover" && document.activeElement !== owner) later();
    });
  }
  document.addEventListener("focusout", (event) => {
    if (event.target === owner) later();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") hide();
  });
  document.addEventListener("scroll", hide, { capture: true, passive: true });
})();

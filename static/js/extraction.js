// Pages of extraction. The form: with a script every cell is stored by itself, so the Save buttons go; what the server found
// in the whole copy is shown at each field, and how far the copy has come in the head.
(() => {
  document.documentElement.classList.add("with-script");

  const showFindings = (findings, spoken) => {
    for (const list of document.querySelectorAll("[data-findings]")) {
      // What the cell's own status says already is not said twice.
      const words = list === spoken ? [] : (findings[list.dataset.findings] ?? []);
      list.replaceChildren(
        ...words.map((text) => {
          const item = document.createElement("li");
          item.textContent = text;
          return item;
        }),
      );
    }
  };

  const showProgress = (progress) => {
    for (const [id, number] of Object.entries(progress)) {
      const place = document.getElementById(id);
      if (place) place.textContent = number;
    }
  };

  const remember = (cell, uid) => {
    const seen = cell.querySelector("input[name$='-seen']");
    if (seen && uid !== undefined) seen.value = uid;
  };

  document.addEventListener("autosave:saved", (event) => {
    const { seen, findings, progress } = event.detail;
    remember(event.target, seen);
    if (findings) showFindings(findings, event.target.querySelector("[data-findings]"));
    if (progress) showProgress(progress);
  });

  // The comparison: A and B take the answer of the row in which the focus is; without a reason they ask for it.
  const named = [...document.querySelectorAll("[data-take]")];
  const takes = Object.fromEntries(named.map((one) => [one.dataset.own.toLowerCase(), one.dataset.take]));
  document.addEventListener("keydown", (event) => {
    const choice = takes[event.key.toLowerCase()];
    const row = event.target.closest?.("tr[data-compared]");
    if (!choice || !row || event.ctrlKey || event.metaKey || event.altKey) return;
    if (document.body.dataset.shortcuts === "off" || event.target.matches("input, select, textarea")) return;
    const button = row.querySelector(`button[name=choice][value=${choice}]`);
    if (!button) return;
    event.preventDefault();
    button.closest("details").open = true;
    const reason = button.form.elements.reason;
    if (reason.value.trim()) button.form.requestSubmit(button);
    else reason.focus();
  });

  // Refused because another window stored something: its value is named, and storing again is then meant.
  document.addEventListener("autosave:refused", (event) => remember(event.target, event.detail.seen));
})();

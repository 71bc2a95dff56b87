// Pages of extraction: with a script every cell is stored by itself, so the Save buttons go; what the server found
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

  // Refused because another window stored something: its value is named, and storing again is then meant.
  document.addEventListener("autosave:refused", (event) => remember(event.target, event.detail.seen));
})();

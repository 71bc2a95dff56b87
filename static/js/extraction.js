// Pages of extraction. The form: with a script every cell is stored by itself, so the Save buttons go; what the server found
// in the whole copy is shown at each field, and how far the copy has come in the head.
(() => {
  document.documentElement.classList.add("with-script");

  const showFindings = (findings, spoken) => {
    for (const list of document.querySelectorAll("[data-findings]")) {
      // What the cell's own status says already is not said twice; a summary statistic has several lists.
      const of = list.dataset.findings;
      const said = of === spoken || of.startsWith(`${spoken}.`);
      const words = said ? [] : (findings[of] ?? []);
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

  document.addEventListener("autosave:saved", (event) => {
    const { findings, progress } = event.detail;
    if (findings) showFindings(findings, event.target.id.replace(/^cell-/, ""));
    if (progress) showProgress(progress);
  });

  // The comparison: A and B choose the answer of the row in which the focus is; without a reason they ask for it, and Enter
  // then stores what was chosen. What is typed as a third value chooses it, and what is chosen after it counts: the server
  // need not ask which of the two is meant, as it does without a script, by what stood in the field before ("was").
  for (const was of document.querySelectorAll("form.settle input[name=was], form.settle input[name^='was-']")) was.remove();
  const named = [...document.querySelectorAll("[data-take]")];
  const takes = Object.fromEntries(named.map((one) => [one.dataset.own.toLowerCase(), one.dataset.take]));
  const choose = (form, choice) => {
    form.querySelector(`input[name=choice][value=${choice}]`).checked = true;
  };

  document.addEventListener("keydown", (event) => {
    const choice = takes[event.key.toLowerCase()];
    const row = event.target.closest?.("tr[data-compared]");
    if (!choice || !row || event.ctrlKey || event.metaKey || event.altKey) return;
    const typing = event.target.matches("select, textarea, input:not([type=radio])");
    if (document.body.dataset.shortcuts === "off" || typing) return;
    const form = row.querySelector("form.settle");
    if (!form) return;
    event.preventDefault();
    form.closest("details").open = true;
    choose(form, choice);
    const reason = form.elements.reason;
    if (reason.value.trim()) form.requestSubmit();
    else reason.focus();
  });

  document.addEventListener("input", (event) => {
    const third = event.target.closest?.("details[data-third]");
    if (third) choose(third.closest("form"), "other");
  });

  document.addEventListener("change", (event) => {
    if (!event.target.matches?.("form.settle input[name=choice][value=other]")) return;
    const third = event.target.form.querySelector("details[data-third]");
    third.open = true;
    third.querySelector("[name=text], [name^='part-']").focus();
  });
})();

// form[data-confirm]: asks in a dialog before it is sent. data-confirm-label names the act,
// data-confirm-type is a text (the count) that must be typed. Without a script the form is simply sent.
(() => {
  const confirmed = new WeakSet();

  const element = (name, properties, ...children) => {
    const made = Object.assign(document.createElement(name), properties);
    made.append(...children);
    return made;
  };

  const ask = (form, submitter) => {
    const { confirm: question, confirmLabel, confirmType } = form.dataset;
    const label = confirmLabel || submitter?.textContent.trim() || "Go on";
    const cancel = element("button", { type: "button", className: "btn btn-secondary", textContent: "Cancel" });
    const go = element("button", { type: "submit", className: "btn btn-danger", textContent: label });
    const body = element("form", { method: "dialog" }, element("h2", { id: "confirm-question", textContent: question }));
    if (confirmType) {
      const typed = element("input", { className: "form-control", id: "confirm-typed", autocomplete: "off" });
      const words = element("label", { className: "form-label", htmlFor: typed.id });
      words.textContent = `Type ${confirmType} to go on`;
      go.disabled = true;
      typed.addEventListener("input", () => {
        go.disabled = typed.value.trim() !== confirmType;
      });
      body.append(words, typed);
    }
    body.append(element("div", { className: "form-actions" }, cancel, go));
    const dialog = element("dialog", {}, body);
    dialog.setAttribute("aria-labelledby", "confirm-question");
    cancel.addEventListener("click", () => dialog.close());
    body.addEventListener("submit", (event) => {
      event.preventDefault();
      event.stopPropagation();
      dialog.close();
      confirmed.add(form);
      form.requestSubmit(submitter);
    });
    dialog.addEventListener("close", () => dialog.remove());
    document.body.append(dialog);
    dialog.showModal();
    if (!confirmType) cancel.focus();
  };

  // In the capture phase, so that htmx does not see an act that has not been confirmed.
  document.addEventListener(
    "submit",
    (event) => {
      const form = event.target;
      if (!form.matches("form[data-confirm]") || confirmed.delete(form)) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      ask(form, event.submitter);
    },
    true,
  );
})();

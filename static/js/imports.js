// The pages of imports: files dropped anywhere on the form, too much said before it is sent, and one
// sending for a double click.
(() => {
  const MEGABYTE = 1024 * 1024;
  const say = (text) => {
    const status = document.getElementById("status");
    if (status && status.textContent !== text) status.textContent = text;
  };
  const size = (bytes) => (bytes < MEGABYTE ? `${Math.ceil(bytes / 1024)} KB` : `${(bytes / MEGABYTE).toFixed(1)} MB`);

  const tell = (input) => {
    const place = input.form.querySelector("[data-chosen]");
    const files = [...input.files];
    const sum = files.reduce((total, file) => total + file.size, 0);
    const most = Number(input.dataset.mostMb);
    const lines = files.length > 1 || input.dataset.dropped ? files.map((file) => `${file.name}, ${size(file.size)}`) : [];
    const tooMuch = sum > most * MEGABYTE;
    if (tooMuch) lines.push(`Together ${size(sum)}: more than the ${most} MB that are taken at once.`);
    input.setCustomValidity(tooMuch ? lines.at(-1) : "");
    if (place) place.textContent = lines.join("\n");
    say(lines.join(", "));
    return !tooMuch;
  };

  // Asked before the files are sent: a page that comes back has lost them.
  const isSourced = (form) => {
    const { source, name } = form.elements;
    const missing = !source.value && !name.value.trim();
    name.setCustomValidity(missing ? "Choose a source above or name a new one." : "");
    return !missing;
  };

  document.addEventListener("change", (event) => {
    if (event.target.matches("input[data-drop]")) {
      delete event.target.dataset.dropped;
      tell(event.target);
    }
  });

  const dropAt = (event) => {
    if (!event.dataTransfer?.types.includes("Files")) return null;
    return event.target.closest?.("form")?.querySelector("input[data-drop]");
  };

  document.addEventListener("dragover", (event) => {
    const input = dropAt(event);
    if (!input) return;
    event.preventDefault();
    input.dataset.over = "";
  });
  document.addEventListener("dragleave", (event) => {
    const input = dropAt(event);
    if (input && !input.form.contains(event.relatedTarget)) delete input.dataset.over;
  });
  document.addEventListener("drop", (event) => {
    const input = dropAt(event);
    if (!input) return;
    event.preventDefault();
    delete input.dataset.over;
    const both = new DataTransfer();
    for (const file of [...input.files, ...event.dataTransfer.files]) both.items.add(file);
    input.files = both.files;
    input.dataset.dropped = "";
    tell(input);
  });

  document.addEventListener("submit", (event) => {
    const form = event.target;
    const input = form.querySelector("input[data-drop]");
    if (input && !(tell(input) && isSourced(form))) {
      event.preventDefault();
      (input.validationMessage ? input : form.elements.name).reportValidity();
      return;
    }
    if (!form.matches("[data-once]")) return;
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "yes";
    if (event.submitter?.dataset.sending) event.submitter.textContent = event.submitter.dataset.sending;
  });
  // The page of a browser's "back" may be sent again.
  window.addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[data-once]")) delete form.dataset.sent;
  });
})();

// Puts a "Show" button beside every password field.
(() => {
  for (const field of document.querySelectorAll('input[type="password"]')) {
    const name = (field.labels[0]?.textContent || "password").replace("*", "").trim().toLowerCase();
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn btn-secondary";
    button.textContent = "Show";
    button.setAttribute("aria-label", `Show ${name}`);
    button.setAttribute("aria-pressed", "false");
    button.addEventListener("click", () => {
      const shown = field.type === "password";
      field.type = shown ? "text" : "password";
      button.textContent = shown ? "Hide" : "Show";
      button.setAttribute("aria-label", `${button.textContent} ${name}`);
      button.setAttribute("aria-pressed", String(shown));
    });
    // A browser keeps what was typed in clear as an ordinary form entry: hide it again before sending.
    field.form?.addEventListener("submit", () => {
      field.type = "password";
    });
    const row = document.createElement("div");
    row.className = "password-row";
    field.before(row);
    row.append(field, button);
  }
})();

// Sets the theme before the first paint where the person chose "as the system"; the stylesheet is right without it,
// but Bootstrap's own dark rules ask for the attribute.
(() => {
  const root = document.documentElement;
  if (root.dataset.theme !== "system") return;
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const apply = () => root.setAttribute("data-bs-theme", dark.matches ? "dark" : "light");
  apply();
  dark.addEventListener("change", apply);
})();

// Progress that the server draws anew is spoken in steps: [data-said] holds the words.
(() => {
  document.addEventListener("htmx:afterSwap", () => {
    const status = document.getElementById("status");
    const words = document.querySelector("[data-said]")?.dataset.said;
    if (status && words && status.textContent !== words) status.textContent = words;
  });
})();

// What this browser keeps of answers that were typed and not stored yet: draft:<account>:<copy>:<cell>, written by
// autosave.js. Whoever signs out is told of their own, beside the button. What was stored, stored:<account>:<copy>:<cell>, is
// swept after a minute.
(() => {
  const SWEPT_MS = 60000;
  const { account } = document.body.dataset;

  const sweep = () => {
    const isRecent = (text) => {
      try {
        return JSON.parse(text).stored > Date.now() - SWEPT_MS;
      } catch {
        return false;
      }
    };
    try {
      const kept = Object.entries(window.localStorage).filter(([key]) => key.startsWith("stored:"));
      for (const [key, text] of kept) if (!isRecent(text)) window.localStorage.removeItem(key);
    } catch {
      // A closed store keeps nothing.
    }
  };

  const count = () => {
    try {
      return Object.keys(window.localStorage).filter((key) => key.startsWith(`draft:${account}:`)).length;
    } catch {
      return 0; // A closed store keeps nothing.
    }
  };

  const tell = () => {
    const kept = count();
    for (const place of document.querySelectorAll("[data-drafts]")) {
      place.hidden = !kept;
      const [answers, they, are] = kept === 1 ? ["answer", "it", "is"] : ["answers", "they", "are"];
      place.textContent =
        `${kept} ${answers} of your extractions ${are} kept in this browser and not stored yet. ` +
        `Open the extraction before you log out, and ${they} will be sent.`;
    }
  };

  sweep();
  window.setInterval(sweep, SWEPT_MS);
  tell();
  document.addEventListener("toggle", tell, true);
})();

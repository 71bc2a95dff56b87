// Voting without waiting: the next records are fetched ahead, a vote is sent in the background and sent again until the
// server has it, and the next record is painted at once. Without this script each vote is a form and a page.
(() => {
  const AHEAD = 5;
  const AGAIN_MS = 3000;
  const fetched = new Map();
  const unsent = [];
  let sending = false;
  let failing = false;
  let waiters = [];

  const reading = () => document.getElementById("reading");
  const count = (id) => Number(document.getElementById(id).textContent);

  const get = (url) => {
    if (!fetched.has(url)) {
      const entry = { page: null };
      entry.done = fetch(url, { headers: { Accept: "text/html" }, redirect: "error" })
        .then(async (reply) => {
          if (!reply.ok) throw new Error(reply.statusText);
          const page = new DOMParser().parseFromString(await reply.text(), "text/html");
          if (!page.getElementById("vote")) throw new Error("no record to vote on");
          entry.page = page;
        })
        .catch(() => fetched.delete(url));
      fetched.set(url, entry);
    }
    return fetched.get(url);
  };

  // From the page shown along the queue; each page names the one after it.
  const lookAhead = async () => {
    let url = reading()?.dataset.next;
    for (let step = 0; url && step < AHEAD; step += 1) {
      const entry = get(url);
      await entry.done;
      url = entry.page?.getElementById("reading").dataset.next;
    }
  };

  const tellUnsent = () => {
    const badge = document.getElementById("unsynced");
    if (!badge) return;
    badge.hidden = !failing;
    badge.textContent = failing ? `${unsent.length} to send` : "";
  };

  const refused = (vote, message) => {
    const box = document.createElement("div");
    box.className = "message message-error";
    const words = document.createElement("p");
    const link = document.createElement("a");
    link.href = vote.url;
    link.textContent = vote.name;
    words.append("Not recorded: ", link, `. ${message}`);
    box.append(words);
    document.getElementById("messages").append(box);
  };

  const messageOf = async (reply) => {
    if (reply.type === "opaqueredirect") return "You are no longer signed in.";
    try {
      return (await reply.json()).message;
    } catch {
      return "The server did not accept it; open the record and answer again.";
    }
  };

  const send = async () => {
    if (sending) return;
    sending = true;
    while (unsent.length) {
      const vote = unsent[0];
      let reply = null;
      try {
        reply = await fetch(vote.url, {
          method: "POST",
          body: new URLSearchParams(vote.fields),
          headers: { Accept: "application/json" },
          redirect: "manual",
          keepalive: true,
        });
      } catch {
        reply = null;
      }
      if (reply === null || reply.status >= 500) {
        failing = true;
        tellUnsent();
        await new Promise((resolve) => window.setTimeout(resolve, AGAIN_MS));
        continue;
      }
      unsent.shift();
      failing = false;
      if (!reply.ok) refused(vote, await messageOf(reply));
      tellUnsent();
    }
    sending = false;
    waiters.forEach((resolve) => resolve());
    waiters = [];
  };

  const allSent = () => (sending ? new Promise((resolve) => waiters.push(resolve)) : Promise.resolve());

  const inWords = (button) => {
    if (button.name === "reason") {
      const label = [...button.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE);
      return ["exclude", "Excluded", label.map((node) => node.textContent.trim()).join(" ")];
    }
    return [button.value, { include: "Included", exclude: "Excluded", unsure: "Unsure" }[button.value], ""];
  };

  // The page was fetched before the vote, so what it says of the vote is written anew.
  const writeLast = (vote) => {
    const [verdict, word, reason] = vote.answer;
    const state = document.createElement("span");
    state.className = `state state-${verdict}`;
    state.textContent = word;
    const name = document.createElement("bdi");
    name.textContent = vote.name;
    const last = document.getElementById("last");
    last.replaceChildren("Last: ", state, reason ? ` ${reason} “` : " “", name, "”");
    last.hidden = false;
    const undo = document.getElementById("undo");
    undo.action = vote.withdraw;
    undo.hidden = false;
    const left = document.getElementById("left").textContent;
    document.getElementById("status").textContent =
      `${word}${reason ? `: ${reason}` : ""}. ${left} left. Next: ${document.querySelector(".record-title").textContent}`;
  };

  const show = (url, page, vote) => {
    const left = count("left") - (vote.decided ? 0 : 1);
    const today = count("today") + (vote.decided ? 0 : 1);
    const held = document.activeElement?.closest("#vote") ? document.activeElement : null;
    const next = document.importNode(page.getElementById("reading"), true);
    reading().replaceWith(next);
    document.getElementById("left").textContent = left;
    document.getElementById("today").textContent = today;
    document.title = page.title;
    window.history.pushState({}, "", url);
    writeLast(vote);
    window.scrollTo(0, 0);
    if (held?.name) next.querySelector(`#vote [name="${held.name}"][value="${CSS.escape(held.value)}"]`)?.focus();
    next.dispatchEvent(new CustomEvent("htmx:load", { bubbles: true }));
    document.dispatchEvent(new CustomEvent("screening:shown"));
    fetched.delete(url);
    lookAhead();
  };

  document.addEventListener("submit", async (event) => {
    const form = event.target;
    if (form.id === "undo" && (sending || unsent.length)) {
      event.preventDefault();
      await allSent();
      form.submit();
      return;
    }
    if (form.id !== "vote" || !event.submitter?.name) return;
    const page = reading();
    const url = page.dataset.next;
    const entry = url && fetched.get(url);
    const fields = [...new FormData(form, event.submitter)];
    if (!entry?.page) {
      if (!sending && !unsent.length) return;
      // The last of the queue, or the connection is gone: nothing may overtake what is still to be sent.
      event.preventDefault();
      await allSent();
      const hidden = document.createElement("input");
      Object.assign(hidden, { type: "hidden", name: event.submitter.name, value: event.submitter.value });
      form.append(hidden);
      form.submit();
      return;
    }
    event.preventDefault();
    const vote = {
      url: form.action,
      fields,
      answer: inWords(event.submitter),
      name: page.dataset.name,
      withdraw: page.dataset.withdraw,
      decided: page.dataset.decided === "yes",
    };
    unsent.push(vote);
    show(url, entry.page, vote);
    tellUnsent();
    send();
  });

  // The second click of a double click would fall on the next record.
  document.addEventListener(
    "click",
    (event) => {
      if (event.detail > 1 && event.target.closest("#vote button")) event.preventDefault();
    },
    true,
  );

  window.addEventListener("beforeunload", (event) => {
    if (unsent.length && failing) event.preventDefault();
  });
  window.addEventListener("popstate", () => window.location.reload());
  lookAhead();
})();

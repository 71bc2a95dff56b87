// Voting without waiting: the next records are fetched ahead, a vote is kept in this browser until the server has it
// (kept-votes.js), and the next record is painted at once. Where none is held the page waits for the connection. Undo goes
// back vote by vote. Without this script each vote is a form and a page.
(() => {
  const AHEAD = 30;
  const HELD = 90;
  const AGAIN_MS = 3000;
  const CALM_MS = 250;
  const votes = window.keptVotes;
  const reading = () => document.getElementById("reading");
  if (!votes || !reading()) return;

  // Pages by address: what was fetched, when, and whether there is nothing (more) to vote on.
  const held = new Map();
  // What this person answered here, by address, newest answer only; the server's page may not know of it yet.
  const answers = new Map();
  // The answers that Undo takes back, oldest first; below them the one that the server named.
  const stack = [];
  let base = null;
  let goal = null;
  let away = "";
  let refusals = 0;

  const pathOf = (address) => new URL(address, window.location.href).pathname;
  const stands = (url) => answers.has(url) && !answers.get(url).withdrawn;
  const nextOf = (url) => held.get(url)?.page?.getElementById("reading").dataset.next;

  // Fetching

  const fetchPage = async (entry, url) => {
    try {
      const reply = await fetch(url, { headers: { Accept: "text/html" }, redirect: "manual" });
      away = reply.type === "opaqueredirect" ? "signed out" : "";
      if (away || reply.status >= 500) throw new Error(away || reply.statusText);
      if (!reply.ok) {
        // Nothing to vote on, if it is this person whom the server answers.
        const now = await window.freshToken();
        if (!now.token) away = "signed out";
        else entry.gone = true;
        if (away) throw new Error(away);
        return;
      }
      const page = new DOMParser().parseFromString(await reply.text(), "text/html");
      // Another account has signed in meanwhile; what it is shown is not for this page.
      if (page.body.dataset.account !== document.body.dataset.account) away = "signed out";
      if (away) throw new Error(away);
      if (page.getElementById("reading")) entry.page = page;
      else entry.gone = true;
    } catch {
      held.delete(url);
    }
  };

  const get = (url) => {
    if (!held.has(url)) {
      const entry = { page: null, gone: false, at: performance.now() };
      held.set(url, entry);
      entry.done = fetchPage(entry, url);
    }
    return held.get(url);
  };

  // Those seen longest ago go first; where one is not held it is fetched again.
  const makeRoom = () => {
    const ahead = new Set();
    for (let url = reading().dataset.next; url && !ahead.has(url); url = nextOf(url)) ahead.add(url);
    for (const url of held.keys()) if (held.size > HELD && !ahead.has(url)) held.delete(url);
  };

  let looking = false;
  let lookAgain = false;
  let later = 0;
  // From the page shown along the queue; each page names the one after it.
  const lookAhead = async () => {
    lookAgain = true;
    if (looking) return;
    looking = true;
    while (lookAgain) {
      lookAgain = false;
      let url = goal?.url ?? reading().dataset.next;
      for (let step = 0; url && step < AHEAD && !lookAgain; step += 1) {
        const entry = get(url);
        await entry.done;
        if (!entry.page) {
          window.clearTimeout(later);
          if (!entry.gone) later = window.setTimeout(lookAhead, AGAIN_MS);
          break;
        }
        url = nextOf(url);
      }
    }
    looking = false;
    makeRoom();
  };

  // Painting

  const inWords = (button) => {
    if (button.name === "reason") {
      const label = [...button.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE);
      return ["exclude", "Excluded", label.map((node) => node.textContent.trim()).join(" ")];
    }
    return [button.value, { include: "Included", exclude: "Excluded", unsure: "Unsure" }[button.value], ""];
  };

  const said = ([, word, reason]) => `${word}${reason ? `: ${reason}` : ""}`;

  // A page fetched before the answer does not know of it, so it is written in: the pressed button, the note, what was seen.
  const writeAnswer = (node, url, at) => {
    const answer = answers.get(url);
    const form = node.querySelector("#vote");
    if (!answer || !form || (answer.sentAt && at > answer.sentAt)) return;
    for (const button of form.querySelectorAll("button[name]")) {
      const chosen = !answer.withdrawn && button.name === answer.button[0] && button.value === answer.button[1];
      if (chosen) button.setAttribute("aria-pressed", "true");
      else button.removeAttribute("aria-pressed");
    }
    node.dataset.decided = answer.withdrawn ? "" : "yes";
    form.elements.seen.value = answer.withdrawn ? "" : answer.id;
    form.elements.note.value = answer.withdrawn ? "" : answer.note;
  };

  const readBase = () => {
    const undo = document.getElementById("undo");
    const url = undo?.dataset.record;
    if (!url) return null;
    const words = document.getElementById("last").cloneNode(true);
    return { url, withdraw: pathOf(undo.action), words, released: undo.hidden };
  };

  const writeLast = () => {
    const undo = document.getElementById("undo");
    const last = document.getElementById("last");
    const top = stack.at(-1);
    if (undo) undo.hidden = !top && (!base || base.released);
    if (!top) {
      last.replaceChildren(...(base ? base.words.cloneNode(true).childNodes : []));
      last.hidden = !base;
      return;
    }
    const [verdict, word, reason] = top.answer;
    const state = document.createElement("span");
    state.className = `state state-${verdict}`;
    state.textContent = word;
    const name = document.createElement("bdi");
    name.textContent = top.name;
    last.replaceChildren("Last: ", state, reason ? ` ${reason} “` : " “", name, "”");
    last.hidden = false;
  };

  const recount = (by) => {
    for (const [id, step] of [["left", -by], ["today", by]]) {
      const place = document.getElementById(id);
      place.textContent = Math.max(Number(place.textContent) + step, 0);
    }
  };

  let news = "";
  const paint = (node, title) => {
    const focused = document.activeElement?.closest("#vote") ? document.activeElement : null;
    const [name, value] = [focused?.name, focused?.value];
    const from = reading();
    from.replaceWith(node);
    document.title = title;
    window.scrollTo(0, 0);
    if (name) node.querySelector(`#vote [name="${name}"][value="${CSS.escape(value)}"]`)?.focus();
    writeLast();
    node.dispatchEvent(new CustomEvent("htmx:load", { bubbles: true }));
    document.dispatchEvent(new CustomEvent("screening:shown"));
  };

  const show = (url, entry, { push = true } = {}) => {
    const node = document.importNode(entry.page.getElementById("reading"), true);
    writeAnswer(node, url, entry.at);
    if (push && pathOf(window.location.href) !== url) window.history.pushState({}, "", url);
    paint(node, entry.page.title);
    const left = document.getElementById("left").textContent;
    const title = document.querySelector(".record-title")?.textContent ?? "";
    document.getElementById("status").textContent = `${news}${left} left. Next: ${title}`;
    news = "";
    lookAhead();
  };

  const why = () => {
    if (away === "signed out" || votes.standing === "signed out") {
      return ["You are no longer signed in. What you decided is kept here. ", votes.signIn(), " to go on."];
    }
    const last = goal?.end ? "This was the last record of your queue." : "";
    if (last && !votes.standing) return [last, " What you decided is being sent."];
    return [last || "The next record waits for the connection.", " What you decided is kept here and sent when it is back."];
  };

  const wait = () => {
    const waiting = document.querySelector("#reading [data-why]");
    if (waiting && !goal) return;
    if (waiting) return waiting.replaceChildren(...why());
    const { queue } = reading().dataset;
    // Signing in and reloading lead to where this page was going.
    const url = goal?.url ?? queue;
    if (pathOf(window.location.href) !== url) window.history.pushState({}, "", url);
    const node = document.importNode(document.getElementById("waiting").content, true).firstElementChild;
    node.dataset.queue = queue;
    node.querySelector("[data-why]").replaceChildren(...why());
    return paint(node, document.title);
  };

  // Going on: at once where the page is held; else calmly, until it is, or until something else was asked for.

  const pause = (ms) =>
    new Promise((resolve) => {
      const done = () => {
        window.clearTimeout(timer);
        window.removeEventListener("online", done);
        resolve();
      };
      const timer = window.setTimeout(done, ms);
      window.addEventListener("online", done);
    });

  // To a page of the server's, once it knows everything; not away from a refusal that nobody has read.
  const leave = async (url, mine) => {
    goal = mine;
    const timer = window.setTimeout(() => goal === mine && wait(), CALM_MS);
    await votes.sent();
    window.clearTimeout(timer);
    if (goal !== mine) return;
    if (!refusals) return void window.location.assign(url);
    const link = document.createElement("a");
    link.href = url;
    link.textContent = "Go on";
    wait();
    document.querySelector("#reading [data-why]").replaceChildren("Not everything was recorded, see above. ", link);
    goal = null;
  };

  const following = (url) => {
    let at = url;
    while (at && stands(at) && held.get(at)?.page) at = nextOf(at);
    return at;
  };

  const goTo = async (url, options) => {
    const mine = { url };
    goal = mine;
    while (goal === mine) {
      const entry = get(url);
      if (!entry.page && !entry.gone) {
        const timer = window.setTimeout(() => goal === mine && wait(), CALM_MS);
        await entry.done;
        window.clearTimeout(timer);
        if (goal !== mine) return;
      }
      if (entry.page) {
        goal = null;
        show(url, entry, options);
      } else if (entry.gone) {
        held.delete(url);
        leave(reading().dataset.queue, { end: true });
      } else {
        wait();
        await pause(AGAIN_MS);
      }
    }
  };

  const goOn = (next) => {
    const url = following(next);
    if (url) goTo(url);
    else leave(reading().dataset.queue, { end: true });
  };

  // Voting and taking back

  const remember = (vote) => {
    answers.set(vote.page, { id: vote.id, button: vote.button, note: vote.note, withdrawn: false });
    stack.push(vote);
  };

  const vote = (form, button) => {
    const page = reading();
    if (votes.full) {
      const words = `${votes.count} votes are kept here, the most there can be. Go on when the connection is back.`;
      const line = document.createElement("p");
      line.className = "message message-warning";
      line.textContent = words;
      document.getElementById("messages").replaceChildren(line);
      return;
    }
    const url = page.dataset.here;
    const cast = {
      id: votes.newId(),
      url,
      page: url,
      fields: [...new FormData(form, button)].filter(([name]) => name !== "csrfmiddlewaretoken"),
      decided: page.dataset.decided === "yes",
      name: page.dataset.name,
      withdraw: page.dataset.withdraw,
      button: [button.name, button.value],
      answer: inWords(button),
      note: form.elements.note.value,
    };
    votes.keep(cast);
    if (!held.has(url)) held.set(url, { page: document.cloneNode(true), gone: false, at: 0, done: Promise.resolve() });
    remember(cast);
    if (!cast.decided) recount(1);
    news = `${said(cast.answer)}. `;
    goOn(page.dataset.next);
  };

  const withdrawal = (of, url, seen) => ({
    id: votes.newId(),
    url: of.withdraw,
    page: url,
    fields: [["member", document.querySelector("#undo [name=member]").value], ...(seen ? [["seen", seen]] : [])],
    name: of.name,
    takesBack: of.id ?? "",
  });

  const undo = async () => {
    await resumed;
    const top = stack.pop();
    news = "Taken back. ";
    if (top) {
      const back = withdrawal(top, top.page, top.id);
      votes.takeBack(top, back);
      answers.set(top.page, { ...answers.get(top.page), id: back.id, withdrawn: true, sentAt: 0 });
      for (let at = stack.length - 1; at >= 0; at -= 1) if (stack[at].page === top.page) stack.splice(at, 1);
      if (base?.url === top.page) base = null;
      recount(-1);
      goTo(top.page);
    } else if (base && !base.released) {
      const of = { ...base, name: base.words.querySelector("bdi")?.textContent ?? "" };
      base = null;
      await votes.takeBack({}, withdrawal(of, of.url));
      // Only the server knows what came before.
      leave(of.url, { url: of.url });
    }
  };

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.id === "undo") {
      event.preventDefault();
      undo();
    } else if (form.id === "vote" && event.submitter?.name) {
      event.preventDefault();
      // On the way to another record a key means nothing yet. A vote says what its page showed, so that comes first.
      const { submitter } = event;
      resumed.then(() => !goal && form.isConnected && vote(form, submitter));
    }
  });

  // The second click of a double click would fall on the next record.
  document.addEventListener(
    "click",
    (event) => {
      if (event.detail > 1 && event.target.closest("#vote button")) event.preventDefault();
    },
    true,
  );

  document.addEventListener("click", (event) => {
    const link = event.target.closest("#reading .decision-note a[data-key]");
    if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    goTo(pathOf(link.href));
  });

  window.addEventListener("popstate", () => {
    if (pathOf(window.location.href).includes("/records/")) goTo(pathOf(window.location.href), { push: false });
    else window.location.reload();
  });

  const answerOf = (id) => [...answers].find(([, answer]) => answer.id === id) ?? [];
  document.addEventListener("votes:sent", (event) => {
    const [, answer] = answerOf(event.detail.id);
    if (answer) answer.sentAt = performance.now();
  });

  document.addEventListener("votes:refused", (event) => {
    refusals += 1;
    const [url, answer] = answerOf(event.detail.id);
    if (!answer) return;
    answers.delete(url);
    held.delete(url);
    const at = stack.findIndex((one) => one.id === event.detail.id);
    if (at >= 0 && !stack[at].decided) recount(-1);
    if (at >= 0) stack.splice(at, 1);
    writeLast();
  });

  document.addEventListener("votes:changed", () => {
    if (document.querySelector("#reading [data-why]")) wait();
  });
  window.addEventListener("online", lookAhead);

  // Of the rows kept here, those the server wrote this page without. It names the newest act that it knew, and they are sent
  // in their order. Where that is none of them, what was sent before this page was asked for is known.
  const unknownTo = (rows, newest) => {
    const at = rows.findLastIndex((row) => row.id === newest);
    if (at >= 0) return rows.slice(at + 1);
    const asked = performance.timeOrigin + (performance.getEntriesByType("navigation")[0]?.requestStart ?? 0);
    return rows.filter((row) => !row.sentAt || row.sentAt >= asked);
  };

  // What was answered before this page was opened, and it does not know of, is as if it had been answered here.
  const resume = async () => {
    base = readBase();
    held.set(reading().dataset.here, { page: document.cloneNode(true), gone: false, at: 0, done: Promise.resolve() });
    const { queue: place, newest } = reading().dataset;
    const before = new Set();
    const decided = new Map();
    const rows = (await votes.withSent()).filter((row) => row.page.startsWith(place));
    for (const row of unknownTo(rows, newest)) {
      if (stack.some((one) => one.id === row.id)) continue;
      if (!before.has(row.page)) decided.set(row.page, row.button ? row.decided : true);
      before.add(row.page);
      if (row.button) {
        remember(row);
      } else {
        const at = stack.findLastIndex((one) => one.id === row.takesBack);
        if (at >= 0) stack.splice(at, 1);
        answers.set(row.page, { id: row.id, button: ["", ""], note: "", withdrawn: true });
      }
      if (row.sentAt) answers.get(row.page).sentAt = performance.now();
    }
    if (answers.has(base?.url)) base = null;
    let by = 0;
    for (const [url, was] of decided) by += Number(stands(url)) - Number(was);
    recount(by);
    if (goal) return;
    writeAnswer(reading(), reading().dataset.here, 0);
    writeLast();
    lookAhead();
  };
  // Where nothing can be read of what is kept, the page is as the server wrote it.
  const resumed = resume().catch(() => {});
})();

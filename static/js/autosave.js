// form[data-autosave]: every change is stored within a second, and the field says how far it is:
// typing, saving, saved 10:02, waiting (kept here, sent again), refused (why, text kept).
// A cell is the [data-cell] round the field, or the field alone; data-cell="<id>" makes an element part of the cell with that
// id, as rows of a table are. What is sent when, and what an answer means, is decided in autosave-machine.js; here are the
// controls, the words, the requests, the clock and this browser's store. Sent: the controls of the cell, the hidden inputs
// outside all cells, changed=<name>, and in the hidden input of the cell whose name ends in -seen the version that was on the
// screen. A refusal may say at which controls. A [data-url] on the cell replaces the form's address. data-draft="<key>" on the
// form also keeps unsent text in this browser, for this account (body data-account), until it is stored, and a minute longer:
// a page that the server wrote just before knows nothing of it.
(() => {
  const PATIENCE = 15000;
  const LARGEST_KEEPALIVE = 60000;
  const UNTYPED = ["file", "submit", "button", "reset", "image"];
  const machine = window.autosaveMachine;
  const cells = new Map();
  const passed = new WeakSet();

  const badge = document.getElementById("unsynced");
  const announcer = document.getElementById("status");
  const say = (text) => {
    if (announcer) announcer.textContent = text;
  };

  // What belongs to a cell

  const boxOf = (field) => {
    const box = field.closest("[data-cell]");
    return box?.dataset.cell ? document.getElementById(box.dataset.cell) : (box ?? field);
  };

  const controls = (cell) =>
    cell.box.matches("[data-cell]")
      ? [...cell.form.elements].filter((one) => one.name && boxOf(one) === cell.box)
      : [...cell.form.elements].filter((one) => one.name === cell.box.name);

  const seenField = (cell) => controls(cell).find((one) => one.type === "hidden" && one.name.endsWith("-seen"));

  const textOf = (cell) => {
    const names = new Set(controls(cell).map((one) => one.name));
    names.delete(seenField(cell)?.name);
    const pairs = [...new FormData(cell.form)];
    return new URLSearchParams(pairs.filter(([name, value]) => names.has(name) && typeof value === "string")).toString();
  };

  const fill = (cell, text) => {
    const given = new URLSearchParams(text);
    for (const one of controls(cell)) {
      const wanted = given.getAll(one.name);
      if (["checkbox", "radio"].includes(one.type)) one.checked = wanted.includes(one.value);
      else if (one.type === "select-multiple") for (const o of one.options) o.selected = wanted.includes(o.value);
      else if (wanted.length) one.value = wanted[0];
    }
  };

  const body = (cell, text, seen) => {
    const hidden = [...cell.form.elements].filter(
      (one) => one.type === "hidden" && one.name && !one.disabled && !one.closest("[data-cell]"),
    );
    const sent = new URLSearchParams(text);
    for (const one of hidden) if (one !== cell.box) sent.append(one.name, one.value);
    const field = seenField(cell);
    if (field) sent.append(field.name, seen);
    sent.append("changed", cell.changed);
    return sent;
  };

  const cellOf = (field) => {
    const form = field.form;
    if (!form?.matches("form[data-autosave]") || !field.name || UNTYPED.includes(field.type)) return null;
    const box = boxOf(field);
    if (!cells.has(box)) {
      const cell = { box, form, changed: field.name, timer: 0, kept: false };
      cell.state = { ...machine.start(textOf(cell), seenField(cell)?.value), online: navigator.onLine };
      cells.set(box, cell);
    }
    return cells.get(box);
  };

  // What the person sees

  const keeping = (cell) => (cell.kept ? "Your text is kept here." : "Leave this page open: your text is only on it.");
  const words = {
    typing: () => "typing",
    saving: () => "saving",
    saved: ({ state }) => (state.at ? `saved ${state.at}` : "saved") + (state.note ? `. ${state.note}` : ""),
    waiting: (cell) => `waiting: ${cell.state.why} ${keeping(cell)}`,
    refused: (cell) => `refused: ${cell.state.why} ${keeping(cell)}`,
  };

  const button = (label, act) => {
    const made = document.createElement("button");
    made.type = "button";
    made.className = "btn-quiet";
    made.textContent = label;
    made.addEventListener("click", act);
    return made;
  };

  // In a tab of its own: this page has the text.
  const signIn = () => {
    const link = document.createElement("a");
    Object.assign(link, { textContent: "Sign in", target: "_blank", rel: "noopener" });
    link.href = document.querySelector("[data-sign-in]")?.dataset.signIn ?? "/";
    return link;
  };

  const scopeOf = (cell) => (cell.box.matches("[data-cell]") ? cell.box : cell.box.parentElement);

  const statusOf = (cell) => {
    const scope = scopeOf(cell);
    let status = scope.querySelector(".cell-status");
    if (!status) {
      status = document.createElement("span");
      status.className = "cell-status";
      scope.append(status);
    }
    if (!status.id) {
      status.id = `cell-status-${[...cells.keys()].indexOf(cell.box)}`;
      for (const one of controls(cell)) {
        const others = one.getAttribute("aria-describedby");
        one.setAttribute("aria-describedby", others ? `${others} ${status.id}` : status.id);
      }
    }
    return status;
  };

  const count = () => {
    const states = [...cells.values()].filter((cell) => cell.box.isConnected).map((cell) => cell.state.shown);
    const unsent = states.filter((state) => ["typing", "saving", "waiting"].includes(state)).length;
    const refused = states.filter((state) => state === "refused").length;
    return { unsent, refused, stuck: refused + states.filter((state) => state === "waiting").length };
  };

  const showBadge = () => {
    if (!badge) return;
    const { unsent, refused, stuck } = count();
    badge.hidden = !document.querySelector("form[data-autosave]");
    badge.toggleAttribute("data-waiting", stuck > 0);
    const parts = [unsent ? `${unsent} to send` : "", refused ? `${refused} refused` : ""].filter(Boolean);
    const text = parts.join(", ") || "All saved";
    if (badge.textContent !== text) badge.textContent = text;
  };

  const show = (cell, before) => {
    const { shown, note, conflict, out } = cell.state;
    if (!shown) return;
    const text = words[shown](cell);
    const status = statusOf(cell);
    if (status.dataset.text !== text) {
      status.dataset.text = text;
      status.dataset.state = shown === "saved" && note ? "warning" : shown;
      status.textContent = text;
      if (shown === "waiting" && out) status.append(" ", signIn());
      if (conflict) status.append(" ", button("Store mine instead", () => feed(cell, { is: "insist" })));
      const worth = shown === "refused" || (shown === "saved" && note) || (shown === "waiting" && before !== "waiting");
      if (worth) say(text);
    }
    for (const one of controls(cell)) {
      const blamed = !cell.blamed?.length || cell.blamed.includes(one.name);
      if (shown === "refused" && blamed) one.setAttribute("aria-invalid", "true");
      else if (shown === "refused" || shown === "saved") one.removeAttribute("aria-invalid");
    }
    showBadge();
  };

  // Text kept in this browser until every page asked for has it

  const store = (act) => {
    try {
      return act(window.localStorage);
    } catch {
      return undefined; // A full or closed store must not stop the saving itself.
    }
  };

  // What is not stored yet is under draft:…, what was just stored under stored:…; drafts.js counts and sweeps them.
  const keyOf = (cell, as) => {
    const { draft } = cell.form.dataset;
    return draft ? `${as}:${document.body.dataset.account}:${draft}:${controls(cell)[0]?.name}` : "";
  };

  const keepDraft = (cell) => {
    const at = new Date().toTimeString().slice(0, 5);
    const kept = JSON.stringify({ at, changed: cell.changed, ...machine.draft(cell.state) });
    const key = keyOf(cell, "draft");
    cell.kept = Boolean(key) && store((storage) => storage.setItem(key, kept) ?? true) === true;
  };

  const dropDraft = (cell) => {
    const key = keyOf(cell, "draft");
    if (key) store((storage) => storage.removeItem(key));
  };

  const keepStored = (cell) => {
    dropDraft(cell);
    const key = keyOf(cell, "stored");
    const kept = JSON.stringify({ ...machine.draft(cell.state), stored: Date.now() });
    if (key && cell.state.over.length) store((storage) => storage.setItem(key, kept));
  };

  const keptAs = (cell, as) => {
    const kept = store((storage) => JSON.parse(storage.getItem(keyOf(cell, as)) ?? "null"));
    return typeof kept?.text === "string" ? { over: [], ...kept } : null;
  };

  const offer = (cell, kept) => {
    const place = document.createElement("p");
    place.className = "cell-kept";
    const stored = new URLSearchParams(cell.state.text);
    const typed = [...new URLSearchParams(kept.text)].filter(([name, value]) => !stored.getAll(name).includes(value));
    const choose = (act) => () => {
      place.remove();
      act();
    };
    place.append(
      `“${typed.map(([, value]) => value || "blank").join("”, “")}” was typed here at ${kept.at} and never stored. `,
      button("Use it", choose(() => {
        fill(cell, kept.text);
        typedInto(cell, true);
      })),
      " ",
      button("Discard it", choose(() => dropDraft(cell))),
    );
    scopeOf(cell).append(place);
  };

  const showSeen = (cell) => {
    const field = seenField(cell);
    if (field) field.value = cell.state.seen;
  };

  const takeUp = (cell) => {
    const kept = keptAs(cell, "draft") ?? keptAs(cell, "stored");
    if (!kept) return;
    const { does, state } = machine.resume(cell.state.text, cell.state.seen, kept);
    if (does === "drop") dropDraft(cell);
    else if (does === "ask") offer(cell, kept);
    else if (does === "show") {
      fill(cell, kept.text);
      cell.state = { ...state, online: navigator.onLine };
      showSeen(cell);
    } else {
      fill(cell, kept.text);
      cell.changed = kept.changed;
      cell.kept = true;
      cell.state = { ...state, online: navigator.onLine };
      feed(cell, { is: "commit" });
    }
  };

  // Carrying out what the machine says

  const post = async (cell, text, seen) => {
    const address = cell.box.dataset.url || cell.form.getAttribute("action") || window.location.href;
    const data = body(cell, text, seen);
    const token = cell.form.querySelector("input[name=csrfmiddlewaretoken]")?.value ?? "";
    const reply = await fetch(address, {
      method: "POST",
      body: data,
      headers: { Accept: "application/json", "X-CSRFToken": token },
      credentials: "same-origin",
      redirect: "manual",
      keepalive: data.toString().length < LARGEST_KEEPALIVE,
      signal: AbortSignal.timeout(PATIENCE),
    });
    if (reply.type === "opaqueredirect" || reply.status === 401) return { is: "expired" };
    if (reply.status >= 500 || reply.status === 429) return { is: "unanswered", why: "the server cannot store just now." };
    const json = reply.headers.get("Content-Type")?.includes("application/json");
    const answer = json ? await reply.json() : {};
    cell.blamed = answer.controls;
    const why = answer.message || `this may not be changed now (${reply.status}).`;
    if (reply.status === 403) return { is: "forbidden", why };
    if (!reply.ok || answer.state === "refused") return { is: "refused", why, seen: answer.seen };
    if (!json) return { is: "unanswered", why: "no answer from the server." };
    return { is: "saved", seen: answer.seen, at: answer.at, note: answer.message, answer };
  };

  const silence = { is: "unanswered", why: "no answer from the server." };

  const askForToken = async () => {
    const { signedOut, stranger } = await window.freshToken();
    return { is: (signedOut && "signedOut") || (stranger && "stranger") || "token" };
  };

  const carryOut = (cell, effect) => {
    if (effect.keep) keepDraft(cell);
    if (effect.rest) keepStored(cell);
    if (effect.still || effect.wait) window.clearTimeout(cell.timer);
    if (effect.wait) cell.timer = window.setTimeout(() => feed(cell, { is: effect.as }), effect.wait);
    if (effect.token) askForToken().catch(() => silence).then((event) => feed(cell, event));
    if (effect.post !== undefined) post(cell, effect.post, effect.seen).catch(() => silence).then((event) => feed(cell, event));
  };

  const feed = (cell, event) => {
    if (!cell.box.isConnected) return;
    const before = cell.state.shown;
    const [state, effects] = machine.step(cell.state, event);
    if (state === cell.state) return;
    cell.state = state;
    for (const effect of effects) carryOut(cell, effect);
    showSeen(cell);
    show(cell, before);
    if (event.answer) cell.box.dispatchEvent(new CustomEvent("autosave:saved", { bubbles: true, detail: event.answer }));
  };

  const all = (event) => {
    for (const cell of cells.values()) feed(cell, event);
  };
  const flush = () => all({ is: "commit" });

  const typedInto = (cell, settled) => {
    const text = textOf(cell);
    if (text !== cell.state.text) feed(cell, { is: "type", text });
    if (settled) feed(cell, { is: "commit" });
  };

  const touched = (event) => {
    const cell = cellOf(event.target);
    if (!cell) return;
    cell.changed = event.target.name;
    typedInto(cell, event.type === "change");
  };

  const isMoving = () =>
    [...cells.values()].some(({ state }) => state.sent !== null || state.asking || state.shown === "typing");

  const settled = async () => {
    const until = Date.now() + 5000;
    flush();
    while (isMoving() && Date.now() < until) await new Promise((resolve) => window.setTimeout(resolve, 50));
  };

  document.addEventListener("input", touched);
  document.addEventListener("change", touched);

  // Enter stores the field; it must not hand in the whole form.
  document.addEventListener("keydown", (event) => {
    const field = event.target;
    if (event.key !== "Enter" || !field.matches("input:not([type=submit], [type=button])")) return;
    if (!field.form?.matches("form[data-autosave]")) return;
    event.preventDefault();
    if (event.isComposing) return;
    flush();
    feed(cellOf(field), { is: "insist" });
  });

  // Whatever is handed in next must meet the stored values. On the window: before any other listener sees it.
  window.addEventListener(
    "submit",
    async (event) => {
      const form = event.target;
      if (passed.delete(form) || !isMoving() || form.method === "dialog") return;
      event.preventDefault();
      event.stopImmediatePropagation();
      const submitter = event.submitter;
      await settled();
      passed.add(form);
      form.requestSubmit(submitter);
    },
    true,
  );

  window.addEventListener("online", () => all({ is: "back" }));
  window.addEventListener("offline", () => all({ is: "offline" }));
  window.addEventListener("focus", () => all({ is: "look" }));
  document.addEventListener("visibilitychange", () =>
    all({ is: document.visibilityState === "hidden" ? "commit" : "look" }),
  );
  window.addEventListener("pagehide", flush);
  window.addEventListener("beforeunload", (event) => {
    flush();
    if (count().stuck) event.preventDefault();
  });

  const prepare = () => {
    for (const form of document.querySelectorAll("form[data-autosave]")) {
      for (const field of form.elements) {
        const known = cells.has(boxOf(field));
        const cell = field.type === "hidden" || known ? null : cellOf(field);
        if (cell && form.dataset.draft) takeUp(cell);
      }
    }
    showBadge();
  };
  prepare();
  document.addEventListener("htmx:load", prepare);
})();

// form[data-autosave]: every change is stored within a second, and the field says how far it is:
// typing, saving, saved 10:02, waiting (kept here, sent again), refused (why, text kept).
// A cell is the [data-cell] round the field, or the field alone. Sent: the controls of the cell, the hidden inputs outside
// all cells, and changed=<name>. A [data-url] on the cell replaces the form's address. data-draft="<key>" on the form also
// keeps unsent text in this browser until it is stored.
(() => {
  const PAUSE = 700;
  const PATIENCE = 15000;
  const LONGEST_WAIT = 30000;
  const LARGEST_KEEPALIVE = 60000;
  const cells = new Map();
  const passed = new WeakSet();

  const badge = document.getElementById("unsynced");
  const announcer = document.getElementById("status");
  const say = (text) => {
    if (announcer) announcer.textContent = text;
  };

  // What belongs to a cell

  const controls = (cell) =>
    cell.box.matches("[data-cell]")
      ? [...cell.form.elements].filter((one) => one.name && cell.box.contains(one))
      : [...cell.form.elements].filter((one) => one.name === cell.box.name);

  const values = (cell) => {
    const names = new Set(controls(cell).map((one) => one.name));
    return [...new FormData(cell.form)].filter(([name, value]) => names.has(name) && typeof value === "string");
  };

  const body = (cell) => {
    const hidden = [...cell.form.elements].filter(
      (one) => one.type === "hidden" && one.name && !one.disabled && !one.closest("[data-cell]"),
    );
    const sent = new URLSearchParams(values(cell));
    for (const one of hidden) if (one !== cell.box) sent.append(one.name, one.value);
    sent.append("changed", cell.changed);
    return sent;
  };

  const cellOf = (field) => {
    const form = field.form;
    if (!form?.matches("form[data-autosave]") || !field.name || field.type === "file") return null;
    const box = field.closest("[data-cell]") ?? field;
    if (!cells.has(box)) {
      cells.set(box, { box, form, changed: field.name, state: "", timer: 0, busy: false, again: false, tries: 0 });
    }
    return cells.get(box);
  };

  // What the person sees

  const words = {
    typing: () => "typing",
    saving: () => "saving",
    saved: (at) => (at ? `saved ${at}` : "saved"),
    waiting: (why) => `waiting: ${why}`,
    refused: (why) => `refused: ${why} Your text is kept here.`,
  };

  const statusOf = (cell) => {
    const scope = cell.box.matches("[data-cell]") ? cell.box : cell.box.parentElement;
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
    const states = [...cells.values()].filter((cell) => cell.box.isConnected).map((cell) => cell.state);
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

  const show = (cell, state, detail = "", note = "") => {
    const news = cell.state !== state;
    cell.state = state;
    const status = statusOf(cell);
    status.dataset.state = state === "saved" && note ? "warning" : state;
    const text = words[state](detail) + (note ? `. ${note}` : "");
    status.textContent = text;
    for (const one of controls(cell)) {
      if (state === "refused") one.setAttribute("aria-invalid", "true");
      else if (state === "saved") one.removeAttribute("aria-invalid");
    }
    if (state === "refused" || (state === "saved" && note) || (state === "waiting" && news)) say(text);
    showBadge();
  };

  // Text kept in this browser until the server has it

  const draftKey = (cell) =>
    cell.form.dataset.draft ? `draft:${cell.form.dataset.draft}:${controls(cell)[0]?.name}` : "";

  const keepDraft = (cell) => {
    const key = draftKey(cell);
    if (!key) return;
    const at = new Date().toTimeString().slice(0, 5);
    try {
      localStorage.setItem(key, JSON.stringify({ at, changed: cell.changed, values: values(cell) }));
    } catch {
      // A full or closed store must not stop the saving itself.
    }
  };

  const dropDraft = (cell) => {
    const key = draftKey(cell);
    if (key) localStorage.removeItem(key);
  };

  const fill = (cell, kept) => {
    for (const one of controls(cell)) {
      const wanted = kept.filter(([name]) => name === one.name).map(([, value]) => value);
      if (["checkbox", "radio"].includes(one.type)) one.checked = wanted.includes(one.value);
      else if (one.type === "select-multiple") for (const o of one.options) o.selected = wanted.includes(o.value);
      else if (wanted.length) one.value = wanted[0];
    }
  };

  const offerDraft = (cell) => {
    const kept = JSON.parse(localStorage.getItem(draftKey(cell)) ?? "null");
    if (!kept) return;
    if (JSON.stringify(kept.values) === JSON.stringify(values(cell))) return dropDraft(cell);
    const choice = (label, act) => {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "btn-quiet";
      button.textContent = label;
      button.addEventListener("click", () => {
        statusOf(cell).replaceChildren();
        act();
      });
      return button;
    };
    const text = kept.values.map(([, value]) => value).join(" ");
    const status = statusOf(cell);
    status.dataset.state = "waiting";
    status.replaceChildren(
      `“${text}” was typed here at ${kept.at} and never stored. `,
      choice("Use it", () => {
        fill(cell, kept.values);
        cell.changed = kept.changed;
        send(cell);
      }),
      " ",
      choice("Discard it", () => dropDraft(cell)),
    );
  };

  // Sending

  const retry = (cell, why) => {
    cell.tries += 1;
    show(cell, "waiting", why);
    window.clearTimeout(cell.timer);
    cell.timer = window.setTimeout(() => send(cell), Math.min(1000 * 2 ** cell.tries, LONGEST_WAIT));
  };

  const settle = (cell, answer, sent) => {
    cell.tries = 0;
    if (answer.state === "refused") {
      show(cell, "refused", answer.message || "it was not accepted.");
      cell.box.dispatchEvent(new CustomEvent("autosave:refused", { bubbles: true, detail: answer }));
      return;
    }
    cell.saved = sent;
    dropDraft(cell);
    show(cell, "saved", answer.at, answer.message);
    cell.box.dispatchEvent(new CustomEvent("autosave:saved", { bubbles: true, detail: answer }));
    // A listener may have noted in the cell which version is stored now.
    cell.saved = new URLSearchParams(values(cell)).toString();
  };

  const post = async (cell, data) => {
    const address = cell.box.dataset.url || cell.form.getAttribute("action") || window.location.href;
    const token = cell.form.querySelector("input[name=csrfmiddlewaretoken]")?.value ?? "";
    const response = await fetch(address, {
      method: "POST",
      body: data,
      headers: { Accept: "application/json", "X-CSRFToken": token },
      credentials: "same-origin",
      redirect: "manual",
      keepalive: data.toString().length < LARGEST_KEEPALIVE,
      signal: AbortSignal.timeout(PATIENCE),
    });
    if (response.type === "opaqueredirect" || response.status === 401) {
      return { why: "you are logged out. Log in in another tab." };
    }
    if (response.status >= 500) return { why: "the server cannot store just now. Your text is kept here." };
    const json = response.headers.get("Content-Type")?.includes("application/json");
    const answer = json ? await response.json() : {};
    if (response.ok) return json ? { answer } : { why: "no answer from the server." };
    const message = answer.message || `this may not be changed now (${response.status}).`;
    return { answer: { ...answer, state: "refused", message } };
  };

  const send = async (cell) => {
    window.clearTimeout(cell.timer);
    if (!cell.box.isConnected) return;
    if (cell.busy) {
      cell.again = true;
      return;
    }
    const sent = new URLSearchParams(values(cell)).toString();
    if (sent === cell.saved) return show(cell, "saved", cell.at);
    if (!navigator.onLine) return retry(cell, "no network. Your text is kept here.");
    cell.busy = true;
    show(cell, "saving");
    let outcome;
    try {
      outcome = await post(cell, body(cell));
    } catch {
      outcome = { why: "no answer from the server. Your text is kept here." };
    }
    cell.busy = false;
    if (cell.again || new URLSearchParams(values(cell)).toString() !== sent) {
      cell.again = false;
      if (outcome.answer?.state === "saved") cell.saved = sent;
      if (cell.state !== "typing") await send(cell);
    } else if (outcome.answer) {
      cell.at = outcome.answer.at ?? cell.at;
      settle(cell, outcome.answer, sent);
    } else {
      retry(cell, outcome.why);
    }
  };

  const flush = () => {
    for (const cell of cells.values()) if (cell.state === "typing") send(cell);
  };

  const touched = (event, pause) => {
    const cell = cellOf(event.target);
    if (!cell) return;
    cell.changed = event.target.name;
    const now = new URLSearchParams(values(cell)).toString();
    if (event.type === "change" && now === cell.saved && !cell.busy) return;
    keepDraft(cell);
    show(cell, "typing");
    window.clearTimeout(cell.timer);
    cell.timer = window.setTimeout(() => send(cell), pause);
  };

  const settled = async () => {
    const until = Date.now() + 5000;
    flush();
    while (Date.now() < until) {
      const moving = [...cells.values()].some((cell) => cell.busy || cell.state === "typing");
      if (!moving) return;
      await new Promise((resolve) => window.setTimeout(resolve, 50));
    }
  };

  document.addEventListener("focusin", (event) => {
    const cell = event.target.form && cellOf(event.target);
    if (cell && cell.saved === undefined) cell.saved = new URLSearchParams(values(cell)).toString();
  });
  document.addEventListener("input", (event) => touched(event, PAUSE));
  document.addEventListener("change", (event) => touched(event, 0));

  // Enter stores the field; it must not hand in the whole form.
  document.addEventListener("keydown", (event) => {
    const field = event.target;
    if (event.key !== "Enter" || !field.matches("form[data-autosave] input:not([type=submit], [type=button])")) return;
    event.preventDefault();
    if (!event.isComposing) flush();
  });

  // Whatever is handed in next must meet the stored values. On the window: before any other listener sees it.
  window.addEventListener(
    "submit",
    async (event) => {
      const form = event.target;
      const moving = [...cells.values()].some((cell) => cell.busy || cell.state === "typing");
      if (passed.delete(form) || !moving || form.method === "dialog") return;
      event.preventDefault();
      event.stopImmediatePropagation();
      const submitter = event.submitter;
      await settled();
      passed.add(form);
      form.requestSubmit(submitter);
    },
    true,
  );

  window.addEventListener("online", () => {
    for (const cell of cells.values()) if (cell.state === "waiting") send(cell);
  });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") flush();
  });
  window.addEventListener("pagehide", flush);
  window.addEventListener("beforeunload", (event) => {
    flush();
    if (count().stuck) event.preventDefault();
  });

  const prepare = () => {
    showBadge();
    for (const form of document.querySelectorAll("form[data-autosave][data-draft]")) {
      for (const field of form.elements) {
        const cell = field.type === "hidden" ? null : cellOf(field);
        if (cell && !cell.offered) {
          cell.offered = true;
          offerDraft(cell);
        }
      }
    }
  };
  prepare();
  document.addEventListener("htmx:load", prepare);
})();

// How one cell is stored, without a page, a clock or a network: autosaveMachine.step(state, event) returns the next state
// and the effects, which autosave.js carries out. At most one request of a cell is under way. What was sent and never
// answered may be stored or not, so it is sent again, the same, before anything newer: the server then says which version
// is stored, and a newer text is never taken for another window's. A text is what the cell's controls hold, url-encoded.
//
// State     text, what the controls hold · stored, the text the server has (null: not known) · seen, its version there ·
//           over, the versions known to be replaced · sent, under way · doubt, sent and not answered · asking, a
//           token under way · timer, "pause" after a key or "again" after a failure · due, to be sent when the request under
//           way is answered · out, signed out · refused, the text refused
// Events    type {text} · commit (left, chosen, Enter, page hidden) · insist (store mine all the same) · pause, again (the
//           timer ran out) · saved {seen, at, note} · refused {why, seen} · unanswered {why} · expired, forbidden {why} ·
//           token, signedOut, stranger · offline, back (of the network) · look (the person is back at the page)
// Effects   { post, seen } · { token } · { wait, as } · { still } (no timer) · { keep } (in this browser) · { rest } (nothing
//           is left to send)
(() => {
  const PAUSE = 700;
  const FIRST_WAIT = 1000;
  const LONGEST_WAIT = 30000;
  const MOST_OVER = 50;
  const OFFLINE = "no network.";
  const SIGNED_OUT = "you are signed out.";
  const STRANGER = "somebody else is signed in here.";

  const start = (text, seen = "") => ({
    text, stored: text, seen, over: [], sent: null, doubt: null, asking: false, timer: "", due: false, tries: 0,
    renewed: false, out: "", online: true, refused: null, conflict: false, shown: "", why: "", at: "", note: "",
  });

  const replaced = ({ seen, over }, by) =>
    by === undefined || by === seen ? { seen, over } : { seen: by, over: [...over.slice(1 - MOST_OVER), seen] };

  const clean = (state) => state.text === state.stored && state.sent === null && state.doubt === null;
  const idle = (state) => state.sent === null && !state.asking;

  const rest = (state) => [
    { ...state, timer: "", due: false, tries: 0, refused: null, conflict: false, shown: state.shown && "saved" },
    [{ still: true }, { rest: true }],
  ];

  // Sends what comes next, now.
  const send = (state) => {
    if (clean(state) && !state.asking) return rest(state);
    if (!idle(state)) return [{ ...state, due: true, timer: "" }, [{ still: true }]];
    if (!state.online) return later(state, OFFLINE);
    const next = { ...state, timer: "", due: false, refused: null, conflict: false };
    if (state.out) return [{ ...next, asking: true }, [{ still: true }, { token: true }]];
    const post = state.doubt ?? state.text;
    return [{ ...next, sent: post, shown: "saving" }, [{ still: true }, { keep: true }, { post, seen: state.seen }]];
  };

  // Tries again after a while, the longer the oftener it failed. A pause that runs already is soon enough.
  const later = (state, why) => {
    const tries = state.tries + 1;
    const next = { ...state, asking: false, due: false, renewed: false, tries, why };
    if (clean(next)) return rest(next);
    if (state.timer === "pause") return [{ ...next, shown: "typing" }, [{ keep: true }]];
    const wait = Math.min(FIRST_WAIT * 2 ** tries, LONGEST_WAIT);
    return [{ ...next, shown: "waiting", timer: "again" }, [{ keep: true }, { wait, as: "again" }]];
  };

  // After an answer: what was typed meanwhile goes on its way at once if its pause is over.
  const goOn = (state) => {
    if (clean(state)) return rest(state);
    if (state.timer === "pause" && !state.due) return [{ ...state, shown: "typing" }, [{ keep: true }]];
    return send(state);
  };

  const stop = (state, why, seen) => [
    {
      ...state, ...replaced(state, seen), timer: "", due: false, refused: state.text, conflict: seen !== undefined,
      stored: seen === undefined ? state.stored : null, shown: "refused", why,
    },
    [{ still: true }, { keep: true }],
  ];

  const events = {
    type: (state, { text }) => {
      const next = { ...state, text };
      if (clean(next) && !next.asking) return rest({ ...next, shown: "saved" });
      return [
        { ...next, refused: null, conflict: false, timer: "pause", shown: "typing" },
        [{ keep: true }, { wait: PAUSE, as: "pause" }],
      ];
    },
    commit: (state) => (state.refused === null && !clean(state) ? send(state) : [state, []]),
    insist: (state) => (state.refused !== null ? send({ ...state, refused: null }) : [state, []]),
    pause: (state) => (state.timer === "pause" ? send({ ...state, timer: "" }) : [state, []]),
    again: (state) => (state.timer === "again" ? send({ ...state, timer: "" }) : [state, []]),
    look: (state) => (state.shown === "waiting" && idle(state) ? send(state) : [state, []]),
    offline: (state) => [{ ...state, online: false }, []],
    back: (state) => events.look({ ...state, online: true, tries: 0 }),

    saved: (state, { seen, at = "", note = "" }) => {
      if (state.sent === null) return [state, []];
      const now = { stored: state.sent, ...replaced(state, seen), at, note };
      return goOn({ ...state, ...now, sent: null, doubt: null, tries: 0, renewed: false, shown: "saved" });
    },
    refused: (state, { why, seen }) => {
      if (state.sent === null) return [state, []];
      const next = { ...state, sent: null, doubt: null, tries: 0, renewed: false };
      // Another window's value is overwritten only by what the person does after hearing of it.
      if (seen !== undefined || next.text === state.sent) return stop(next, why, seen);
      return goOn(next);
    },
    unanswered: (state, { why }) => {
      if (idle(state)) return [state, []];
      return later({ ...state, doubt: state.sent ?? state.doubt, sent: null }, why);
    },
    // Turned away before anything was stored: the session is over, or the token of the page is from before it.
    expired: (state) => {
      if (state.sent === null) return [state, []];
      if (state.renewed) return later({ ...state, sent: null, out: SIGNED_OUT }, SIGNED_OUT);
      return [{ ...state, sent: null, asking: true }, [{ token: true }]];
    },
    forbidden: (state, { why }) => {
      if (state.sent === null) return [state, []];
      if (state.renewed) return stop({ ...state, sent: null, renewed: false }, why);
      return [{ ...state, sent: null, asking: true }, [{ token: true }]];
    },
    token: (state) => {
      if (!state.asking) return [state, []];
      return send({ ...state, asking: false, out: "", renewed: true });
    },
    signedOut: (state) => (state.asking ? later({ ...state, out: SIGNED_OUT }, SIGNED_OUT) : [state, []]),
    stranger: (state) => (state.asking ? later({ ...state, out: STRANGER }, STRANGER) : [state, []]),
  };

  const step = (state, event) => events[event.is](state, event);

  // The server trims and normalises, so texts that differ in that alone are the same.
  const plain = (text) =>
    JSON.stringify([...new URLSearchParams(text)].map((pair) => pair.map((one) => one.normalize("NFC").replace(/\r\n/g, "\n").trim())));
  const same = (one, other) => plain(one) === plain(other);

  // What this browser keeps of a cell. While another window's value is in the way no version counts as seen.
  const draft = ({ text, seen, over, sent, doubt, conflict }) => ({
    text, seen: conflict ? null : seen, over, sent: sent ?? doubt,
  });

  // A page is opened and this browser kept something of the cell. The server may have written the page before a text that
  // it stored since: what the page shows was then replaced from here. A draft is taken up again where nobody else stored
  // anything since, or where what is stored is what this browser sent; else the person is asked.
  const resume = (text, seen, kept) => {
    const fresh = start(text, seen);
    const under = kept.sent ?? null;
    const overtaken = kept.seen !== null && kept.over.includes(seen);
    if (kept.stored) {
      if (!overtaken) return { does: "drop", state: fresh };
      return { does: "show", state: { ...start(kept.text, kept.seen), over: kept.over } };
    }
    const lost = under !== null && !same(under, text);
    if (same(kept.text, text) && !overtaken && !(lost && kept.seen === seen)) return { does: "drop", state: fresh };
    const taken = { ...fresh, text: kept.text, shown: "typing" };
    if (overtaken) return { does: "take", state: { ...taken, stored: null, seen: kept.seen, over: kept.over, doubt: under } };
    if (kept.seen === seen) return { does: "take", state: { ...taken, over: kept.over, doubt: under } };
    return { does: under !== null && !lost ? "take" : "ask", state: taken };
  };

  window.autosaveMachine = { start, step, draft, resume, clean };
})();

// Every order of what can happen to one cell, tried on autosave-machine.js: a world is the cell, its server, what is on the
// wire, this browser's store, the session and the network. autosaveOrders(depth) goes through all worlds that so many events
// lead to (each world once, however it is reached), checks after each event what must always hold, and from each world lets
// everything come right again and checks that the server has what was typed.
window.autosaveOrders = (depth) => {
  const machine = window.autosaveMachine;
  const START = "t=";
  const LETTERS = 3;

  const begin = {
    cell: machine.start(START, "0"), typed: START, letters: 0, timer: "", wire: null, asking: false, late: [],
    kept: null, keptStored: null, written: null, server: { text: START, version: 0, mine: true }, session: true,
    fresh: true, net: true, others: 0, told: "", broken: "",
  };

  const wrong = (text) => text.endsWith("!");
  const breaks = (world, what) => (world.broken ? world : { ...world, broken: what });

  const carryOut = (world, effect) => {
    if (effect.keep) return { ...world, kept: machine.draft(world.cell) };
    if (effect.rest) {
      const keptStored = world.cell.over.length ? { ...machine.draft(world.cell), stored: 1 } : world.keptStored;
      return { ...world, kept: null, keptStored };
    }
    if (effect.still) return { ...world, timer: "" };
    if (effect.wait) return { ...world, timer: effect.as };
    const busy = world.wire !== null || world.asking ? breaks(world, "two requests of one cell at once") : world;
    if (effect.token) return { ...busy, asking: true };
    return { ...busy, wire: { text: effect.post, seen: effect.seen, asked: world.told === "acted" } };
  };

  const feed = (world, event) => {
    const [cell, effects] = machine.step(world.cell, event);
    return effects.reduce(carryOut, { ...world, cell });
  };

  // The server

  const store = (world, { text, seen, asked }) => {
    const { server } = world;
    if (wrong(text)) return [world, { is: "refused", why: "it cannot be." }];
    if (text === server.text) return [world, { is: "saved", seen: String(server.version) }];
    if (seen !== String(server.version)) {
      return [world, { is: "refused", why: "another window.", seen: String(server.version) }];
    }
    const checked = !server.mine && !asked ? breaks(world, "another's value overwritten unasked") : world;
    const next = { text, version: server.version + 1, mine: true };
    return [{ ...checked, server: next }, { is: "saved", seen: String(next.version) }];
  };

  const answered = (world) => {
    const { wire } = world;
    const off = { ...world, wire: null };
    if (!world.session) return feed(off, { is: "expired" });
    if (!world.fresh) return feed(off, { is: "forbidden", why: "not now." });
    const [after, answer] = store(off, wire);
    if (answer.is === "refused" && answer.seen !== undefined) {
      const heard = after.server.mine ? breaks(after, "its own user refused") : { ...after, told: "told" };
      return feed(heard, answer);
    }
    return feed(after, answer);
  };

  const arrives = (world, request) => (world.session && !wrong(request.text) ? store(world, request)[0] : world);

  // What the person does

  const acts = (world) => (world.told === "told" ? { ...world, told: "acted" } : world);
  const writes = (world, text, letters) => feed({ ...acts(world), typed: text, letters }, { is: "type", text });

  // The page that the server wrote when it was asked for one, which may be a while ago.
  const opened = (world) => {
    const written = world.written ?? world.server;
    const kept = world.kept ?? world.keptStored;
    const page = { ...world, wire: null, asking: false, timer: "", fresh: true, written: null };
    const cell = machine.start(written.text, String(written.version));
    const shown = { ...page, cell, typed: written.text, told: written.mine ? world.told : "told" };
    if (!kept) return shown;
    const { does, state } = machine.resume(written.text, String(written.version), kept);
    if (does === "drop") return { ...shown, kept: null };
    if (does === "show") return { ...shown, cell: state, typed: kept.text, told: world.told };
    if (does === "take") return feed({ ...shown, cell: state, typed: kept.text, told: world.told }, { is: "commit" });
    return feed(writes(shown, kept.text, world.letters), { is: "commit" });
  };

  const happens = {
    type: (world) => world.letters < LETTERS && writes(world, `${world.typed}${"abc"[world.letters]}`, world.letters + 1),
    mistype: (world) => world.letters < LETTERS && writes(world, `${world.typed}!`, world.letters + 1),
    erase: (world) => world.typed.length > 2 && writes(world, world.typed.slice(0, -1), world.letters),
    blur: (world) => feed(world, { is: "commit" }),
    insist: (world) => world.cell.refused !== null && feed(acts(world), { is: "insist" }),
    look: (world) => feed(world, { is: "look" }),
    time: (world) => world.timer && feed({ ...world, timer: "" }, { is: world.timer }),
    answer: (world) => world.wire && world.net && answered(world),
    "lost before": (world) => world.wire && feed({ ...world, wire: null }, { is: "unanswered", why: "none." }),
    "lost after": (world) =>
      world.wire && world.fresh && feed({ ...arrives(world, world.wire), wire: null }, { is: "unanswered", why: "none." }),
    delayed: (world) =>
      world.wire && world.late.length < 2 &&
      feed({ ...world, wire: null, late: [...world.late, world.wire] }, { is: "unanswered", why: "none." }),
    late: (world) => world.late.length && arrives({ ...world, late: world.late.slice(1) }, world.late[0]),
    barred: (world) => world.wire && world.session && world.net && feed({ ...world, wire: null }, { is: "forbidden", why: "no." }),
    told: (world) => {
      if (!world.asking) return null;
      const heard = { ...world, asking: false };
      if (!world.net) return feed(heard, { is: "unanswered", why: "none." });
      return world.session ? feed({ ...heard, fresh: true }, { is: "token" }) : feed(heard, { is: "signedOut" });
    },
    stranger: (world) => world.asking && world.net && feed({ ...world, asking: false }, { is: "stranger" }),
    "signed out": (world) => world.session && { ...world, session: false },
    "signed in": (world) => !world.session && { ...world, session: true, fresh: false },
    offline: (world) => world.net && feed({ ...world, net: false }, { is: "offline" }),
    back: (world) => !world.net && feed({ ...world, net: true }, { is: "back" }),
    other: (world) =>
      !world.others && !world.written && {
        ...world, others: 1, told: "", server: { text: "t=other", version: world.server.version + 1, mine: false },
      },
    // Not together with another window: a page older than both may ask for what is one's own. Nothing is lost by it.
    "page written": (world) => !world.others && world.net && world.session && !world.written && { ...world, written: world.server },
    reload: (world) => {
      if (!world.net || !world.session || world.late.length > 1) return null;
      const left = feed(world, { is: "commit" });
      return opened(left.wire ? { ...left, late: [...left.late, left.wire] } : left);
    },
  };

  // What must always hold

  const check = (world) => {
    const { cell, kept, timer, wire, asking } = world;
    if (cell.text !== world.typed) return breaks(world, "the cell forgot what was typed");
    if (!machine.clean(cell) && kept?.text !== cell.text) return breaks(world, "what was typed is not kept");
    const moves = timer || wire || asking;
    if (["typing", "saving", "waiting"].includes(cell.shown) && !moves) return breaks(world, `${cell.shown} for ever`);
    if (!machine.clean(cell) && !moves && cell.shown !== "refused") return breaks(world, "nothing is going to be sent");
    return world;
  };

  const settle = (start) => {
    let world = happens.back(start) || start;
    world = happens["signed in"](world) || world;
    for (let turn = 0; turn < 40 && !world.broken; turn += 1) {
      if (world.wire) world = happens.answer(world);
      else if (world.asking) world = happens.told(world);
      else if (world.timer) world = happens.time(world);
      else if (world.cell.shown === "refused") world = wrong(world.typed) ? happens.erase(world) : happens.insist(world);
      else break;
      world = check(world);
    }
    return world;
  };

  const comesRight = (start) => {
    const early = start.late.reduce((world, request) => arrives(world, request), { ...start, late: [] });
    for (const from of [start, early]) {
      const calm = settle(from);
      const world = calm.late.reduce((now, request) => arrives(now, request), calm);
      const { cell, server, kept } = world;
      if (world.broken) return world.broken;
      if (!["", "saved"].includes(cell.shown)) return `${cell.shown} at the end`;
      if (cell.stored !== cell.text) return "the last text was not sent";
      if (server.mine && server.text !== cell.text) return `the server has ${server.text}, typed was ${cell.text}`;
      if (kept) return "kept although it is stored";
      if (world.told === "acted" && server.text !== cell.text) return "said to be saved over another's answer that stands";
    }
    return "";
  };

  const seen = new Map([[JSON.stringify(begin), ""]]);
  const failures = [];
  let edge = [[begin, ""]];
  let orders = 0;
  for (let length = 1; length <= depth && !failures.length; length += 1) {
    const next = [];
    for (const [world, path] of edge) {
      for (const [name, act] of Object.entries(happens)) {
        const raw = act(world);
        if (!raw) continue;
        orders += 1;
        const after = check(raw);
        const key = JSON.stringify(after);
        if (seen.has(key)) continue;
        seen.set(key, "");
        const way = path ? `${path} · ${name}` : name;
        const problem = after.broken || comesRight(after);
        if (problem) failures.push(`${problem}: ${way}`);
        if (failures.length > 20) return { orders, worlds: seen.size, failures };
        next.push([after, way]);
      }
    }
    edge = next;
  }
  return { orders, worlds: seen.size, failures };
};

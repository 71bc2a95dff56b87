// Votes are kept in this browser (IndexedDB, up to 200) from the key until the server has them: over a lost connection, a
// closed tab, an ended session and a new sign-in. Each has an id, which the server remembers, so a vote sent twice is one
// vote. They are sent one at a time in their order, by one tab, and only while the person who cast them is signed in.
// What the server took stays readable for a minute: a page asked for before that may not know of it. It is removed by the
// next page of an account that is open or opened.
// window.keptVotes: newId(), keep(vote), takeBack(vote, withdrawal), mine(), withSent(), sent(), send(), signIn(), count,
// full, standing. A vote is { id, url, fields, …}.
// Events on the document: votes:changed (count, standing), votes:sent and votes:refused (the vote).
(() => {
  const me = document.body.dataset.account;
  const line = document.getElementById("kept");
  if (!me || !line) return;
  const MOST = 200;
  const AGAIN_MS = { offline: 3000, "signed out": 10000 };
  const PATIENCE_MS = 15000;
  const READABLE_MS = 60000;
  const LARGEST_KEEPALIVE = 60000;
  const NAME = "ifi-votes";

  // What is kept: in the database of the browser or, where it stores nothing, in this page alone.

  let memory = null;
  const opened = new Promise((resolve) => {
    const request = window.indexedDB?.open(NAME, 1);
    if (!request) return resolve(null);
    request.onupgradeneeded = () => request.result.createObjectStore("votes", { keyPath: "seq", autoIncrement: true });
    request.onsuccess = () => {
      request.result.onversionchange = () => request.result.close();
      resolve(request.result);
    };
    request.onerror = () => resolve(null);
    request.onblocked = () => resolve(null);
    return undefined;
  }).catch(() => null);

  const inDatabase = (database, start) =>
    new Promise((resolve, reject) => {
      const act = database.transaction("votes", "readwrite", { durability: "strict" });
      const result = {};
      act.oncomplete = () => resolve(result.value);
      act.onabort = () => reject(act.error);
      start(act.objectStore("votes"), result, act);
    });

  const isOld = (row) => row.sentAt < Date.now() - READABLE_MS;

  const workOn = (work) => (store, result, act) => {
    const all = store.getAll();
    all.onsuccess = () => {
      const remove = (row) => store.delete(row.seq);
      all.result.filter(isOld).forEach(remove);
      const mine = all.result.filter((row) => row.user === me && !isOld(row));
      const rows = mine.filter((row) => !row.sentAt);
      const sent = (row) => store.put({ ...row, sentAt: Date.now() });
      try {
        result.value = work(rows, { put: (row) => store.put(row), remove, sent }, mine);
      } catch {
        act.abort();
      }
    };
  };

  const inMemory = (work) => {
    const put = (row) => {
      const at = memory.findIndex((one) => one.id === row.id);
      if (at < 0) memory.push(row);
      else memory[at] = row;
    };
    const remove = (row) => {
      memory = memory.filter((one) => one.id !== row.id);
    };
    return work([...memory], { put, remove, sent: remove }, memory);
  };

  // Read and change what is kept of this person's in one step, which no other tab comes between.
  const change = async (work) => {
    const database = await opened;
    if (!memory && database) {
      try {
        return await inDatabase(database, workOn(work));
      } catch {
        // Full, or closed by the browser: go on with what can be read. What stays there as well is known by its id.
        const readable = await inDatabase(database, workOn((rows) => rows)).catch(() => []);
        memory ??= readable;
      }
    }
    memory ??= [];
    return inMemory(work);
  };

  // Written and committed at once, without a look at the others: the page may be left in the next moment.
  const add = async (row) => {
    const database = await opened;
    if (!memory && database) {
      try {
        return await inDatabase(database, (store, _, act) => {
          store.add(row);
          act.commit();
        });
      } catch {
        // As above.
      }
    }
    return change((rows, store) => void store.put(row));
  };

  // What the person sees

  let count = 0;
  let keptHere = 0;
  let standing = "";
  let token = document.querySelector("input[name=csrfmiddlewaretoken]")?.value ?? "";

  const say = (name, detail) => document.dispatchEvent(new CustomEvent(name, { detail }));

  const signIn = () => {
    const link = document.createElement("a");
    const here = window.location.pathname + window.location.search;
    link.href = `${line.dataset.signIn}?next=${encodeURIComponent(here)}`;
    link.textContent = "Sign in";
    return link;
  };

  const show = () => {
    line.hidden = !standing || !count;
    const words = [`${count} kept here`];
    if (standing === "signed out") words.push(" · ", signIn());
    if (memory) words.push(" · Leave this page open: this browser stores nothing");
    line.replaceChildren(...words);
    const votes = count === 1 ? "1 vote is" : `${count} votes are`;
    const were = count === 1 ? "was not sent; it is" : "were not sent; they are";
    for (const notice of document.querySelectorAll("[data-kept-notice]")) {
      notice.hidden = !count;
      notice.textContent = count ? `${votes} kept here and ${were} sent when you sign in again.` : "";
    }
  };

  let waiters = [];
  const tell = async () => {
    // A reading begun before a vote was kept does not know it: read again, so that the count never goes back.
    let before;
    let rows;
    do {
      before = keptHere;
      rows = await change((all) => all);
    } while (before !== keptHere);
    count = rows.length;
    if (!count) {
      standing = "";
      for (const resolve of waiters) resolve();
      waiters = [];
    }
    show();
    say("votes:changed", { count, standing });
  };

  const others = "BroadcastChannel" in window ? new BroadcastChannel(NAME) : null;
  others?.addEventListener("message", (event) => {
    if (event.data?.became) say(event.data.became, { id: event.data.id });
    tell();
  });

  const refused = (vote, message) => {
    const box = document.createElement("div");
    box.className = "message message-error";
    const words = document.createElement("p");
    const link = document.createElement("a");
    link.href = vote.page;
    link.textContent = vote.name;
    words.append("Not recorded: ", link, `. ${message}`);
    box.append(words);
    document.getElementById("messages").append(box);
  };

  // Sending

  const freshen = (value) => {
    if (!value) return;
    token = value;
    for (const field of document.querySelectorAll("input[name=csrfmiddlewaretoken]")) field.value = value;
  };

  const post = async (vote) => {
    const body = new URLSearchParams(vote.fields);
    body.set("request_id", vote.id);
    try {
      const reply = await fetch(vote.url, {
        method: "POST",
        body,
        headers: { Accept: "application/json", "X-CSRFToken": token },
        redirect: "manual",
        keepalive: body.toString().length < LARGEST_KEEPALIVE,
        signal: AbortSignal.timeout(PATIENCE_MS),
      });
      const json = reply.headers.get("Content-Type")?.startsWith("application/json");
      return { reply, answer: json ? await reply.json() : {} };
    } catch {
      return null;
    }
  };

  // What became of one vote: sent, refused (why), or why it has to wait.
  const deliver = async (vote) => {
    for (let tries = 0; tries < 2; tries += 1) {
      const got = await post(vote);
      if (!got || got.reply.status >= 500 || got.reply.status === 429) return { waits: "offline" };
      const { reply, answer } = got;
      if (reply.type === "opaqueredirect") return { waits: "signed out" };
      freshen(answer.token);
      if (reply.ok) return answer.state === "saved" ? { sent: true } : { waits: "offline" };
      // A refusal is about this vote only while the one who cast it is signed in.
      const now = await window.freshToken().catch(() => null);
      if (!now) return { waits: "offline" };
      if (!now.token) return { waits: "signed out" };
      token = now.token;
      // An old token is never the vote's fault; that its page is of another account may be, in a second answer.
      if (answer.code !== "old_token" && (tries || answer.code !== "other_member")) {
        return { refused: answer.message ?? "The server did not accept it; open the record and answer again." };
      }
    }
    return { waits: "offline" };
  };

  // From now on a vote may have reached the server, so it is withdrawn there and not taken out here.
  const first = () =>
    change((rows, store) => {
      if (rows.length && !rows[0].tried) store.put({ ...rows[0], tried: true });
      return rows[0];
    });

  const forget = (vote, outcome) =>
    change((rows, store) => rows.filter((row) => row.id === vote.id).forEach(outcome.sent ? store.sent : store.remove));

  let again = 0;
  const drain = async () => {
    for (let vote = await first(); vote; vote = await first()) {
      const outcome = await deliver(vote);
      if (outcome.waits) {
        standing = outcome.waits;
        window.clearTimeout(again);
        again = window.setTimeout(send, AGAIN_MS[outcome.waits]);
        return;
      }
      standing = "";
      await forget(vote, outcome);
      const became = outcome.sent ? "votes:sent" : "votes:refused";
      say(became, vote);
      if (!outcome.sent) refused(vote, outcome.refused);
      others?.postMessage({ became, id: vote.id });
      await tell();
    }
  };

  // One tab sends at a time. Where there are no locks two may: each sends the first that is kept, and the server knows ids.
  const alone = (work) => (navigator.locks && !memory ? navigator.locks.request(`${NAME}:${me}`, work) : work());

  let sending = false;
  let wanted = false;
  async function send() {
    wanted = true;
    if (sending) return;
    sending = true;
    while (wanted) {
      wanted = false;
      await alone(drain);
      await tell();
    }
    sending = false;
  }

  window.keptVotes = {
    get count() {
      return count;
    },
    get full() {
      return count >= MOST;
    },
    get standing() {
      return standing;
    },
    newId() {
      if (window.crypto.randomUUID) return window.crypto.randomUUID();
      // Only pages of secure origins are given the short way.
      const bytes = window.crypto.getRandomValues(new Uint8Array(16));
      bytes[6] = (bytes[6] & 0x0f) | 0x40;
      bytes[8] = (bytes[8] & 0x3f) | 0x80;
      const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
      return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
    },
    mine: () => change((rows) => rows),
    withSent: () => change((rows, store, all) => all),
    async keep(vote) {
      count += 1;
      keptHere += 1;
      await add({ ...vote, user: me });
      others?.postMessage({});
      send();
      show();
    },
    // Take out a vote that has not left this browser; one that may have is followed by its withdrawal.
    async takeBack(vote, withdrawal) {
      await change((rows, store) => {
        const row = rows.find((one) => one.id === vote.id);
        if (row && !row.tried && !row.decided) store.remove(row);
        else store.put({ ...withdrawal, user: me });
      });
      others?.postMessage({});
      await tell();
      send();
    },
    sent: () => (count || sending ? new Promise((resolve) => waiters.push(resolve)) : Promise.resolve()),
    signIn,
    send,
  };

  window.addEventListener("online", send);
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") send();
  });
  window.addEventListener("beforeunload", (event) => {
    if (memory?.length) event.preventDefault();
  });
  tell().then(() => {
    if (!count) return;
    standing = "kept";
    show();
    send();
  });
})();

// Parts of a page that show changes as they happen: one socket a page, by the protocol graphql-transport-ws.
//
// An element with data-live (the hash of a subscription) and data-live-with (its variables) gets the event "hr-live"
// when something has happened, with what the subscription shows in detail.data. An element with
// hx-trigger="hr-live" asks for itself again then; data-live-calm are milliseconds in which what happens is one
// event, and data-live-spread are further ones at most, by chance, so that not all who hear of something ask at once.
// While a part has no subscription, the event comes without data every half minute (data-live-poll: other seconds), and
// once when the subscription is back, because something may have been missed. A page that nobody looks at has no socket
// after a minute. "hr-connected" says that the server is there again.
(() => {
  const POLL = 30; // seconds between two events without a subscription
  const CALM = 250; // milliseconds in which what happens is reported at once
  const ENDED = 4403; // the session, or the right, has ended
  const ASLEEP = 60_000; // milliseconds after which a hidden page gives its socket up
  const PING = 30_000; // milliseconds between two questions whether the socket is alive
  const PONG = 10_000; // milliseconds in which the answer comes
  const LONGEST = 60_000; // milliseconds between two attempts

  let socket = null;
  let failures = 0;
  let again = 0;
  let sleeping = 0;
  let silent = 0;
  let wasOn = false;
  let next = 0;
  const running = new Map(); // key of a subscription to the id of its operation
  const refused = new Set(); // keys that the server does not serve
  const latest = new Map(); // key to the time of its last event, for polling
  const waiting = new Map();

  const parts = () => [...document.querySelectorAll("[data-live]")];
  const keyOf = (part) => `${part.dataset.live} ${part.dataset.liveWith || "{}"}`;
  const keys = () => new Set(parts().map(keyOf));
  const partsOf = (key) => parts().filter((part) => keyOf(part) === key);

  function tell(key, data) {
    latest.set(key, Date.now());
    for (const part of partsOf(key)) part.dispatchEvent(new CustomEvent("hr-live", { detail: { data } }));
  }

  const most = (key, name, least) => Math.max(least, ...partsOf(key).map((part) => +(part.dataset[name] || 0)));
  const calm = (key) => most(key, "liveCalm", CALM) + Math.random() * most(key, "liveSpread", 0);

  function all() { for (const key of keys()) tell(key, null); }

  // What comes within a moment is one event, so a pasted table is one request of those who look on.
  function hear(key, row) {
    if (!waiting.has(key)) {
      waiting.set(key, []);
      setTimeout(() => {
        const rows = waiting.get(key);
        waiting.delete(key);
        tell(key, rows);
      }, calm(key));
    }
    waiting.get(key).push(row);
  }

  // Polling, once a second for all: each part at its own pace, and none while it has a subscription or is not seen.
  setInterval(() => {
    if (document.hidden) return;
    for (const key of keys()) {
      if (running.has(key)) continue;
      const every = Math.min(...partsOf(key).map((part) => +(part.dataset.livePoll || POLL)));
      if (!latest.has(key)) latest.set(key, Date.now());
      else if (Date.now() - latest.get(key) >= every * 1000) tell(key, null);
    }
  }, 1000);

  const say = (message) => socket.send(JSON.stringify(message));

  /** Begins what is new on the page, and ends what is no longer on it. */
  function subscribe() {
    const wanted = keys();
    for (const [key, id] of running) {
      if (wanted.has(key)) continue;
      running.delete(key);
      say({ id, type: "complete" });
    }
    for (const key of wanted) {
      if (running.has(key) || refused.has(key)) continue;
      const id = String(next += 1);
      running.set(key, id);
      const [hash, variables] = [key.slice(0, 64), key.slice(65)];
      // What is short may have ended between the drawing of the page and now.
      if (partsOf(key).some((part) => +(part.dataset.livePoll || POLL) < 10)) setTimeout(() => tell(key, null), 1000);
      say({ id, type: "subscribe", payload: { variables: JSON.parse(variables), extensions: { persistedQuery: { version: 1, sha256Hash: hash } } } });
    }
  }

  const keyNamed = (id) => [...running].find((each) => each[1] === id)?.[0];

  function take(message) {
    clearTimeout(silent);
    silent = 0;
    if (message.type === "ping") say({ type: "pong" });
    const key = message.id && keyNamed(message.id);
    if (message.type === "next" && key && message.payload.data) hear(key, Object.values(message.payload.data)[0]);
    if (key && (message.type === "error" || message.type === "complete")) {
      running.delete(key);
      refused.add(key);
    }
    if (message.type !== "connection_ack") return;
    subscribe();
    document.documentElement.dataset.liveState = "on";
    if (wasOn || failures) {
      all();
      document.dispatchEvent(new CustomEvent("hr-connected"));
    }
    wasOn = true;
    failures = 0;
  }

  function connect() {
    clearTimeout(again);
    again = 0;
    if (socket || document.hidden || !keys().size) return;
    const mine = socket = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/graphql`, "graphql-transport-ws");
    mine.addEventListener("open", () => mine.send(JSON.stringify({ type: "connection_init" })));
    mine.addEventListener("message", ({ data }) => { if (mine === socket) take(JSON.parse(data)); });
    mine.addEventListener("close", ({ code }) => { if (mine === socket) lost(code); });
  }

  function lost(code) {
    socket = null;
    clearTimeout(silent);
    silent = 0;
    running.clear();
    refused.clear();
    delete document.documentElement.dataset.liveState;
    if (code === ENDED) session.look();
    failures += 1;
    const pause = code === ENDED ? LONGEST : Math.min(LONGEST, 500 * 2 ** failures);
    again = setTimeout(connect, pause * (0.5 + Math.random() / 2));
  }

  /** Asks whether the other end is still there: a connection that broke without being closed stays open for minutes. */
  function probe() {
    if (socket?.readyState !== WebSocket.OPEN || silent) return;
    const mine = socket;
    say({ type: "ping" });
    silent = setTimeout(() => {
      if (mine !== socket) return;
      mine.close();
      lost(0);
    }, PONG);
  }
  setInterval(probe, PING);

  function rest() {
    clearTimeout(sleeping);
    if (document.hidden) {
      sleeping = setTimeout(() => {
        const mine = socket;
        if (!mine) return;
        socket = null;
        running.clear();
        delete document.documentElement.dataset.liveState;
        mine.close(1000);
      }, ASLEEP);
    } else if (socket) probe();
    else connect();
  }

  document.addEventListener("DOMContentLoaded", connect);
  document.addEventListener("htmx:afterSettle", () => { if (document.documentElement.dataset.liveState) subscribe(); else if (!again) connect(); });
  document.addEventListener("visibilitychange", rest);
  document.addEventListener("hr-signed-in", connect);
  addEventListener("online", () => { if (socket) probe(); else connect(); });
})();

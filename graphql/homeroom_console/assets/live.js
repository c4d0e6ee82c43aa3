// Parts of a page that show changes as they happen: one socket a page, by the protocol graphql-transport-ws.
//
// An element with data-live (the hash of a subscription) and data-live-with (its variables) gets the event "hr-live"
// when something has happened, with what the subscription shows in detail.data. An element with
// hx-trigger="hr-live" asks for itself again then. While there is no socket, the event comes every half minute without
// data, and once when the socket is back, because something may have been missed.
(() => {
  const POLL = 30_000; // milliseconds between two events without a socket
  const CALM = 250; // milliseconds in which what happens is reported at once
  const ENDED = 4403; // the session, or the right, has ended
  let socket = null;
  let failures = 0;
  let polling = 0;
  const waiting = new Map();

  const parts = () => [...document.querySelectorAll("[data-live]")];
  const keyOf = (part) => `${part.dataset.live} ${part.dataset.liveWith || "{}"}`;

  function tell(key, data) {
    for (const part of parts()) if (keyOf(part) === key) part.dispatchEvent(new CustomEvent("hr-live", { detail: { data } }));
  }

  // What comes within a moment is one event, so a pasted table is one request of those who look on.
  function hear(key, row) {
    if (!waiting.has(key)) {
      waiting.set(key, []);
      setTimeout(() => {
        const rows = waiting.get(key);
        waiting.delete(key);
        tell(key, rows);
      }, CALM);
    }
    waiting.get(key).push(row);
  }

  function poll(on) {
    clearInterval(polling);
    polling = on ? setInterval(() => { if (!document.hidden) all(); }, POLL) : 0;
  }

  function all() {
    for (const key of new Set(parts().map(keyOf))) tell(key, null);
  }

  function connect() {
    const keys = [...new Set(parts().map(keyOf))];
    if (socket || !keys.length) return;
    const mine = socket = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/graphql`, "graphql-transport-ws");
    mine.addEventListener("open", () => mine.send(JSON.stringify({ type: "connection_init" })));
    mine.addEventListener("message", ({ data }) => {
      const message = JSON.parse(data);
      if (message.type === "ping") mine.send(JSON.stringify({ type: "pong" }));
      if (message.type === "next" && message.payload.data) hear(keys[+message.id], Object.values(message.payload.data)[0]);
      if (message.type !== "connection_ack") return;
      keys.forEach((key, id) => {
        const [hash, variables] = [key.slice(0, 64), key.slice(65)];
        const payload = { variables: JSON.parse(variables), extensions: { persistedQuery: { version: 1, sha256Hash: hash } } };
        mine.send(JSON.stringify({ id: String(id), type: "subscribe", payload }));
      });
      document.documentElement.dataset.liveState = "on";
      poll(false);
      if (failures) all();
      failures = 0;
    });
    mine.addEventListener("close", ({ code }) => {
      socket = null;
      delete document.documentElement.dataset.liveState;
      poll(true);
      if (code === ENDED) return; // until somebody has signed in again
      failures += 1;
      setTimeout(connect, Math.min(60_000, 500 * 2 ** failures) * (0.5 + Math.random()));
    });
  }

  document.addEventListener("DOMContentLoaded", connect);
  document.addEventListener("htmx:afterSwap", connect);
  document.addEventListener("hr-signed-in", () => { failures += 1; connect(); });
  addEventListener("online", connect);
})();

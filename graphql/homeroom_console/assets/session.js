// The person of a page. A session can end while a page is open, and somebody else can sign in beside it.
//
// Requests name the account that the page was made for (x-homeroom-account); the server refuses them with 409 when the
// session belongs to somebody else, so nobody saves what another person has typed. What was typed stays on the page:
// a dialog asks that person to sign in again. A page without unsaved work is left, because it shows what the next
// person at the computer may not see. Parts with unsaved work cancel the event "hr-leaving"; "hr-left" says that what
// they have is given up. "hr-signed-in" comes when the person of the page is signed in again.
const session = (() => {
  const OTHERS = 409;
  const tabs = new BroadcastChannel("homeroom");
  const account = () => document.body.dataset.account;
  let asking = null;
  let settle = null;
  let leaving = false;

  /** The headers of every request that a script of a page sends. */
  const headers = (more = {}) => ({ "x-homeroom-csrf": "1", "hx-request": "true", ...(account() ? { "x-homeroom-account": account() } : {}), ...more });

  /** Sends JSON as the person of this page, once. */
  const post = (address, body, method = "POST") => fetch(address, {
    method, headers: headers({ "content-type": "application/json" }), body: body === undefined ? undefined : JSON.stringify(body),
  });

  /** Sends JSON as the person of this page, again when they have signed in again. */
  async function send(address, body) {
    for (;;) {
      const answer = await post(address, body);
      if (!isOver(answer.status) || !(await again(answer.status))) return answer;
    }
  }

  const isOver = (status) => status === 401 || status === OTHERS;
  const unsaved = () => !document.dispatchEvent(new CustomEvent("hr-leaving", { cancelable: true }));

  /** Asks the person of the page to sign in over what was typed. Gives whether they did. */
  function again(status) {
    const dialog = document.getElementById("ask-sign-in");
    for (const each of dialog.querySelectorAll("[data-when]")) each.hidden = +each.dataset.when !== status;
    if (asking) return asking;
    dialog.showModal();
    dialog.querySelector("[type=password]").focus();
    asking = new Promise((resolve) => { settle = resolve; }).then((signedIn) => {
      asking = null;
      dialog.close();
      dialog.querySelector("form").reset();
      if (signedIn) document.dispatchEvent(new CustomEvent("hr-signed-in"));
      return signedIn;
    });
    dialog.addEventListener("close", () => settle(false), { once: true });
    return asking;
  }

  function leave(address) {
    document.documentElement.classList.add("asleep");
    if (address) location.replace(address);
    else location.reload();
  }

  /** The session of this page has ended, or belongs to somebody else. */
  function over(status) {
    if (!account() || leaving) return;
    if (unsaved()) again(status);
    else leave(status === OTHERS ? "" : `/sign-in?next=${encodeURIComponent(location.pathname + location.search)}`);
  }

  /** Looks whether the session of this page continues. */
  async function look() {
    try {
      const answer = await fetch("/bells", { headers: headers() });
      if (isOver(answer.status)) over(answer.status);
    } catch { /* The server cannot be reached: nothing is known. */ }
  }

  tabs.addEventListener("message", ({ data }) => {
    if (!account()) return;
    if (data.left) over(401);
    else if (data.account !== account()) over(OTHERS);
    else if (asking) settle(true);
    else document.dispatchEvent(new CustomEvent("hr-signed-in"));
  });
  document.addEventListener("DOMContentLoaded", () => { if (account()) tabs.postMessage({ account: account() }); });

  // A page that comes out of the browser's memory would show what nobody may see any more.
  addEventListener("pagehide", (event) => { if (event.persisted && account()) document.documentElement.classList.add("asleep"); });
  addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });

  return {
    OTHERS, headers, post, send, isOver, again, over, look, unsaved,
    signedIn() { tabs.postMessage({ account: account() }); settle?.(true); },
    /** Whether this page itself signs out: requests that the server then refuses are expected. */
    leaves(does) { leaving = does; },
    left() { tabs.postMessage({ left: true }); },
  };
})();

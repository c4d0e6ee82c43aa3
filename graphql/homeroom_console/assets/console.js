// What all pages do: forms of accounts, menus, choosing rows, messages. No page needs a script of its own for these.
"use strict";

const at = (selector, within = document) => within.querySelector(selector);
const post = (address, body, method) => session.post(address, body, method);

function say(element, text) {
  if (!element) return;
  element.textContent = text;
  element.hidden = !text;
}

async function messageOf(answer) {
  try {
    const { errors } = await answer.json();
    return errors.map((each) => each.message).join(" ");
  } catch {
    return document.body.dataset.failed || answer.statusText;
  }
}

// Forms of accounts send JSON: <form data-json="/auth/login" data-then="/">. data-method is another method, data-done is
// said on the next page, data-said on this one, data-shows names what of the answer is shown, once.
document.addEventListener("submit", async (event) => {
  const form = event.target.closest("form[data-json]");
  if (!form) return;
  event.preventDefault();
  const { json, method, then, done, said, shows, differ } = form.dataset;
  const leaves = json === "/auth/logout";
  if (leaves && session.unsaved() && !confirm(document.body.dataset.unsaved)) return;
  const wrong = at(".problem", form) || at("#problem") || at(".problem");
  for (const each of form.querySelectorAll("[data-same]")) {
    if (each.value !== form.elements[each.dataset.same].value) { each.focus(); return say(wrong, differ); }
  }
  const button = at("[type=submit]", form);
  if (button) button.disabled = true;
  try {
    let answer;
    if (leaves) session.leaves(true);
    do answer = await post(json, method === "DELETE" ? undefined : given(form), method);
    while (answer.status === session.OTHERS && !leaves && (await session.again(answer.status)));
    if (leaves) session.leaves(answer.ok);
    if (leaves && answer.status === session.OTHERS) return session.over(answer.status);
    if (!answer.ok) return say(wrong, await messageOf(answer));
    say(wrong, "");
    if (leaves) {
      document.dispatchEvent(new CustomEvent("hr-left"));
      session.left();
    }
    if (json === "/auth/language") keep("homeroom-language", form.elements.language.value);
    if (said) return say(at(".notice", form), said);
    if (shows) return show(form, (await answer.json())[shows]);
    if (done) sessionStorage.setItem("hr-done", done);
    if (then === "reload") location.reload();
    else location.assign(then || "/");
  } catch {
    session.leaves(false);
    say(wrong, document.body.dataset.offline || "…");
  } finally {
    if (button) button.disabled = false;
  }
});

function given(form) {
  const found = Object.fromEntries(new FormData(form));
  for (const each of form.querySelectorAll("[data-type=json]")) found[each.name] = JSON.parse(each.value);
  return found;
}

function show(form, value) {
  at("[data-value]", form).textContent = value;
  at("[data-shown]", form).hidden = false;
  form.reset();
}

function keep(name, value) {
  const secure = location.protocol === "https:" ? "; Secure" : "";
  document.cookie = `${name}=${value}; Path=/; Max-Age=${value ? 31536000 : 0}; SameSite=Lax${secure}`;
}

document.addEventListener("change", (event) => {
  if (event.target.matches("[data-submits]")) event.target.form.requestSubmit();
  const bulk = event.target.closest("form.bulk");
  if (bulk) chosen(bulk, event.target);
});

function chosen(form, target) {
  const boxes = [...form.querySelectorAll("[name=subject]")];
  if (target.matches("[data-all]")) for (const box of boxes) box.checked = target.checked;
  const count = boxes.filter((box) => box.checked).length;
  const bar = at(".chosen", form);
  if (!bar) return;
  bar.hidden = count === 0;
  const all = at("[data-all]", form);
  all.checked = count === boxes.length;
  all.indeterminate = count > 0 && count < boxes.length;
  const matching = at("[data-matching]", form);
  if (matching) {
    matching.hidden = count < boxes.length;
    choosesAll(form, false);
  }
  counted(bar, count);
}

// The text has a zero where the number belongs.
const counted = (bar, count) => { const place = at("[data-count]", bar); place.textContent = place.dataset.one.replace("0", count); };

// All rows that match, on other pages too: the form sends the list's address in place of ids.
function choosesAll(form, yes) {
  at("[name=matching]", form).disabled = !yes;
  for (const box of form.querySelectorAll("[name=subject]")) box.disabled = yes;
}

document.addEventListener("click", (event) => {
  const toggle = event.target.closest("[data-toggle]");
  if (toggle) {
    const open = document.getElementById(toggle.dataset.toggle).classList.toggle("open");
    toggle.setAttribute("aria-expanded", open);
  }
  if (event.target.closest("[data-print]")) print();
  const matching = event.target.closest("[data-matching]");
  if (matching) {
    choosesAll(matching.form, true);
    counted(at(".chosen", matching.form), matching.dataset.matching);
    matching.hidden = true;
  }
  const language = event.target.closest("[data-language]");
  if (language) {
    keep("homeroom-language", language.dataset.language);
    location.reload();
  }
  const scheme = event.target.closest("[data-scheme]:not(html)");
  if (scheme) choose(scheme);
  for (const menu of document.querySelectorAll("details.menu[open]")) if (!menu.contains(event.target)) menu.open = false;
});

// A password that proves who somebody is, in a dialog: <form data-proof="/auth/confirm">.
document.addEventListener("submit", async (event) => {
  const proof = event.target.closest("form[data-proof]");
  if (!proof) return;
  event.preventDefault();
  const said = at(".problem", proof);
  say(said, "");
  try {
    const answer = await post(proof.dataset.proof, Object.fromEntries(new FormData(proof)));
    if (!answer.ok) return say(said, await messageOf(answer));
    if (proof.closest("#ask-sign-in")) return session.signedIn();
    proof.closest("dialog").close();
    proof.reset();
    document.dispatchEvent(new CustomEvent("hr-proved"));
  } catch {
    say(said, document.body.dataset.offline);
  }
});
document.addEventListener("click", (event) => {
  if (event.target.closest("dialog [data-close]")) event.target.closest("dialog").close();
});

// Light or dark, for this browser; empty: as the system.
function choose(button) {
  const value = button.dataset.scheme;
  keep("homeroom-scheme", value);
  at("meta[name=color-scheme]").content = value || "light dark";
  if (value) document.documentElement.dataset.scheme = value;
  else delete document.documentElement.dataset.scheme;
  for (const each of button.parentElement.children) each.setAttribute("aria-pressed", each === button);
}

document.addEventListener("keydown", (event) => {
  if (event.key === "/" && !event.ctrlKey && !event.metaKey && !event.target.closest("input, textarea, select, [contenteditable]")) {
    const find = at("#find");
    if (find) { event.preventDefault(); find.focus(); }
  }
  if (event.key === "Escape") {
    const menu = event.target.closest("details.menu[open]");
    if (menu) { menu.open = false; at("summary", menu).focus(); }
  }
});

// What was done is said on the next page.
document.addEventListener("hr-done", (event) => sessionStorage.setItem("hr-done", event.detail.value));
document.addEventListener("DOMContentLoaded", () => {
  const done = sessionStorage.getItem("hr-done");
  if (done) { sessionStorage.removeItem("hr-done"); say(at("#notice"), done); }
  const list = at("[data-schools]");
  if (list) schools(list);
  const entering = at("[data-enter]");
  if (entering) enter(entering);
});
document.addEventListener("htmx:afterSwap", () => at("[data-focus]")?.focus());
// The counts at the top are asked again later; nobody needs to hear of them.
const quietly = (event) => event.detail.elt?.id === "bells";
document.addEventListener("htmx:sendError", (event) => {
  if (!quietly(event)) say(at("#problem"), document.body.dataset.offline);
});
document.addEventListener("htmx:responseError", (event) => {
  const { status } = event.detail.xhr;
  if (session.isOver(status)) return session.over(status);
  if (quietly(event)) return;
  if (event.detail.xhr.status !== 422) say(at("#problem"), document.body.dataset.failed);
});

async function schools(list) {
  const answer = await fetch("/auth/session");
  if (!answer.ok) return location.replace("/sign-in?next=/schools");
  const { spaces } = await answer.json();
  if (!spaces.length) return say(at(".problem"), list.dataset.none);
  for (const space of spaces) {
    const item = document.createElement("li");
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = space.name;
    button.addEventListener("click", () => goTo(space));
    item.append(button);
    list.append(item);
  }
}

async function goTo(space) {
  const answer = await post("/auth/handover", { space: space.slug });
  if (!answer.ok) return say(at(".problem"), await messageOf(answer));
  const { code } = await answer.json();
  const port = location.port ? `:${location.port}` : "";
  location.assign(`${location.protocol}//${space.host}${port}/enter#${code}`);
}

// The address says what a list shows: filters, order and page. Empty filters are left out of it.
document.addEventListener("htmx:configRequest", (event) => {
  if (!event.target.closest("[data-lists]")) return;
  const { parameters } = event.detail;
  for (const [name, value] of Object.entries(parameters)) if (value === "") delete parameters[name];
});
document.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target.id !== "rows") return;
  history.pushState(null, "", event.detail.pathInfo.finalRequestPath);
  shownAt = location.href.split("#")[0];
});
let shownAt = location.href.split("#")[0];
// A link to a part of the page fires the event, too; it must not throw away what was typed.
addEventListener("popstate", () => { if (location.href.split("#")[0] !== shownAt) location.reload(); });
// On small screens the rows come before the filters.
if (matchMedia("(max-width: 48rem)").matches) for (const each of document.querySelectorAll("[data-wide]")) each.open = false;

// The hand-over arrives with its code in the fragment, which browsers send to nobody; it stays in no history.
async function enter(box) {
  const code = location.hash.slice(1);
  history.replaceState(null, "", location.pathname);
  const wrong = at(".problem", box);
  const go = async (used) => {
    const answer = await post("/auth/enter", { code: used });
    if (answer.ok) return location.replace("/");
    at("[data-question]", box).hidden = true;
    say(wrong, await messageOf(answer));
  };
  try {
    if (!code) return location.replace("/");
    if (box.dataset.enter === "at once") return await go(code);
    const answer = await post("/auth/enter/look", { code });
    if (!answer.ok) return say(wrong, await messageOf(answer));
    const { code: next, login, name } = await answer.json();
    at("[data-who]", box).textContent = name ? `${name} (${login})` : login;
    at("[data-go]", box).addEventListener("click", () => go(next));
    at("[data-question]", box).hidden = false;
    at("[data-go]", box).focus();
  } catch {
    say(wrong, document.body.dataset.offline);
  } finally {
    at("[data-waiting]", box).hidden = true;
  }
}

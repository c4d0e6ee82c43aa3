// What all pages do: forms of accounts, menus, choosing rows, messages. No page needs a script of its own for these.
"use strict";

const at = (selector, within = document) => within.querySelector(selector);
const post = (address, body) => fetch(address, {
  method: "POST", headers: { "content-type": "application/json", "x-homeroom-csrf": "1" }, body: JSON.stringify(body),
});

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

// Forms of accounts send JSON: <form data-json="/auth/login" data-then="/">.
document.addEventListener("submit", async (event) => {
  const form = event.target.closest("form[data-json]");
  if (!form) return;
  event.preventDefault();
  const button = at("[type=submit]", form);
  if (button) button.disabled = true;
  try {
    const answer = await post(form.dataset.json, Object.fromEntries(new FormData(form)));
    if (!answer.ok) return say(at(".problem", form) || at("#problem"), await messageOf(answer));
    say(at(".problem", form), "");
    if (form.dataset.said) return say(at(".notice", form), form.dataset.said);
    if (form.dataset.then === "reload") location.reload();
    else location.assign(form.dataset.then || "/");
  } catch {
    say(at(".problem", form) || at("#problem"), document.body.dataset.offline || "…");
  } finally {
    if (button) button.disabled = false;
  }
});

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
  const matching = event.target.closest("[data-matching]");
  if (matching) {
    choosesAll(matching.form, true);
    counted(at(".chosen", matching.form), matching.dataset.matching);
    matching.hidden = true;
  }
  const language = event.target.closest("[data-language]");
  if (language) {
    document.cookie = `homeroom-language=${language.dataset.language}; Path=/; Max-Age=31536000; SameSite=Lax`;
    location.reload();
  }
  const scheme = event.target.closest("[data-scheme]:not(html)");
  if (scheme) choose(scheme);
  for (const menu of document.querySelectorAll("details.menu[open]")) if (!menu.contains(event.target)) menu.open = false;
});

// Light or dark, for this browser; empty: as the system.
function choose(button) {
  const value = button.dataset.scheme;
  document.cookie = `homeroom-scheme=${value}; Path=/; Max-Age=${value ? 31536000 : 0}; SameSite=Lax`;
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
});
document.addEventListener("htmx:afterSwap", () => at("[data-focus]")?.focus());
// The counts at the top are asked again later; nobody needs to hear of them.
const quietly = (event) => event.detail.elt?.id === "bells";
document.addEventListener("htmx:sendError", (event) => {
  if (!quietly(event)) say(at("#problem"), document.body.dataset.offline);
});
document.addEventListener("htmx:responseError", (event) => {
  if (quietly(event)) return;
  if (event.detail.xhr.status !== 422) say(at("#problem"), document.body.dataset.failed);
});

async function schools(list) {
  const answer = await fetch("/auth/session");
  if (!answer.ok) return location.assign("/sign-in?next=/schools");
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
  if (event.detail.target.id === "rows") history.pushState(null, "", event.detail.pathInfo.finalRequestPath);
});
addEventListener("popstate", () => location.reload());

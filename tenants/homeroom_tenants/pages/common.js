// What the pages of accounts have in common: the reader's language, requests, and the form.
"use strict";

function language(wanted) {
  for (const each of wanted) {
    const tag = each.toLowerCase();
    if (tag.startsWith("vi")) return "vi";
    if (tag.startsWith("zh")) return /hant|hk|tw|mo/.test(tag) ? "zh-Hant" : "zh-Hans";
    if (tag.startsWith("en")) return "en";
  }
  return "en";
}

// What somebody chose in this browser comes first, on the pages of the console too.
const chosen = /(?:^|; )homeroom-language=([\w-]+)/.exec(document.cookie);
let spoken = language([...(chosen ? [chosen[1]] : []), ...(navigator.languages || [])]);
const remember = (tag) => {
  const secure = location.protocol === "https:" ? "; Secure" : "";
  document.cookie = `homeroom-language=${tag}; Path=/; Max-Age=31536000; SameSite=Lax${secure}`;
};
const at = (id) => document.getElementById(id);
const form = at("form");
const message = at("message");

async function post(path, body) {
  const answer = await fetch(path, {
    method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body),
  });
  if (answer.ok) return answer.status === 204 ? null : answer.json();
  const problem = await answer.json().catch(() => ({}));
  throw new Error((problem.errors || []).map((each) => each.message).join(" ") || words.gone);
}

// Ask for some fields; what `send` answers, if it is a text, is shown beside a form that stays open, else all is done.
function ask(fields, button, send) {
  for (const id of ["login", "name", "password", "again"].filter(at)) {
    at(id).hidden = !fields.includes(id);
    at(id).querySelector("span").textContent = words[id];
    at(id).querySelector("input").required = fields.includes(id);
  }
  form.elements.password.autocomplete = fields.includes("again") ? "new-password" : "current-password";
  form.querySelector("button").textContent = button;
  form.hidden = false;
  form.onsubmit = async (event) => {
    event.preventDefault();
    const given = Object.fromEntries(new FormData(form));
    if (fields.includes("again") && given.password !== given.again) {
      message.textContent = words.differ;
      return;
    }
    try {
      const more = await send(given);
      form.hidden = typeof more !== "string";
      message.textContent = form.hidden ? words.done : more;
    } catch (error) {
      message.textContent = error.message;
    }
  };
}

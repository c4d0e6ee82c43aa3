// What forms do beyond HTML: choosing rows, tables of rows, checks while typing, proofs of the password, unsaved work.
const within = (element, selector) => element.querySelector(selector);
const wait = (milliseconds, work) => {
  let timer;
  const later = (...given) => { clearTimeout(timer); timer = setTimeout(() => work(...given), milliseconds); };
  later.never = () => clearTimeout(timer);
  return later;
};
const folded = (text) => text.normalize("NFKC").trim().toLowerCase();

// A combobox of rows (ARIA APG: editable combobox with list autocomplete). It shows the first rows, then searches.
class Choose extends HTMLElement {
  static known = new Map();

  connectedCallback() {
    this.input = within(this, "[role=combobox]");
    this.list = within(this, "[role=listbox]");
    this.several = this.hasAttribute("several");
    this.at = -1;
    this.name = this.input.value;
    this.search = wait(180, () => this.show());
    this.input.addEventListener("click", () => this.open());
    this.input.addEventListener("input", () => { this.choose("", null); this.search(); });
    this.input.addEventListener("keydown", (event) => this.key(event));
    this.input.addEventListener("blur", () => setTimeout(() => this.leave(), 150));
    this.list.addEventListener("mousedown", (event) => event.preventDefault());
    this.list.addEventListener("click", (event) => {
      const option = event.target.closest("[role=option]");
      if (option) this.take(option);
    });
    this.addEventListener("click", (event) => {
      const drop = event.target.closest("[data-drop]");
      if (drop) { drop.closest("li").remove(); this.input.focus(); this.changed(); }
    });
  }

  get isOpen() { return this.input.getAttribute("aria-expanded") === "true"; }

  open() { if (!this.isOpen) this.show(true); }

  close() {
    // A search that is still on its way must not open the list again.
    this.turn = {};
    this.search.never();
    this.list.hidden = true;
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
    this.at = -1;
  }

  async show(all = false) {
    const words = all && this.chosen ? "" : this.input.value.trim();
    const turn = this.turn = {};
    const found = await this.rows(words);
    if (turn !== this.turn || document.activeElement !== this.input) return;
    this.list.replaceChildren(...found.map(([value, label], place) => {
      const option = document.createElement("li");
      option.id = `${this.input.id}-${place}`;
      option.setAttribute("role", "option");
      option.setAttribute("aria-selected", "false");
      option.dataset.value = value;
      option.textContent = label;
      return option;
    }));
    if (!found.length) {
      const none = document.createElement("li");
      none.className = "none-found";
      none.textContent = this.closest("form")?.dataset.nothing || "–";
      this.list.append(none);
    }
    this.list.hidden = false;
    this.input.setAttribute("aria-expanded", "true");
    this.at = -1;
  }

  async rows(words) {
    const address = `/choices/${this.getAttribute("noun")}?q=${encodeURIComponent(words)}`;
    if (!Choose.known.has(address)) {
      try {
        const answer = await fetch(address, { headers: { "hx-request": "true" } });
        if (!answer.ok) return [];
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        Choose.known.set(address, [...page.querySelectorAll("option")].map((each) => [each.value, each.textContent]));
      } catch {
        return [];
      }
    }
    return Choose.known.get(address);
  }

  get chosen() { return this.several ? "" : within(this, "[data-chosen]").value; }

  choose(value, label) {
    if (this.several) {
      if (!value) return;
      const item = document.createElement("li");
      const hidden = Object.assign(document.createElement("input"), { type: "hidden", name: this.getAttribute("name"), value });
      const text = Object.assign(document.createElement("span"), { textContent: label });
      const drop = Object.assign(document.createElement("button"), { type: "button", className: "icon", textContent: "×" });
      drop.dataset.drop = "";
      drop.setAttribute("aria-label", (this.closest("form")?.dataset.remove || "{name}").replace("{name}", label));
      item.append(hidden, text, drop);
      within(this, ".chosen-rows").append(item);
      this.input.value = "";
      return;
    }
    within(this, "[data-chosen]").value = value;
    if (label !== null) { this.input.value = label; this.name = label; }
  }

  take(option) {
    this.choose(option.dataset.value, option.textContent);
    this.close();
    this.changed();
  }

  changed() { this.dispatchEvent(new Event("change", { bubbles: true })); }

  // What is pasted or typed is looked up when it is sent; one row of that name is taken at once.
  async settle(text) {
    if (!this.several) this.choose("", null);
    this.input.value = text;
    if (!text) return;
    const found = (await this.rows(text)).filter(([, label]) => folded(label) === folded(text) || folded(label).split(" · ").includes(folded(text)));
    if (found.length === 1 && this.input.value === text) this.choose(...found[0]);
  }

  async leave() {
    this.close();
    const text = this.input.value.trim();
    if (text && (this.several || !this.chosen)) await this.settle(text);
  }

  key(event) {
    const options = [...this.list.querySelectorAll("[role=option]")];
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (!this.isOpen) return this.open();
      const last = options.length - 1;
      this.at = event.key === "ArrowDown" ? (this.at < last ? this.at + 1 : 0) : (this.at > 0 ? this.at - 1 : last);
      options.forEach((each, place) => each.setAttribute("aria-selected", String(place === this.at)));
      const option = options[this.at];
      if (option) { this.input.setAttribute("aria-activedescendant", option.id); option.scrollIntoView({ block: "nearest" }); }
    } else if (event.key === "Enter" && this.isOpen) {
      event.preventDefault();
      const option = options[this.at] || (options.length === 1 ? options[0] : null);
      if (option) this.take(option);
    } else if (event.key === "Escape" && this.isOpen) {
      event.preventDefault();
      event.stopPropagation();
      this.close();
    }
  }
}

// A table of rows: rows are added and taken away, and a block of cells from a spreadsheet is pasted into it.
class Rows extends HTMLElement {
  connectedCallback() {
    this.next = this.body.rows.length;
    this.addEventListener("click", (event) => {
      if (event.target.closest("[data-add]")) within(this.add(), "input:not([type=hidden]), select, textarea")?.focus();
      const drop = event.target.closest("[data-drop]");
      if (drop && !drop.closest("hr-choose")) {
        drop.closest("tr").remove();
        this.number();
        within(this, "[data-add]").focus();
        touched();
      }
    });
    this.addEventListener("paste", (event) => this.paste(event));
    this.number();
  }

  get body() { return within(this, "tbody"); }

  add() {
    const row = within(this, "template").content.firstElementChild.cloneNode(true);
    const number = this.next++;
    for (const each of row.querySelectorAll("*")) {
      for (const { name, value } of [...each.attributes]) if (value.includes("__row__")) each.setAttribute(name, value.replaceAll("__row__", number));
    }
    this.body.append(row);
    this.number();
    return row;
  }

  number() {
    const titles = [...this.querySelectorAll("thead th")].slice(1).map((each) => each.firstChild.textContent.trim());
    [...this.body.rows].forEach((row, place) => {
      row.cells[0].textContent = place + 1;
      [...row.querySelectorAll("td[data-control]")].forEach((cell, column) => {
        cell.dataset.label = titles[column];
        const control = within(cell, "[aria-label]:not([role=listbox], button)");
        if (control) control.setAttribute("aria-label", `${titles[column]}, ${this.dataset.row.replace("{number}", place + 1)}`);
      });
      within(row, "[data-drop]:not(hr-choose *)")?.setAttribute("title", place + 1);
    });
  }

  paste(event) {
    const text = event.clipboardData.getData("text/plain").replace(/\r\n?/g, "\n").replace(/\n$/, "");
    const cell = event.target.closest("td[data-control]");
    if (!cell || !/[\t\n]/.test(text)) return;
    event.preventDefault();
    const block = text.split("\n").map((line) => line.split("\t"));
    const first = cell.closest("tr").sectionRowIndex;
    const column = [...cell.closest("tr").querySelectorAll("td[data-control]")].indexOf(cell);
    block.forEach((line, place) => {
      while (this.body.rows.length <= first + place) this.add();
      const cells = [...this.body.rows[first + place].querySelectorAll("td[data-control]")];
      line.forEach((value, across) => { if (cells[column + across]) fill(cells[column + across], value.trim()); });
    });
    within(this, "[role=status]").textContent = this.dataset.pasted.replace("{count}", block.length);
    touched();
    this.dispatchEvent(new Event("change", { bubbles: true }));
  }
}

function fill(cell, text) {
  const choose = within(cell, "hr-choose");
  if (choose) return choose.settle(text);
  const box = within(cell, "input[type=checkbox]");
  if (box) { box.checked = ["true", "yes", "y", "1", "x", "✓", "是", "有", "có", "đúng"].includes(folded(text)); return; }
  const control = within(cell, "input:not([type=hidden]), select, textarea");
  if (!control) return;
  if (control.tagName === "SELECT") {
    const option = [...control.options].find((each) => folded(each.textContent) === folded(text) || folded(each.value) === folded(text));
    control.value = option ? option.value : "";
  } else control.value = control.type === "date" ? day(text) : text;
}

// Days as files of the schools' regions have them: 2026-03-04, 2026/3/4, and with the day first 4/3/2026.
function day(text) {
  const parts = text.normalize("NFKC").match(/^(\d{1,4})[-/.年](\d{1,2})[-/.月](\d{1,4})日?$/);
  if (!parts) return text;
  const [year, month, date] = parts[1].length === 4 ? [parts[1], parts[2], parts[3]] : [parts[3], parts[2], parts[1]];
  return `${year.padStart(4, "20")}-${month.padStart(2, "0")}-${date.padStart(2, "0")}`;
}

customElements.define("hr-choose", Choose);
customElements.define("hr-rows", Rows);

// Unsaved work ---------------------------------------------------------------------------------------------

const form = document.getElementById("form");
let dirty = false;
function touched() { dirty = true; }
form?.addEventListener("input", touched);
form?.addEventListener("change", touched);
addEventListener("beforeunload", (event) => { if (dirty) event.preventDefault(); });
document.addEventListener("hr-leaving", (event) => { if (dirty) event.preventDefault(); });
document.addEventListener("hr-left", () => { dirty = false; });
form?.addEventListener("htmx:beforeOnLoad", (event) => { if (event.detail.xhr.status < 300) dirty = false; });
document.addEventListener("htmx:sendError", () => document.getElementById("problem")?.scrollIntoView({ block: "center" }));

// Checks while somebody types ------------------------------------------------------------------------------

const left = new Set();
const check = wait(500, async () => {
  if (!form.isConnected || form.classList.contains("htmx-request")) return;
  const began = [...left];
  let found;
  try {
    const answer = await fetch(form.dataset.checks, { method: "POST", headers: session.headers(), body: new FormData(form) });
    if (!answer.ok) return;
    found = await answer.json();
  } catch {
    return;
  }
  const messages = new Map();
  for (const { names, message } of found) {
    const name = names.find((each) => form.querySelector(`[data-control="${CSS.escape(each)}"]`));
    if (name) messages.set(name, `${messages.get(name) || ""} ${message}`.trim());
  }
  for (const name of began) mark(name, messages.get(name) || "");
});

function mark(name, message) {
  const place = form.querySelector(`[data-control="${CSS.escape(name)}"]`);
  const said = place && within(place, "p.wrong");
  if (!said) return;
  said.textContent = message;
  said.hidden = !message;
  const control = document.getElementById(said.id.replace(/-error$/, ""));
  if (message) control?.setAttribute("aria-invalid", "true");
  else control?.removeAttribute("aria-invalid");
}

if (form?.dataset.checks) {
  const leaves = (event) => {
    const place = event.target.closest("[data-control]");
    if (!place || event.relatedTarget?.closest?.("[data-control]") === place) return;
    left.add(place.dataset.control);
    if (dirty) check();
  };
  form.addEventListener("focusout", leaves);
  form.addEventListener("change", (event) => { if (event.target.closest("hr-rows, hr-choose")) leaves(event); });
}

// Proofs: the password once more, or a new session, over the filled form -----------------------------------

form?.addEventListener("htmx:responseError", async (event) => {
  const { xhr } = event.detail;
  const confirms = xhr.getResponseHeader("hr-wants") === "password";
  if (!confirms && !session.isOver(xhr.status)) return;
  event.stopPropagation();
  if (confirms) {
    const dialog = document.getElementById("ask-password");
    dialog.showModal();
    within(dialog, "[type=password]").focus();
  } else if (await session.again(xhr.status)) form.requestSubmit();
});
document.addEventListener("hr-proved", () => form?.requestSubmit());

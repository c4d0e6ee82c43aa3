// <hr-grid>: a table in which people write as in a spreadsheet, by the grid pattern of WAI-ARIA.
//
// The server draws the table: th[data-col] heads a column that can be written, tr[data-row] is a row, td[data-version]
// has the version of what is written in it, and data-locked of a column, row or cell names the reason why it cannot be
// written. The page's script gives the element three functions:
//
//   grid.save = async (changes, key) => outcomes    changes: { row, column, value, version }
//   grid.current = async (rows) => facts            facts: { row, column, value, version }
//   grid.put(facts)                                 shows what somebody else has changed
//
// run(operation, variables) runs an operation of the page (data-page) by its name.

const MOVES = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1], PageUp: [-10, 0], PageDown: [10, 0] };
const FAR = 1e6;
const KEPT = 200; // steps that can be undone
const between = (value, most) => Math.max(0, Math.min(value, most));
const BUSY = new Set(["UNAVAILABLE", "TOO_BUSY", "TOO_MANY_REQUESTS"]);

class HrGrid extends HTMLElement {
  #table; #rows; #columns; #texts; #saving;
  #at = [0, 0]; #from = [0, 0]; #editor = null; #dragging = false;
  #undone = []; #done = []; #known = new Map(); #problems = new Map(); #held = new Map();

  connectedCallback() {
    if (this.#table) return;
    this.#texts = JSON.parse(this.dataset.texts);
    this.#table = this.querySelector("table");
    this.#saving = new Saving({
      send: (changes, key) => this.save(changes.map(({ cell, value, version }) => this.#change(cell, value, version)), key),
      done: (changes, outcomes) => this.#settle(changes, outcomes),
      shown: (state) => this.#show(state),
      signIn: () => this.#signIn(),
    });
    this.#read();
    this.#listen();
    performance.mark("interactive");
  }

  /** Runs an operation of the page; gives its data. */
  async run(operation, variables) {
    let answer;
    try {
      answer = await fetch(`/run/${this.dataset.page}/${operation}`, {
        method: "POST", headers: { "content-type": "application/json", "x-homeroom-csrf": "1", "hx-request": "true" }, body: JSON.stringify(variables),
      });
    } catch {
      throw new Unreachable();
    }
    if (answer.status === 401) throw new SessionEnded();
    if ([429, 502, 503, 504].includes(answer.status)) throw new Unreachable();
    if (!answer.ok) throw new Error(this.#texts.failed);
    const { data, errors } = await answer.json();
    if (errors?.some((each) => BUSY.has(each.extensions?.code))) throw new Unreachable();
    if (errors?.length) throw new Error(errors.map((each) => each.message).join(" "));
    return data;
  }

  /** Shows facts from the server. A cell that somebody is writing here keeps what was written. */
  put(facts) {
    for (const fact of facts) {
      const cell = this.#cellOf(fact.row, fact.column);
      const known = cell && this.#known.get(cell);
      if (!cell || (known.version ?? 0) > (fact.version ?? 0)) continue;
      if (this.#saving.of(cell)) this.#held.set(cell, fact);
      else if (!this.#problems.has(cell)) this.#keep(cell, fact, known.version !== fact.version);
    }
  }

  /** The text of a cell that only the server writes, such as an average. */
  result(row, name, text) {
    const cell = this.#table.querySelector(`tr[data-row="${row}"] td[data-result="${name}"]`);
    if (cell && cell.textContent !== text) cell.textContent = text;
  }

  // The table -----------------------------------------------------------------------------------------------------

  #read() {
    const heads = [...this.#table.tHead.rows].at(-1).cells;
    this.#columns = [...heads].filter((each) => !each.hasAttribute("data-name")).map((each) => new Column(each, this.dataset.decimal));
    this.#rows = [...this.#table.tBodies[0].rows].map((row) => [...row.cells].filter((each) => each.tagName === "TD"));
    for (const cells of this.#rows) {
      cells.forEach((cell, place) => {
        const column = this.#columns[place];
        const why = cell.dataset.locked || cell.parentNode.dataset.locked || column.locked;
        cell.tabIndex = -1;
        if (why || !column.id) this.#lock(cell, why);
        this.#known.set(cell, { value: column.id ? column.value(cell.textContent) : null, version: cell.dataset.version ? +cell.dataset.version : null });
      });
    }
    if (this.#rows[0]?.[0]) this.#rows[0][0].tabIndex = 0;
  }

  #lock(cell, why) {
    cell.setAttribute("aria-readonly", "true");
    if (why) cell.setAttribute("aria-describedby", `${this.id}-${why}`);
  }

  #cell([row, column]) { return this.#rows[row]?.[column]; }
  #place(cell) {
    const row = this.#rows.findIndex((cells) => cells[0].parentNode === cell.parentNode);
    return [row, this.#rows[row].indexOf(cell)];
  }
  #column(cell) { return this.#columns[this.#place(cell)[1]]; }
  #cellOf(row, column) {
    const place = this.#columns.findIndex((each) => each.id === column);
    const cells = this.#rows.find((each) => each[0].parentNode.dataset.row === row);
    return place < 0 ? undefined : cells?.[place];
  }
  #change(cell, value, version) { return { row: cell.parentNode.dataset.row, column: this.#column(cell).id, value, version }; }
  #writable(cell) { return cell.getAttribute("aria-readonly") !== "true"; }
  /** What is in a cell for the person who writes: saved or not. */
  #value(cell) {
    const change = this.#saving.of(cell) || this.#problems.get(cell);
    return change ? change.value : this.#known.get(cell).value;
  }

  // Moving and choosing -------------------------------------------------------------------------------------------

  #listen() {
    this.#table.addEventListener("keydown", (event) => (this.#editor ? this.#keyInEditor(event) : this.#key(event)));
    this.#table.addEventListener("pointerdown", (event) => this.#press(event));
    this.#table.addEventListener("pointerover", (event) => {
      const cell = event.target.closest("td");
      if (this.#dragging && cell && this.#known.has(cell)) this.#go(this.#place(cell), true);
    });
    addEventListener("pointerup", () => { this.#dragging = false; });
    this.#table.addEventListener("click", (event) => {
      const cell = event.target.closest("td");
      // On a touch screen one tap opens the cell: there is no keyboard that could.
      if (event.pointerType === "touch" && cell && !this.#editor && this.#known.has(cell)) { this.#go(this.#place(cell)); this.#edit(); }
    });
    this.#table.addEventListener("dblclick", () => this.#edit());
    this.#table.addEventListener("copy", (event) => this.#copy(event));
    this.#table.addEventListener("cut", (event) => { if (this.#copy(event)) this.#clear(); });
    this.#table.addEventListener("paste", (event) => this.#paste(event));
    this.#table.addEventListener("focusin", (event) => this.#explain(event.target.closest("td")));
    this.#table.addEventListener("focusout", (event) => { if (event.target === this.#editor) this.#commit(false); });
    this.querySelector("[data-next-problem]")?.addEventListener("click", () => this.#nextProblem());
    addEventListener("beforeunload", (event) => {
      this.#commit(false);
      if (!this.#saving.unsaved) return;
      this.#saving.flush();
      event.preventDefault();
    });
    addEventListener("pagehide", () => this.#saving.flush());
  }

  #press(event) {
    const cell = event.target.closest("td");
    if (!cell || !this.#known.has(cell) || event.button || event.pointerType === "touch" || event.target === this.#editor) return;
    this.#commit(false);
    this.#go(this.#place(cell), event.shiftKey);
    this.#dragging = true;
    event.preventDefault();
  }

  #go([row, column], extend = false) {
    const to = [between(row, this.#rows.length - 1), between(column, this.#columns.length - 1)];
    this.#cell(this.#at).tabIndex = -1;
    for (const cell of this.#table.querySelectorAll("[aria-selected=true]")) cell.removeAttribute("aria-selected");
    this.#at = to;
    if (!extend) this.#from = to;
    const cell = this.#cell(to);
    cell.tabIndex = 0;
    cell.focus();
    if (!extend) return;
    const range = this.#range();
    for (const each of range.flat()) each.setAttribute("aria-selected", "true");
    this.#say("chosen", { count: range.flat().length });
  }

  #range() {
    const [[a, b], [c, d]] = [this.#at, this.#from];
    return this.#rows.slice(Math.min(a, c), Math.max(a, c) + 1).map((row) => row.slice(Math.min(b, d), Math.max(b, d) + 1));
  }

  #key(event) {
    const [row, column] = this.#at;
    const control = event.ctrlKey || event.metaKey;
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    const move = MOVES[event.key];
    if (move) this.#go(move.map((step, place) => this.#at[place] + (control ? Math.sign(step) * FAR : step)), event.shiftKey);
    else if (key === "Home") this.#go([control ? 0 : row, 0], event.shiftKey);
    else if (key === "End") this.#go([control ? FAR : row, FAR], event.shiftKey);
    else if (key === "Enter" || key === "F2") this.#edit();
    else if (key === "Delete" || key === "Backspace") this.#clear();
    else if (control && (key === "y" || (key === "z" && event.shiftKey))) this.#again(this.#undone, this.#done, "redone");
    else if (control && key === "z") this.#again(this.#done, this.#undone, "undone");
    else if (control && key === "a") { this.#from = [0, 0]; this.#go([FAR, FAR], true); }
    else if (control && key === "s") this.#saving.flush();
    else if (key === "Escape") this.#go(this.#at);
    else if (!control && !event.altKey && !event.isComposing && event.key.length === 1) this.#edit(event.key);
    else return;
    event.preventDefault();
  }

  // Writing -------------------------------------------------------------------------------------------------------

  #edit(typed) {
    const cell = this.#cell(this.#at);
    if (this.#editor) return;
    if (!this.#writable(cell)) { this.#explain(cell, true); return; }
    if (this.#problems.get(cell)?.theirs !== undefined) { this.#resolve(cell); return; }
    const column = this.#columns[this.#at[1]];
    const text = column.text(this.#value(cell));
    const editor = column.choices ? this.#select(column, text, typed) : Object.assign(document.createElement("input"), { value: typed ?? text, inputMode: "decimal", autocomplete: "off", enterKeyHint: "next" });
    editor.setAttribute("aria-label", `${cell.parentNode.cells[0].textContent.trim()}, ${column.title}`);
    cell.replaceChildren(editor);
    this.#editor = editor;
    // What somebody else writes meanwhile is a conflict.
    editor.version = this.#known.get(cell).version;
    editor.focus();
    if (typed === undefined) editor.select?.();
  }

  #select(column, text, typed) {
    const select = document.createElement("select");
    select.append(new Option("", ""), ...column.choices.map(([, sign, label]) => new Option(sign === label ? label : `${sign} – ${label}`, sign)));
    const found = typed && column.choices.find((names) => names.some((name) => plain(name).startsWith(plain(typed))));
    select.value = found ? found[1] : text;
    select.addEventListener("change", () => { select.chosen = true; });
    return select;
  }

  #keyInEditor(event) {
    if (event.isComposing) return;
    const [row, column] = this.#at;
    const back = event.shiftKey ? -1 : 1;
    const vertical = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (event.key === "Escape") this.#close();
    else if (event.key === "Enter") { this.#commit(); this.#go([row + back, column]); }
    else if (event.key === "Tab") { this.#commit(); this.#go([row, column + back]); }
    else if (vertical && this.#editor.tagName === "INPUT") { this.#commit(); this.#go([row + vertical, column]); }
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** Closes the editor; gives its cell. The cell shows what was there before. */
  #close(focus = true) {
    const cell = this.#editor.closest("td");
    this.#editor = null;
    this.#draw(cell);
    if (focus) cell.focus();
    return cell;
  }

  #commit(focus = true) {
    if (!this.#editor) return;
    const { value, version } = this.#editor;
    const cell = this.#close(focus);
    this.#write([[cell, this.#column(cell).value(value)]], { version });
  }

  #clear() {
    this.#write(this.#range().flat().map((cell) => [cell, null]));
  }

  /** Takes values into cells: shows them, keeps them for undoing, and has them saved. */
  #write(wanted, { remember = true, version } = {}) {
    const cells = wanted.filter(([cell]) => this.#writable(cell));
    if (wanted.length && !cells.length) { this.#explain(wanted[0][0], true); return; }
    const changed = cells.filter(([cell, value]) => this.#value(cell) !== value);
    if (!changed.length) return;
    if (remember) {
      this.#done = [...this.#done, changed.map(([cell, value]) => [cell, this.#value(cell), value])].slice(-KEPT);
      this.#undone = [];
    }
    const changes = changed.map(([cell, value]) => ({ cell, value, version: version === undefined ? this.#known.get(cell).version : version }));
    for (const { cell } of changes) this.#problems.delete(cell);
    this.#saving.add(changes);
    for (const { cell } of changes) this.#draw(cell);
    if (changes.length > 1) this.#say(wanted.length > cells.length ? "some_written" : "written", { count: changes.length, left: wanted.length - cells.length });
  }

  #again(from, to, said) {
    const step = from.pop();
    if (!step) return;
    to.push(step);
    this.#write(step.map(([cell, before, after]) => [cell, said === "undone" ? before : after]), { remember: false });
    this.#go(this.#place(step[0][0]));
    this.#say(said, { count: step.length });
  }

  #copy(event) {
    if (this.#editor) return false;
    event.clipboardData.setData("text/plain", writeTsv(this.#range().map((row) => row.map((cell) => cell.textContent.trim()))));
    event.preventDefault();
    return true;
  }

  #paste(event) {
    if (this.#editor) return;
    event.preventDefault();
    const given = readTsv(event.clipboardData.getData("text/plain"));
    const range = this.#range();
    const one = given.length === 1 && given[0].length === 1;
    const [top, left] = this.#place(range[0][0]);
    const targets = one
      ? range.flat().map((cell) => [cell, given[0][0]])
      : given.flatMap((row, down) => row.map((text, right) => [this.#cell([top + down, left + right]), text]));
    const inside = targets.filter(([cell]) => cell);
    this.#write(inside.map(([cell, text]) => [cell, this.#column(cell).id ? this.#column(cell).value(text) : null]));
    this.#saving.flush();
    if (inside.length < targets.length) this.#say("outside", { count: targets.length - inside.length });
  }

  // What became of it ---------------------------------------------------------------------------------------------

  async #settle(changes, outcomes) {
    const conflicts = [];
    changes.forEach(({ cell, value, version }, place) => {
      const { code, message, ...saved } = outcomes[place];
      const held = this.#held.get(cell);
      this.#held.delete(cell);
      if (code) {
        if (!this.#saving.of(cell)) this.#problems.set(cell, { value, version, message });
        if (code === "CONFLICT") conflicts.push(cell);
        this.#draw(cell);
      } else {
        this.#keep(cell, held && (held.version ?? 0) > (saved.version ?? 0) ? held : saved, false);
      }
    });
    if (conflicts.length) await this.#compare(conflicts);
    if (this.#problems.size) this.#say("problems", { count: this.#problems.size });
    this.#count();
  }

  /** Finds what the others have written where it differs from what was seen here. */
  async #compare(cells) {
    try {
      const facts = await this.current([...new Set(cells.map((cell) => cell.parentNode.dataset.row))]);
      for (const fact of facts) {
        const cell = this.#cellOf(fact.row, fact.column);
        const problem = this.#problems.get(cell);
        if (!problem || !cells.includes(cell)) { this.put([fact]); continue; }
        this.#known.set(cell, { value: fact.value, version: fact.version });
        if (problem.value === fact.value) this.#problems.delete(cell);
        else Object.assign(problem, { theirs: fact.value });
        this.#draw(cell);
      }
    } catch { /* It is compared when the next attempt conflicts. */ }
  }

  #keep(cell, { value, version }, byOthers) {
    this.#known.set(cell, { value, version });
    this.#draw(cell);
    if (!byOthers) return;
    cell.classList.remove("changed");
    void cell.offsetWidth; // begins the animation again
    cell.classList.add("changed");
  }

  /** Shows a cell as it is: its text, its state for eyes, and the same in words. */
  #draw(cell) {
    const column = this.#column(cell);
    if (!column.id) return;
    if (this.#editor && cell.contains(this.#editor)) return;
    cell.textContent = column.text(this.#value(cell));
    const problem = this.#problems.get(cell);
    const state = this.#saving.of(cell) ? "saving" : problem ? ("theirs" in problem ? "conflict" : "error") : "";
    if (state) cell.dataset.state = state;
    else delete cell.dataset.state;
    cell.toggleAttribute("aria-invalid", false);
    if (problem) cell.setAttribute("aria-invalid", "true");
    const words = state && this.#describe(cell, state, problem);
    if (words) cell.setAttribute("aria-describedby", words);
    else if (this.#writable(cell)) cell.removeAttribute("aria-describedby");
    if (cell === this.#cell(this.#at) && document.activeElement === cell) this.#explain(cell);
  }

  /** The id of the words about the state of a cell. */
  #describe(cell, state, problem) {
    if (!problem) return `${this.id}-${state}`;
    const [row, column] = this.#place(cell);
    const id = `${this.id}-${row}-${column}`;
    const words = document.getElementById(id) || this.querySelector("[data-words]").appendChild(Object.assign(document.createElement("span"), { id }));
    const text = (value) => this.#column(cell).text(value) || "–";
    words.textContent = state === "conflict" ? this.#text("conflict", { theirs: text(problem.theirs), mine: text(problem.value) }) : problem.message;
    return id;
  }

  /** Says below the table what is special about a cell. */
  #explain(cell, aloud = false) {
    const id = cell?.getAttribute("aria-describedby");
    const words = (id && document.getElementById(id)?.textContent) || "";
    this.querySelector("[data-about]").textContent = words;
    if (aloud && words) this.#announce(words);
  }

  async #resolve(cell) {
    const problem = this.#problems.get(cell);
    const dialog = this.querySelector("[data-conflict]");
    const column = this.#column(cell);
    dialog.querySelector("[data-cell]").textContent = `${cell.parentNode.cells[0].textContent.trim()}, ${column.title}`;
    for (const name of ["theirs", "mine"]) dialog.querySelector(`[data-${name}]`).textContent = column.text(name === "mine" ? problem.value : problem.theirs) || "–";
    const chosen = await asked(dialog);
    if (chosen) {
      this.#problems.delete(cell);
      if (chosen === "mine") this.#saving.add([{ cell, value: problem.value, version: this.#known.get(cell).version }]);
      this.#draw(cell);
      this.#count();
    }
    cell.focus();
  }

  #nextProblem() {
    const [cell] = this.#problems.keys();
    if (!cell) return;
    this.#go(this.#place(cell));
    this.#edit();
  }

  /** Asks for the password in a dialog until it is right. */
  async #signIn() {
    const dialog = this.querySelector("[data-sign-in]");
    const back = document.activeElement;
    const wrong = dialog.querySelector("[role=alert]");
    const field = dialog.querySelector("[name=password]");
    wrong.textContent = "";
    for (;;) {
      field.value = "";
      if (!(await asked(dialog))) continue;
      try {
        const answer = await fetch("/auth/login", {
          method: "POST", headers: { "content-type": "application/json" },
          body: JSON.stringify({ login: document.body.dataset.signedIn, password: field.value }),
        });
        field.value = "";
        if (answer.ok) break;
        wrong.textContent = (await answer.json()).errors[0].message;
      } catch {
        wrong.textContent = this.#texts.unreachable;
      }
    }
    back?.focus();
    this.dispatchEvent(new CustomEvent("hr-signed-in", { bubbles: true }));
  }

  // Words ---------------------------------------------------------------------------------------------------------

  #text(name, values) { return this.#texts[name].replace(/\{(\w+)\}/g, (_, key) => values[key]); }
  #announce(text) { this.querySelector("[data-said]").textContent = text; }
  #say(name, values) { this.#announce(this.#text(name, values)); }

  #show(state) {
    this.dataset.state = state;
    const name = state === "saved" && this.#problems.size ? "others" : state;
    const [said, text] = [this.querySelector("[data-saved]"), this.#text(name, { count: this.#saving.unsaved })];
    if (said.textContent !== text) said.textContent = text;
    this.#count();
  }

  #count() {
    const button = this.querySelector("[data-next-problem]");
    button.hidden = !this.#problems.size;
    button.textContent = this.#text("problems", { count: this.#problems.size });
  }
}

/** What was chosen in a dialog; empty if it was left. */
function asked(dialog) {
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((resolve) => dialog.addEventListener("close", () => resolve(dialog.returnValue), { once: true }));
}

customElements.define("hr-grid", HrGrid);

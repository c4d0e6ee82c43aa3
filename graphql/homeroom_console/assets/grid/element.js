// <hr-grid>: a table in which people write as in a spreadsheet, by the grid pattern of WAI-ARIA.
//
// The server draws the table: th[data-col] heads a column that can be written, tr[data-row] is a row, td[data-version]
// has the version of what is written in it, and data-locked of a column, row or cell names the reason why it cannot be
// written. The page's script gives the element two functions:
//
//   grid.save = async (changes, key) => outcomes    changes: { row, column, value, version }
//   grid.current = async (rows) => facts            facts: { row, column, value, version }
//
// and calls put(facts) and result(row, name, text) for what others have changed. run(operation, variables) runs an
// operation of the page (data-page) by its name. The parts: table.js what is drawn, choosing.js focus and ranges,
// editor.js one open cell, clipboard.js, steps.js undoing, saving.js the way to the server, words.js what is said.

const tooLong = (value) => value !== null && value.length > LONGEST_VALUE;

class HrGrid extends HTMLElement {
  #sheet; #choosing; #editor; #words; #saving; #texts;
  #steps = new Steps(); #problems = new Map(); #held = new Map(); #dragging = false;

  connectedCallback() {
    if (this.#sheet) return;
    this.#texts = JSON.parse(this.dataset.texts);
    this.#sheet = new Sheet(this.querySelector("table"), this.id, this.dataset.decimal);
    this.#words = new Words(this, this.#sheet, this.#texts);
    this.#choosing = new Choosing(this.#sheet, (count) => this.#words.say("chosen", { count }));
    this.#editor = new CellEditor(this.#sheet, {
      done: (cell, value, version) => this.#write([[cell, value]], { version }),
      closed: (cell) => this.#draw(cell),
      moved: (step) => this.#choosing.by(step),
    });
    this.#saving = new Saving({
      send: (changes, key) => this.save(changes.map(({ cell, value, version }) => this.#sheet.change(cell, value, version)), key),
      done: (changes, outcomes) => this.#settle(changes, outcomes),
      shown: (state) => this.#show(state),
      signIn: (status) => session.again(status),
    });
    if (this.#sheet.rows.length) this.#listen();
    if (this.#sheet.readOnly) this.#show("reading");
    const dense = this.querySelector("[data-dense]");
    dense.checked = this.toggleAttribute("dense", localStorage.getItem("homeroom-dense") === "1");
    dense.addEventListener("change", () => localStorage.setItem("homeroom-dense", this.toggleAttribute("dense", dense.checked) ? "1" : ""));
    performance.mark("interactive");
  }

  /** Runs an operation of the page; gives its data. watching: a look at what others do. */
  run(operation, variables, { watching = false } = {}) {
    return runOperation(this.dataset.page, operation, variables, this.#texts.failed, watching);
  }

  /** Shows facts from the server. A cell that somebody is writing here keeps what was written. */
  put(facts) {
    for (const fact of facts) {
      const cell = this.#sheet.find(fact.row, fact.column);
      const known = cell && this.#sheet.known.get(cell);
      if (!cell || (known.version ?? 0) > (fact.version ?? 0)) continue;
      if (this.#saving.of(cell)) this.#held.set(cell, fact);
      else if (!this.#problems.has(cell)) this.#keep(cell, fact, known.version !== fact.version);
    }
  }

  /** The text of a cell that only the server writes, such as an average. */
  result(row, name, text) {
    const cell = this.#sheet.result(row, name);
    if (cell && cell.textContent !== text) cell.textContent = text;
  }

  /** What is in a cell for the person who writes: saved or not. */
  #value(cell) {
    const change = this.#saving.of(cell) || this.#problems.get(cell);
    return change ? change.value : this.#sheet.known.get(cell).value;
  }

  // Keys, pointer, clipboard --------------------------------------------------------------------------------------

  #listen() {
    const { table } = this.#sheet;
    table.addEventListener("keydown", (event) => (this.#editor.open ? this.#editor.key(event) : this.#key(event)));
    table.addEventListener("pointerdown", (event) => this.#press(event));
    table.addEventListener("pointerover", (event) => {
      const cell = event.target.closest("td");
      if (this.#dragging && cell && this.#sheet.has(cell)) this.#choosing.go(this.#sheet.placeOf(cell), true);
    });
    addEventListener("pointerup", () => { this.#dragging = false; });
    table.addEventListener("click", (event) => {
      const cell = event.target.closest("td");
      // On a touch screen one tap opens the cell: there is no keyboard that could.
      if (event.pointerType !== "touch" || !cell || !this.#sheet.has(cell) || this.#editor.isIn(cell)) return;
      this.#editor.commit();
      this.#choosing.go(this.#sheet.placeOf(cell));
      this.#edit();
    });
    table.addEventListener("dblclick", () => this.#edit());
    table.addEventListener("copy", (event) => this.#copy(event));
    table.addEventListener("cut", (event) => { if (this.#copy(event)) this.#clear(); });
    table.addEventListener("paste", (event) => this.#paste(event));
    table.addEventListener("focusin", (event) => this.#words.explain(event.target.closest("td")));
    table.addEventListener("focusout", (event) => { if (this.#editor.is(event.target)) this.#editor.commit(); });
    this.querySelector("[data-next-problem]").addEventListener("click", () => this.#mend([...this.#problems.keys()][0]));
    this.querySelector("[data-sign-in]").addEventListener("click", () => this.#signIn());
    addEventListener("beforeunload", (event) => {
      this.#editor.commit();
      if (!this.#saving.unsaved && !this.#problems.size) return;
      this.#saving.flush();
      event.preventDefault();
    });
    addEventListener("pagehide", () => this.#saving.flush());
    document.addEventListener("hr-leaving", (event) => {
      this.#editor.commit();
      if (this.#saving.unsaved || this.#problems.size) event.preventDefault();
    });
    document.addEventListener("hr-left", () => { this.#saving.forget(); this.#problems.clear(); });
    for (const back of ["hr-signed-in", "hr-connected"]) document.addEventListener(back, () => this.#saving.flush());
  }

  #press(event) {
    const cell = event.target.closest("td");
    if (!cell || !this.#sheet.has(cell) || event.button || event.pointerType === "touch" || this.#editor.is(event.target)) return;
    this.#editor.commit();
    this.#choosing.go(this.#sheet.placeOf(cell), event.shiftKey);
    this.#dragging = true;
    event.preventDefault();
  }

  #key(event) {
    // The first key of an input method opens an empty editor, in which the method then composes.
    if (composes(event)) { this.#edit(""); return; }
    const control = event.ctrlKey || event.metaKey;
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    if (this.#choosing.key(event)) { /* It has moved. */ }
    else if (key === "Enter" || key === "F2") this.#edit();
    else if (key === "Delete" || key === "Backspace") this.#clear();
    else if (control && (key === "y" || (key === "z" && event.shiftKey))) this.#turn(false);
    else if (control && key === "z") this.#turn(true);
    else if (control && key === "s") this.#saving.flush();
    else if (key === "Escape") this.#choosing.go(this.#choosing.place);
    else if (!control && !event.altKey && event.key.length === 1) this.#edit(event.key);
    else return;
    event.preventDefault();
  }

  #copy(event) {
    if (this.#editor.open) return false;
    event.clipboardData.setData("text/plain", copied(this.#choosing.range()));
    event.preventDefault();
    return true;
  }

  #paste(event) {
    if (this.#editor.open) return;
    event.preventDefault();
    const text = event.clipboardData.getData("text/plain");
    if (!text) return;
    const { pairs, outside } = placed(this.#sheet, this.#choosing.range(), readTsv(text));
    this.#write(pairs.map(([cell, each]) => [cell, this.#sheet.columnOf(cell).value(each)]), { outside });
    this.#saving.flush();
  }

  // Writing -------------------------------------------------------------------------------------------------------

  #edit(typed) {
    const cell = this.#choosing.cell;
    if (this.#editor.open) return;
    if (!this.#sheet.writable(cell)) this.#words.explain(cell, true);
    else if (this.#problems.get(cell)?.theirs !== undefined) this.#resolve(cell);
    else this.#editor.begin(cell, this.#sheet.columnOf(cell).text(this.#value(cell)), typed);
  }

  #clear() {
    this.#write(this.#choosing.range().flat().map((cell) => [cell, null]));
  }

  /** Takes values into cells: shows them, keeps them for undoing, and has them saved.
   *
   *  version: what was seen of the one cell. outside: values for which there is no cell. */
  #write(wanted, { remember = true, version, outside = 0 } = {}) {
    const cells = wanted.filter(([cell]) => this.#sheet.writable(cell));
    // A result is nobody's to write, and a text that is there already is no loss.
    const left = wanted.filter(([cell, value]) => !this.#sheet.writable(cell) && value !== null && this.#shownIn(cell) !== value).map(([cell]) => cell);
    this.#words.refused(wanted.length > 1 ? left : []);
    if (wanted.length === 1 && !cells.length) this.#words.explain(wanted[0][0], true);
    const changed = cells.filter(([cell, value]) => this.#value(cell) !== value);
    if (remember && changed.length) this.#steps.add(changed.map(([cell, value]) => [cell, this.#value(cell), value]));
    const changes = changed.map(([cell, value]) => ({ cell, value, version: version === undefined ? this.#sheet.known.get(cell).version : version }));
    const [good, long] = [changes.filter(({ value }) => !tooLong(value)), changes.filter(({ value }) => tooLong(value))];
    for (const { cell } of good) this.#problems.delete(cell);
    for (const { cell, value, version: seen } of long) this.#problems.set(cell, { value: value.slice(0, LONGEST_VALUE), version: seen, message: this.#texts.long });
    if (good.length) this.#saving.add(good);
    for (const { cell } of changes) this.#draw(cell);
    if (changes.length) this.#count();
    if (wanted.length < 2) return;
    const said = [this.#words.text(left.length ? "some_written" : "written", { count: changes.length, left: left.length })];
    if (outside) said.push(this.#words.text("outside", { count: outside }));
    this.#words.announce(said.join(". "));
  }

  #shownIn(cell) { return this.#sheet.columnOf(cell).value(cell.textContent); }

  #turn(back) {
    const step = this.#steps.turn(back, (cell) => this.#value(cell));
    if (!step) { this.#words.say(back ? "nothing_undone" : "nothing_redone"); return; }
    if (step.pairs.length) {
      this.#choosing.go(this.#sheet.placeOf(step.pairs[0][0]));
      this.#write(step.pairs, { remember: false });
    }
    this.#words.say(step.left ? "some_undone" : back ? "undone" : "redone", { count: step.pairs.length, left: step.left });
  }

  // What became of it ---------------------------------------------------------------------------------------------

  async #settle(changes, outcomes) {
    const conflicts = [];
    let wrong = 0;
    changes.forEach(({ cell, value, version }, place) => {
      const { code, message, ...saved } = outcomes[place];
      const held = this.#held.get(cell);
      this.#held.delete(cell);
      if (code) {
        if (!this.#saving.of(cell)) { this.#problems.set(cell, { value, version, message }); wrong += 1; }
        if (code === "CONFLICT") conflicts.push(cell);
        this.#draw(cell);
      } else {
        this.#keep(cell, held && (held.version ?? 0) > (saved.version ?? 0) ? held : saved, false);
      }
    });
    if (conflicts.length) await this.#compare(conflicts);
    if (wrong && this.#problems.size) this.#announceProblems();
    this.#count();
  }

  #announceProblems() {
    const [[cell, problem]] = this.#problems;
    this.#words.announce(`${this.#words.text("problems", { count: this.#problems.size })}. ${this.#sheet.nameOf(cell)}: ${this.#reason(cell, problem)}`);
  }

  /** Finds what the others have written where it differs from what was seen here. */
  async #compare(cells) {
    try {
      const facts = await this.current([...new Set(cells.map((cell) => cell.parentNode.dataset.row))]);
      for (const fact of facts) {
        const cell = this.#sheet.find(fact.row, fact.column);
        const problem = this.#problems.get(cell);
        if (!problem || !cells.includes(cell)) { this.put([fact]); continue; }
        this.#sheet.known.set(cell, { value: fact.value, version: fact.version });
        if (problem.value === fact.value) this.#problems.delete(cell);
        else Object.assign(problem, { theirs: fact.value });
        this.#draw(cell);
      }
    } catch { /* It is compared when the next attempt conflicts. */ }
  }

  #keep(cell, { value, version }, byOthers) {
    this.#sheet.known.set(cell, { value, version });
    this.#draw(cell);
    if (!byOthers) return;
    cell.classList.remove("changed");
    void cell.offsetWidth; // begins the animation again
    cell.classList.add("changed");
  }

  /** Shows a cell as it is: its text, its state for eyes, and the same in words. */
  #draw(cell) {
    const column = this.#sheet.columnOf(cell);
    if (!column.id || this.#editor.isIn(cell)) return;
    cell.textContent = column.text(this.#value(cell));
    const problem = this.#problems.get(cell);
    const state = this.#saving.of(cell) ? "saving" : problem ? ("theirs" in problem ? "conflict" : "error") : "";
    if (state) cell.dataset.state = state;
    else delete cell.dataset.state;
    if (problem) cell.setAttribute("aria-invalid", "true");
    else cell.removeAttribute("aria-invalid");
    if (problem) cell.setAttribute("aria-describedby", this.#words.about(cell, this.#reason(cell, problem)));
    else if (state) cell.setAttribute("aria-describedby", `${this.id}-${state}`);
    else if (this.#sheet.writable(cell)) cell.removeAttribute("aria-describedby");
    if (cell === this.#choosing.cell && document.activeElement === cell) this.#words.explain(cell);
  }

  #reason(cell, problem) {
    if (!("theirs" in problem)) return problem.message;
    const text = (value) => this.#sheet.columnOf(cell).text(value) || "–";
    return this.#words.text("conflict", { theirs: text(problem.theirs), mine: text(problem.value) });
  }

  /** Shows mine and theirs; one of them is chosen. */
  async #resolve(cell) {
    const problem = this.#problems.get(cell);
    const dialog = this.querySelector("[data-conflict]");
    const column = this.#sheet.columnOf(cell);
    dialog.querySelector("[data-cell]").textContent = this.#sheet.nameOf(cell);
    for (const name of ["theirs", "mine"]) dialog.querySelector(`[data-${name}]`).textContent = column.text(name === "mine" ? problem.value : problem.theirs) || "–";
    const chosen = await asked(dialog);
    if (chosen) {
      this.#problems.delete(cell);
      if (chosen === "mine") this.#saving.add([{ cell, value: problem.value, version: this.#sheet.known.get(cell).version }]);
      this.#draw(cell);
      this.#count();
    }
    cell.focus();
  }

  #mend(cell) {
    if (!cell) return;
    this.#choosing.go(this.#sheet.placeOf(cell));
    this.#edit();
  }

  #show(state) {
    this.#words.state(state, state === "saved" && this.#problems.size ? "others" : state, this.#saving.unsaved);
    this.#count();
  }

  /** Asks for the password. The button that asked is gone afterwards, so the focus returns to the cell. */
  async #signIn() {
    await this.#saving.flush();
    if (this.dataset.state !== "signed-out") this.#choosing.cell.focus();
  }

  #count() {
    this.#words.problems([...this.#problems].map(([cell, problem]) => [cell, this.#reason(cell, problem)]), (cell) => this.#mend(cell));
  }
}

customElements.define("hr-grid", HrGrid);

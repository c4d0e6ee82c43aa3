// The one editor of a Sheet: an input, or a select where the column has choices.
//
// Input methods (Telex, Pinyin, Zhuyin) compose in the editor: keys belong to them until they are done.

/** Whether a key belongs to an input method. 229 is what browsers report where they give no key (UI Events, 7.3.1). */
const composes = (event) => event.isComposing || event.keyCode === 229;

class CellEditor {
  #field = null;

  /** done(cell, value, version) takes what was written; closed(cell) has the cell drawn again. */
  constructor(sheet, { done, closed, moved }) {
    Object.assign(this, { sheet, done, closed, moved });
  }

  get open() { return this.#field !== null; }
  is(element) { return element === this.#field; }
  isIn(cell) { return this.open && cell.contains(this.#field); }

  /** Opens the editor in a cell. typed: what replaces the text of the cell. */
  begin(cell, text, typed) {
    const column = this.sheet.columnOf(cell);
    const field = column.choices
      ? this.#select(column, text, typed)
      : Object.assign(document.createElement("input"), { value: typed ?? text, inputMode: "decimal", autocomplete: "off", enterKeyHint: "next", maxLength: LONGEST_VALUE });
    field.setAttribute("aria-label", this.sheet.nameOf(cell));
    cell.replaceChildren(field);
    this.#field = field;
    // What somebody else writes meanwhile is a conflict.
    field.version = this.sheet.known.get(cell).version;
    field.focus();
    if (typed === undefined) field.select?.();
  }

  #select(column, text, typed) {
    const select = document.createElement("select");
    select.append(new Option("", ""), ...column.choices.map(([, sign, label]) => new Option(sign === label ? label : `${sign} – ${label}`, sign)));
    const found = typed && column.choices.find((names) => names.some((name) => plain(name).startsWith(plain(typed))));
    select.value = found ? found[1] : text;
    return select;
  }

  key(event) {
    if (composes(event)) return;
    const back = event.shiftKey ? -1 : 1;
    const vertical = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (event.key === "Escape") this.#close();
    else if (event.key === "Enter") this.commit([back, 0]);
    else if (event.key === "Tab") this.commit([0, back]);
    else if (vertical && this.#field.tagName === "INPUT") this.commit([vertical, 0]);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** Takes what was written, if the editor is open. step: where the focus is then; without one it stays elsewhere. */
  commit(step) {
    if (!this.open) return;
    const { value, version } = this.#field;
    const cell = this.#close(step !== undefined);
    this.done(cell, this.sheet.columnOf(cell).value(value), version);
    if (step) this.moved(step);
  }

  #close(focus = true) {
    const cell = this.#field.closest("td");
    this.#field = null;
    this.closed(cell);
    if (focus) cell.focus();
    return cell;
  }
}

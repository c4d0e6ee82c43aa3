// The table of <hr-grid> as the server has drawn it: its columns, rows and cells, and which of them can be written.

const between = (value, most) => Math.max(0, Math.min(value, most));

class Sheet {
  /** Takes over a table. id: of the element, for the ids of its words. */
  constructor(table, id, decimal) {
    this.table = table;
    this.id = id;
    const heads = [...table.tHead.rows].at(-1).cells;
    this.columns = [...heads].filter((each) => !each.hasAttribute("data-name")).map((each) => new Column(each, decimal));
    this.rows = [...table.tBodies[0].rows].map((row) => [...row.cells].filter((each) => each.tagName === "TD"));
    this.known = new Map();
    for (const cells of this.rows) cells.forEach((cell, place) => this.#take(cell, this.columns[place]));
    const cells = this.rows.flat();
    if (cells.length) cells[0].tabIndex = 0;
    this.readOnly = !cells.some((cell) => this.writable(cell));
  }

  #take(cell, column) {
    const why = cell.dataset.locked || cell.parentNode.dataset.locked || column.locked;
    cell.tabIndex = -1;
    if (why || !column.id) {
      cell.setAttribute("aria-readonly", "true");
      if (why) cell.setAttribute("aria-describedby", `${this.id}-${why}`);
    }
    const version = cell.dataset.version ? +cell.dataset.version : null;
    this.known.set(cell, { value: column.id ? column.value(cell.textContent) : null, version });
  }

  has(cell) { return this.known.has(cell); }
  at([row, column]) { return this.rows[row]?.[column]; }
  within([row, column]) { return [between(row, this.rows.length - 1), between(column, this.columns.length - 1)]; }
  placeOf(cell) {
    const row = this.rows.findIndex((cells) => cells[0].parentNode === cell.parentNode);
    return [row, this.rows[row].indexOf(cell)];
  }
  columnOf(cell) { return this.columns[this.placeOf(cell)[1]]; }

  /** The cell of a row and a column of the server; none if it is not shown. */
  find(row, column) {
    const place = this.columns.findIndex((each) => each.id === column);
    const cells = this.rows.find((each) => each[0].parentNode.dataset.row === row);
    return place < 0 ? undefined : cells?.[place];
  }

  result(row, name) {
    return this.table.querySelector(`tr[data-row="${CSS.escape(row)}"] td[data-result="${CSS.escape(name)}"]`);
  }

  writable(cell) { return cell.getAttribute("aria-readonly") !== "true"; }
  nameOf(cell) {
    const head = cell.parentNode.cells[0];
    return `${(head.dataset.title || head.textContent).trim()}, ${this.columnOf(cell).title}`;
  }
  change(cell, value, version) { return { row: cell.parentNode.dataset.row, column: this.columnOf(cell).id, value, version }; }
}

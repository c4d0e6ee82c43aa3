// Moving through a Sheet: one cell has the focus, and a range reaches from it to where choosing began.

const MOVES = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1], PageUp: [-10, 0], PageDown: [10, 0] };
const FAR = 1e6;

class Choosing {
  /** chosen(count) is called when a range is chosen. */
  constructor(sheet, chosen) {
    Object.assign(this, { sheet, chosen, place: [0, 0], from: [0, 0] });
  }

  get cell() { return this.sheet.at(this.place); }

  go(place, extend = false) {
    this.cell.tabIndex = -1;
    for (const cell of this.sheet.table.querySelectorAll("[aria-selected=true]")) cell.removeAttribute("aria-selected");
    this.place = this.sheet.within(place);
    if (!extend) this.from = this.place;
    this.cell.tabIndex = 0;
    this.cell.focus();
    if (!extend) return;
    const range = this.range().flat();
    for (const each of range) each.setAttribute("aria-selected", "true");
    this.chosen(range.length);
  }

  by([down, right], extend) { this.go([this.place[0] + down, this.place[1] + right], extend); }

  /** The rows of cells that are chosen. */
  range() {
    const [[a, b], [c, d]] = [this.place, this.from];
    return this.sheet.rows.slice(Math.min(a, c), Math.max(a, c) + 1).map((row) => row.slice(Math.min(b, d), Math.max(b, d) + 1));
  }

  /** Follows a key that moves. Gives whether it was one. */
  key({ key, shiftKey, ctrlKey, metaKey }) {
    const control = ctrlKey || metaKey;
    const [row] = this.place;
    if (MOVES[key]) this.by(MOVES[key].map((step) => (control ? Math.sign(step) * FAR : step)), shiftKey);
    else if (key === "Home") this.go([control ? 0 : row, 0], shiftKey);
    else if (key === "End") this.go([control ? FAR : row, FAR], shiftKey);
    else if (control && key.toLowerCase() === "a") { this.from = [0, 0]; this.go([FAR, FAR], true); }
    else return false;
    return true;
  }
}

// What <hr-grid> says: below the table, to screen readers, and about cells that need attention.

const LISTED = 8; // cells that are named; the others are counted

class Words {
  constructor(grid, sheet, texts) {
    Object.assign(this, { grid, sheet, texts });
  }

  text(name, values = {}) { return this.texts[name].replace(/\{(\w+)\}/g, (_, key) => values[key]); }
  #part(name) { return this.grid.querySelector(`[data-${name}]`); }

  /** Announces a text. The same text twice is announced twice. */
  announce(text) {
    const said = this.#part("said");
    said.textContent = said.textContent === text ? `${text}\u00a0` : text;
  }
  say(name, values) { this.announce(this.text(name, values)); }

  state(state, name, count) {
    this.grid.dataset.state = state;
    const text = this.text(name, { count });
    const said = this.#part("saved");
    if (said.textContent !== text) said.textContent = text;
    this.#part("sign-in").hidden = state !== "signed-out";
  }

  /** Says below the table what is special about a cell. */
  explain(cell, aloud = false) {
    const id = cell?.getAttribute("aria-describedby");
    const words = (id && document.getElementById(id)?.textContent) || "";
    this.#part("about").textContent = aloud ? "" : words;
    if (aloud && words) this.announce(words);
  }

  /** The id of words about a cell, which are made for it. */
  about(cell, text) {
    const [row, column] = this.sheet.placeOf(cell);
    const id = `${this.sheet.id}-${row}-${column}`;
    const words = document.getElementById(id) || this.#part("words").appendChild(Object.assign(document.createElement("span"), { id }));
    words.textContent = text;
    return id;
  }

  /** Lists cells that need attention, each with its reason and a way to it. */
  problems(entries, go) {
    const count = entries.length;
    const button = this.#part("next-problem");
    button.hidden = !count;
    button.textContent = this.text("problems", { count });
    this.#list("problems", entries, ([cell, text]) => {
      const way = Object.assign(document.createElement("button"), { type: "button", className: "link", textContent: this.sheet.nameOf(cell) });
      way.addEventListener("click", () => go(cell));
      return [way, `: ${text}`];
    });
  }

  /** Names cells that were not written because they are locked, each kind of reason with its cells. */
  refused(cells) {
    const reasons = new Map();
    for (const cell of cells) {
      const id = cell.getAttribute("aria-describedby");
      const why = document.getElementById(id)?.textContent || this.text("result");
      reasons.set(why, [...(reasons.get(why) || []), cell]);
    }
    this.#list("refused", [...reasons], ([why, its]) => {
      const names = its.slice(0, LISTED).map((cell) => this.sheet.nameOf(cell)).join("; ");
      return [`${why} (${its.length}) ${names}${its.length > LISTED ? " …" : ""}`];
    });
  }

  #list(name, entries, contentOf) {
    const list = this.#part(name);
    list.hidden = !entries.length;
    const shown = entries.slice(0, LISTED).map((each) => {
      const item = document.createElement("li");
      item.append(...contentOf(each));
      return item;
    });
    if (entries.length > LISTED) shown.push(Object.assign(document.createElement("li"), { textContent: this.text("more", { count: entries.length - LISTED }) }));
    list.replaceChildren(...shown);
  }
}

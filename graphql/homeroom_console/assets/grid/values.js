// What is written in the cells of <hr-grid>: numbers with a point or a comma, choices by their signs, and the text of a
// clipboard as spreadsheets write it (TSV).

const NUMBER = /^([+-]?)(\d*)(?:[.,。](\d*))?$/;
const LONGEST_VALUE = 100; // characters
const plain = (text) => text.trim().toLowerCase().normalize("NFD").replace(/\p{M}/gu, "").replaceAll("đ", "d");

/** A number as the server writes it: "7,50" is "7.5", and so is "７。５" of a Chinese input method. Any other text stays. */
function readNumber(text) {
  const found = NUMBER.exec(text.normalize("NFKC").trim());
  if (!found || !(found[2] || found[3])) return text.trim();
  const part = (found[3] || "").replace(/0+$/, "");
  return `${found[1] === "-" ? "-" : ""}${found[2].replace(/^0+(?=\d)/, "") || "0"}${part && `.${part}`}`;
}

/** A column that can be written: its id, its title, and for a column of choices [code, sign, label] of each. */
class Column {
  constructor(header, decimal) {
    this.id = header.dataset.col;
    this.locked = header.dataset.locked || "";
    this.title = header.dataset.title || header.textContent.trim();
    this.choices = header.dataset.choices ? JSON.parse(header.dataset.choices) : null;
    this.decimal = decimal;
  }

  /** What a text means: null where it is empty, the code of a choice, a number with a point. */
  value(text) {
    if (!text.trim()) return null;
    if (!this.choices) return readNumber(text);
    return this.choice(text)?.[0] ?? text.trim();
  }

  /** How a value is shown. */
  text(value) {
    if (value === null || value === undefined) return "";
    if (this.choices) return this.choices.find(([code]) => code === value)?.[1] ?? value;
    return readNumber(value).replace(".", this.decimal);
  }

  /** The choice that a text names, by its code, sign or label. */
  choice(text) {
    return this.choices.find((names) => names.some((name) => plain(name) === plain(text)));
  }
}

/** The rows of a clipboard. A cell with a tab, a line end or a quote is quoted, and quotes in it are doubled. */
function readTsv(text) {
  const rows = [[]];
  const cell = /("(?:[^"]|"")*"(?=[\t\r\n]|$)|[^\t\r\n]*)(\t|\r\n|\r|\n|$)/y;
  for (;;) {
    const [, written, end] = cell.exec(text);
    const quoted = written.length > 1 && written.startsWith('"') && written.endsWith('"');
    rows.at(-1).push(quoted ? written.slice(1, -1).replaceAll('""', '"') : written);
    if (end === "\t") continue;
    if (cell.lastIndex >= text.length) return rows;
    rows.push([]);
  }
}

function writeTsv(rows) {
  const cell = (text) => (/[\t\r\n"]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  return rows.map((row) => row.map(cell).join("\t")).join("\r\n");
}

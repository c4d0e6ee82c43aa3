// Blocks of cells between a Sheet and a spreadsheet.

/** What a range has, as spreadsheets read it. */
const copied = (range) => writeTsv(range.map((row) => row.map((cell) => cell.textContent.trim())));

/** Where the cells of a block belong: pairs of a cell and a text, and how many texts lie outside of the table.
 *
 *  One text fills the whole range. A block begins at the first cell of the range. Its columns skip results, such as
 *  averages, unless the block has them too: when it has the same texts there, or else would not fit. */
function placed(sheet, range, block) {
  if (block.length === 1 && block[0].length === 1) return { pairs: range.flat().map((cell) => [cell, block[0][0]]), outside: 0 };
  const [top, left] = sheet.placeOf(range[0][0]);
  const rows = block.slice(0, sheet.rows.length - top);
  const width = rows.reduce((most, row) => Math.max(most, row.length), 0);
  const places = placesOf(sheet, [top, left], rows, width);
  const pairs = rows.flatMap((row, down) => row.slice(0, places.length).map((text, right) => [sheet.at([top + down, places[right]]), text]));
  return { pairs, outside: block.reduce((sum, row) => sum + row.length, 0) - pairs.length };
}

function placesOf(sheet, [top, left], rows, width) {
  const all = sheet.columns.map((_, place) => place).slice(left);
  const written = all.filter((place) => sheet.columns[place].id);
  const plainly = all.slice(0, width);
  const results = plainly.filter((place) => !sheet.columns[place].id);
  const same = (place) => rows.every((row, down) => {
    const text = row[place - left]?.trim();
    return !text || readNumber(text) === readNumber(sheet.at([top + down, place]).textContent);
  });
  return written.length < width || !sheet.columns[left].id || (results.length && results.every(same)) ? plainly : written.slice(0, width);
}

// The page of a book: how the grid saves marks, and what it shows of the work of others.
const grid = document.querySelector("hr-grid#marks");
const table = grid.querySelector("table");
const { gradebook } = table.dataset;
const signs = new Map([...table.querySelectorAll("th[data-choices]")].flatMap((head) => JSON.parse(head.dataset.choices)).map(([code, sign]) => [code, sign]));

const short = (number) => (number === null ? "" : number.includes(".") ? number.replace(/\.?0+$/, "") : number);
const valueOf = ({ number, code }) => (number === null ? code : short(number));

grid.save = async (changes, key) => {
  const rows = changes.map(({ row, column, value, version }) => ({ student: row, assessment: column, value, expectedVersion: version }));
  const { enterMarks } = await grid.run("save", { gradebook, rows, key });
  const wrong = new Map(enterMarks.errors.map((each) => [each.row, each]));
  const [about] = enterMarks.errors.filter((each) => each.row === null);
  // The answer has the marks of the good rows, in their order.
  const marks = enterMarks.marks[Symbol.iterator]();
  const outcomes = changes.map((_, place) => {
    const problem = about || wrong.get(place);
    if (problem) return { code: problem.code, message: problem.message };
    const mark = marks.next().value;
    return { version: mark.version, value: valueOf(mark) };
  });
  // The averages come over the socket; without one they are asked for.
  if (!document.documentElement.dataset.liveState) watch([...new Set(changes.map((each) => each.row))]);
  return outcomes;
};

grid.current = async (students, options) => {
  const { subjectResults } = await grid.run("lines", { gradebook, students }, options);
  results(subjectResults.nodes);
  return facts(subjectResults.nodes);
};

/** Shows what others have entered; what cannot be read now is read the next time. */
const watch = (students) => grid.current(students, { watching: true }).then((found) => grid.put(found)).catch(() => {});

function facts(lines) {
  return lines.flatMap((line) => line.marks.nodes.map((mark) => ({ row: line.student.id, column: mark.assessment.id, value: valueOf(mark), version: mark.version })));
}

function results(lines) {
  for (const line of lines) {
    const said = [short(line.score).replace(".", grid.dataset.decimal), signs.get(line.code) ?? line.code];
    grid.result(line.student.id, line.term ? line.term.number : "year", said.filter(Boolean).join(" "));
  }
}

grid.addEventListener("hr-live", ({ detail: { data } }) => {
  if (!data) {
    watch(undefined);
    return;
  }
  results(data);
  grid.put(facts(data));
});

/** How many marks the open rounds wait for. */
function count() {
  const heads = [...table.tHead.rows[1].cells];
  let missing = 0;
  for (const row of table.tBodies[0].rows) {
    if (row.dataset.locked || row.dataset.away !== undefined) continue;
    [...row.cells].slice(1).forEach((cell, place) => {
      const head = heads[place];
      if (head.dataset.col && !head.dataset.locked && !cell.dataset.locked && !cell.textContent && !cell.firstChild) missing += 1;
    });
  }
  document.getElementById("missing").textContent = missing;
}
let counting = 0;
new MutationObserver(() => {
  counting ||= requestAnimationFrame(() => { counting = 0; count(); });
}).observe(table.tBodies[0], { childList: true, subtree: true, characterData: true });

// <hr-room>: a seating plan. One chooses a student and then a seat; two students change places. Nothing is kept until
// it is saved, as one plan.
class HrRoom extends HTMLElement {
  #chosen = null;

  connectedCallback() {
    if (!this.hasAttribute("data-editable")) return;
    this.addEventListener("click", (event) => {
      const seat = event.target.closest(".seat");
      if (seat) this.#choose(seat);
    });
    this.addEventListener("keydown", (event) => this.#key(event));
    this.#button.addEventListener("click", () => this.#save());
    addEventListener("beforeunload", (event) => { if (!this.#button.disabled) event.preventDefault(); });
  }

  get #button() { return document.querySelector("[data-save]"); }
  get #status() { return this.querySelector("[role=status]"); }
  get #waiting() { return this.querySelector(".waiting"); }

  #choose(seat) {
    const before = this.#chosen;
    this.#chosen = null;
    before?.removeAttribute("aria-pressed");
    if (before === seat) return;
    if (!before) {
      if (!seat.dataset.student) return;
      this.#chosen = seat;
      seat.setAttribute("aria-pressed", "true");
      this.#status.textContent = this.dataset.chosen.replace("{name}", seat.textContent);
      return;
    }
    const [mine, theirs] = [this.#held(before), this.#held(seat)];
    this.#hold(seat, mine);
    this.#hold(before, theirs);
    this.#button.disabled = false;
    seat.focus();
  }

  #held(seat) { return { student: seat.dataset.student, name: seat.textContent.trim() }; }

  // A seat keeps its place and says who sits there; a student who waits without a seat leaves with the button.
  #hold(seat, { student, name }) {
    if (!seat.dataset.row && !student) { seat.remove(); return; }
    seat.dataset.student = student;
    seat.textContent = name;
    if (seat.dataset.row) seat.setAttribute("aria-label", `${seat.getAttribute("aria-label").split(":")[0]}: ${name || "–"}`);
  }

  #key(event) {
    const seat = event.target.closest(".room .seat");
    const step = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[event.key];
    if (event.key === "Delete" && seat?.dataset.student) {
      const empty = document.createElement("button");
      Object.assign(empty, { type: "button", className: "seat", textContent: seat.textContent });
      empty.dataset.student = seat.dataset.student;
      this.#waiting.append(empty);
      this.#hold(seat, { student: "", name: "" });
      this.#button.disabled = false;
    }
    if (!seat || !step) return;
    event.preventDefault();
    const [row, place] = [+seat.dataset.row + step[0], +seat.dataset.place + step[1]];
    this.querySelector(`.seat[data-row="${row}"][data-place="${place}"]`)?.focus();
  }

  async #save() {
    const rows = [...this.querySelectorAll(".room .seat")].filter((seat) => seat.dataset.student).map((seat) => ({
      student: seat.dataset.student, rowNumber: +seat.dataset.row, place: +seat.dataset.place,
    }));
    const { class: schoolClass, name, rows: rowCount, places, starts, room } = this.dataset;
    const input = { schoolClass, name, rowCount: +rowCount, placesInRow: +places, startsOn: starts, rows, idempotencyKey: crypto.randomUUID() };
    if (room) input.room = room;
    this.#button.disabled = true;
    try {
      const answer = await session.send(this.dataset.action, { input });
      const { data, errors } = await answer.json();
      const wrong = [...(errors ?? []), ...(data?.planSeats?.errors ?? [])];
      if (wrong.length) throw new Error(wrong.map((each) => each.message).join(" "));
      this.#status.textContent = this.dataset.saved;
    } catch (error) {
      this.#status.textContent = error instanceof SyntaxError || error instanceof TypeError ? this.dataset.failed : error.message;
      this.#button.disabled = false;
    }
  }
}
customElements.define("hr-room", HrRoom);

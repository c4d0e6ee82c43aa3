// <hr-inbox>: requests that wait for a decision, decided one by one or several at once. A decision says which facts were
// seen, so that nobody decides about something that has changed meanwhile.
class HrInbox extends HTMLElement {
  connectedCallback() {
    this.addEventListener("click", (event) => {
      const one = event.target.closest("[data-outcome]");
      if (one) this.#decide([one.closest(".request")], one.dataset.outcome);
      const all = event.target.closest("[data-all]");
      if (all) this.#decide(this.#chosen, all.dataset.all);
    });
    this.addEventListener("change", () => this.#count());
    document.addEventListener("keydown", (event) => this.#key(event));
  }

  get #requests() { return [...this.querySelectorAll(".request")]; }
  get #chosen() { return this.#requests.filter((each) => each.querySelector("[type=checkbox]").checked); }
  get #here() { return document.activeElement?.closest(".request") ?? null; }

  #count() {
    const bar = this.querySelector(".chosen");
    bar.hidden = this.#chosen.length === 0;
    bar.querySelector("[data-count]").textContent = this.#chosen.length;
  }

  #key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input:not([type=checkbox]), textarea, select, dialog")) return;
    const requests = this.#requests, here = requests.indexOf(this.#here);
    if (event.key === "j") requests[Math.min(here + 1, requests.length - 1)]?.focus();
    else if (event.key === "k") requests[Math.max(here - 1, 0)]?.focus();
    else if (here < 0) return;
    else if (event.key === "x") { requests[here].querySelector("[type=checkbox]").click(); requests[here].focus(); }
    else if (event.key === "a") this.#decide([requests[here]], "APPROVE");
    else if (event.key === "r") requests[here].querySelector("[name=note]").value ? this.#decide([requests[here]], "RETURN") : this.#wants(requests[here]);
    else return;
    event.preventDefault();
  }

  #wants(request) {
    this.#say(request, this.dataset.needs);
    request.querySelector("[name=note]").focus();
  }

  #say(request, text) {
    const place = request.querySelector(".problem");
    place.textContent = text;
    place.hidden = !text;
  }

  async #decide(requests, outcome) {
    const silent = requests.find((each) => outcome !== "APPROVE" && !each.querySelector("[name=note]").value.trim());
    if (silent) return this.#wants(silent);
    const rows = requests.map((each) => ({
      approval: each.dataset.id, outcome, seen: each.dataset.seen, note: each.querySelector("[name=note]").value.trim() || null,
    }));
    const buttons = requests.flatMap((each) => [...each.querySelectorAll("button")]);
    for (const each of buttons) each.disabled = true;
    for (const each of requests) this.#say(each, "");
    let answer;
    try {
      answer = await (await session.send(this.dataset.action, { rows, key: crypto.randomUUID() })).json();
    } catch {
      answer = { errors: [{ message: this.dataset.failed }] };
    }
    for (const each of buttons) each.disabled = false;
    const whole = answer.errors?.length ? answer.errors : [], wrong = answer.data?.decideApprovals?.errors ?? [];
    if (whole.length) return this.#say(requests[0], whole.map((each) => each.message).join(" "));
    for (const { row, message } of wrong) this.#say(requests[row ?? 0], message);
    const decided = requests.filter((_, place) => !wrong.some((each) => (each.row ?? place) === place));
    const next = this.#requests.find((each) => !decided.includes(each));
    for (const each of decided) each.remove();
    this.querySelector(":scope > [role=status]").textContent = decided.length ? `${this.dataset.done}: ${decided.length}` : "";
    this.#count();
    next?.focus();
  }
}
customElements.define("hr-inbox", HrInbox);

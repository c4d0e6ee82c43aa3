// What can be undone on a page: steps of cells, each with what was in it before and what after.

const KEPT = 200;

class Steps {
  #done = [];
  #undone = [];

  add(cells) {
    this.#done = [...this.#done, cells].slice(-KEPT);
    this.#undone = [];
  }

  /** Takes back the last step, or does it again: pairs of a cell and its value, and how many others changed meanwhile.
   *
   *  A cell that has another value now was changed by somebody else, and stays as it is. Gives none without a step. */
  turn(back, valueOf) {
    const [from, to] = back ? [this.#done, this.#undone] : [this.#undone, this.#done];
    const step = from.pop();
    if (!step) return null;
    const [now, then] = back ? [2, 1] : [1, 2];
    const mine = step.filter((each) => valueOf(each[0]) === each[now]);
    if (mine.length) to.push(mine);
    return { pairs: mine.map((each) => [each[0], each[then]]), left: step.length - mine.length };
  }
}

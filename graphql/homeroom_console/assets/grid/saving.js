// Saving what was entered, in the background: one batch at a time, kept until the server has answered it.

const WAIT = 400; // milliseconds from the last change to the batch
const MOST = 1000; // changes of a batch
const LONGEST = 30_000; // milliseconds between two attempts

/** The session has ended (status 401), or belongs to somebody else (409): somebody has to sign in, and nothing is lost. */
class SessionEnded extends Error {
  constructor(status) {
    super();
    this.status = status;
  }
}
/** The server was not reached, or is busy: the same batch is sent again later. */
class Unreachable extends Error {}

/** Keeps the changes that are not saved yet.
 *
 *  A batch has one key over all its attempts, so a batch that arrived though its answer was lost is done once.
 *  send(changes, key) gives an outcome for each change: { version, value } or { code, message }.
 *  done(changes, outcomes) takes them. shown(state) is given "saved", "waiting", "saving", "offline" or "signed-out".
 *  signIn(status) asks the person of the page to sign in, and gives whether they did; if not, flush() asks again. */
class Saving {
  #waiting = new Map();
  #batch = null;
  #sending = false;
  #timer = 0;
  #failures = 0;
  #signedOut = false;

  constructor({ send, done, shown, signIn }) {
    Object.assign(this, { send, done, shown, signIn });
    addEventListener("online", () => this.flush());
  }

  /** How many changes the server has not answered. */
  get unsaved() {
    const again = (this.#batch?.changes || []).filter((each) => !this.#waiting.has(each.cell));
    return this.#waiting.size + again.length;
  }

  /** The newest change of a cell that is not saved. */
  of(cell) {
    return this.#waiting.get(cell) || this.#batch?.changes.find((each) => each.cell === cell);
  }

  add(changes) {
    for (const each of changes) {
      const before = this.of(each.cell);
      // It depends on what was seen when the first change that is not saved was made.
      this.#waiting.set(each.cell, before ? { ...each, version: before.version } : each);
    }
    if (!this.#failures && !this.#signedOut) this.#later(WAIT);
    this.#show();
  }

  /** Gives up what is not saved. */
  forget() {
    clearTimeout(this.#timer);
    this.#waiting.clear();
    this.#batch = null;
  }

  async flush() {
    clearTimeout(this.#timer);
    if (this.#sending || !this.unsaved) return;
    this.#batch ||= this.#next();
    const { changes, key } = this.#batch;
    this.#sending = true;
    this.#signedOut = false;
    if (!this.#failures) this.shown("saving");
    try {
      const outcomes = await this.send(changes, key);
      this.#failures = 0;
      this.#end(changes, outcomes);
    } catch (error) {
      if (error instanceof SessionEnded) {
        this.shown("signed-out");
        this.#failures = 0;
        this.#signedOut = !(await this.signIn(error.status));
      } else if (error instanceof Unreachable) {
        this.#failures += 1;
      } else {
        this.#failures = 0;
        this.#end(changes, changes.map(() => ({ code: "FAILED", message: error.message })));
      }
    } finally {
      this.#sending = false;
    }
    if (this.unsaved && !this.#signedOut) this.#later(this.#failures ? this.#pause() : 0);
    this.#show();
  }

  /** Longer with each failure, and not the same for all: when a server comes back, not all ask it at once. */
  #pause() { return Math.min(LONGEST, 1000 * 2 ** this.#failures) * (0.5 + Math.random() / 2); }

  #next() {
    const changes = [...this.#waiting.values()].slice(0, MOST);
    for (const each of changes) this.#waiting.delete(each.cell);
    return { changes, key: crypto.randomUUID() };
  }

  #end(changes, outcomes) {
    this.#batch = null;
    changes.forEach((each, place) => {
      const later = this.#waiting.get(each.cell);
      if (later && !outcomes[place].code) later.version = outcomes[place].version;
    });
    this.done(changes, outcomes);
  }

  #later(pause) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.flush(), pause);
  }

  #show() {
    if (!this.unsaved) this.shown("saved");
    else if (this.#signedOut) this.shown("signed-out");
    else if (this.#failures) this.shown("offline");
    else if (!this.#sending) this.shown("waiting");
  }
}

// Running the operations of a page, for elements that save in the background.

const BUSY = new Set(["UNAVAILABLE", "TOO_BUSY", "TOO_MANY_REQUESTS"]);

/** Runs an operation of a page by its name; gives its data.
 *
 *  watching: whether a look at what others do, which keeps no session alive.
 *  Raises SessionEnded, Unreachable, and Error with what went wrong. */
async function runOperation(page, operation, variables, failed, watching = false) {
  let answer;
  try {
    answer = await fetch(`/run/${page}/${operation}`, {
      method: "POST",
      headers: session.headers({ "content-type": "application/json", ...(watching ? { "x-homeroom-watching": "1" } : {}) }),
      body: JSON.stringify(variables),
    });
  } catch {
    throw new Unreachable();
  }
  if (session.isOver(answer.status)) throw new SessionEnded(answer.status);
  if ([429, 502, 503, 504].includes(answer.status)) throw new Unreachable();
  let found;
  try {
    found = await answer.json();
  } catch {
    // The connection broke within the answer, or something else than the server has answered.
    if (answer.ok) throw new Unreachable();
    throw new Error(failed);
  }
  const { data, errors } = found;
  if (errors?.some((each) => BUSY.has(each.extensions?.code))) throw new Unreachable();
  if (errors?.length) throw new Error(errors.map((each) => each.message).join(" "));
  return data;
}

/** What was chosen in a dialog; empty if it was left. */
function asked(dialog) {
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((resolve) => dialog.addEventListener("close", () => resolve(dialog.returnValue), { once: true }));
}

// A note is kept while it is typed: what stands in [data-keeps-at] is sent a moment after the last key, and at once when
// the field or the page is left, even when the page shows another contact by then. What ends the contact ([data-ends])
// carries the note itself: nothing is kept after it, unless it was refused. What was typed here stands in the field also when
// an answer that knows less of it is drawn over it.
const PAUSE = 500, AGAIN = 5000, LONGEST = 20000;
let kept = null, typed = null, ending = null, timer = null, flight = Promise.resolve();

function note(field) {
  const data = new FormData();
  data.set("csrfmiddlewaretoken", field.form.elements.csrfmiddlewaretoken.value);
  data.set("note", field.value);
  return { url: field.dataset.keepsAt, text: field.value, data };
}

function later(pause) {
  clearTimeout(timer);
  timer = setTimeout(save, pause);
}

// One after another: an older text must not be the last that the server hears.
function save() {
  clearTimeout(timer);
  const now = kept;
  if (now) flight = flight.then(() => send(now));
}

async function send(now) {
  if (now.isSaved || now === ending) return;
  try {
    const reply = await fetch(now.url, { method: "POST", body: now.data, signal: AbortSignal.timeout(LONGEST), redirect: "manual" });
    if (!reply.ok) throw new Error(String(reply.status));
    now.isSaved = true;
    if (kept === now) kept = null;
  } catch {
    if (kept === now) later(AGAIN);
  }
}

document.addEventListener("input", (event) => {
  if (!event.target.matches?.("[data-keeps-at]")) return;
  const now = note(event.target);
  if (kept && kept.url !== now.url) save();
  kept = typed = now;
  later(PAUSE);
});
document.addEventListener("htmx:after:swap", () => {
  const field = document.querySelector("[data-keeps-at]");
  if (typed && field?.dataset.keepsAt === typed.url && field.value !== typed.text) field.value = typed.text;
});
document.addEventListener("focusout", (event) => { if (event.target.matches?.("[data-keeps-at]")) save(); });
addEventListener("pagehide", () => { if (kept) navigator.sendBeacon(kept.url, kept.data); });

document.addEventListener("htmx:before:request", (event) => {
  if (!event.target.matches?.("[data-ends]")) return;
  clearTimeout(timer);
  ending = kept;
  kept = null;
  const { ctx } = event.detail, end = ctx.fetch, landed = flight;
  ctx.fetch = async (...request) => { await landed; return end(...request); };
});
document.addEventListener("htmx:after:request", (event) => {
  if (!event.target.matches?.("[data-ends]")) return;
  const { status } = event.detail.ctx.response;
  if (status < 400) { typed = null; return; }
  kept ??= ending;
  ending = null;
  if (kept) later(PAUSE);
});

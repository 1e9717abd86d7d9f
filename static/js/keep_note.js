// A note is kept while it is typed: what stands in [data-keeps-at] is sent a moment after the last key, and at once when
// the field or the page is left, even when the page shows another contact by then. What ends the contact ([data-ends])
// carries the note itself: nothing is kept after it, unless it was refused.
const PAUSE = 500, AGAIN = 5000;
let kept = null, ending = null, timer = null, flight = null;

function note(field) {
  const data = new FormData();
  data.set("csrfmiddlewaretoken", field.form.elements.csrfmiddlewaretoken.value);
  data.set("note", field.value);
  return { url: field.dataset.keepsAt, data };
}

function later(pause) {
  clearTimeout(timer);
  timer = setTimeout(save, pause);
}

async function save() {
  clearTimeout(timer);
  const now = kept;
  if (!now) return;
  flight?.abort();
  flight = new AbortController();
  try {
    const reply = await fetch(now.url, { method: "POST", body: now.data, signal: flight.signal, redirect: "manual" });
    if (!reply.ok) throw new Error(String(reply.status));
    if (kept === now) kept = null;
  } catch (error) {
    if (error.name !== "AbortError") later(AGAIN);
  }
}

document.addEventListener("input", (event) => {
  if (!event.target.matches?.("[data-keeps-at]")) return;
  const now = note(event.target);
  if (kept && kept.url !== now.url) save();
  kept = now;
  later(PAUSE);
});
document.addEventListener("focusout", (event) => { if (event.target.matches?.("[data-keeps-at]")) save(); });
addEventListener("pagehide", () => { if (kept) navigator.sendBeacon(kept.url, kept.data); });

document.addEventListener("htmx:before:request", (event) => {
  if (!event.target.matches?.("[data-ends]")) return;
  clearTimeout(timer);
  flight?.abort();
  ending = kept;
  kept = null;
});
document.addEventListener("htmx:after:request", (event) => {
  if (!event.target.matches?.("[data-ends]") || event.detail.ctx.response.status < 400) return;
  kept ??= ending;
  if (kept) later(PAUSE);
});

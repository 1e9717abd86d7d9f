// What is typed is kept on the server: [data-text] in a form of [data-composer] is saved a moment after the last key, on
// leaving the field and on leaving the page. Without a connection the text stays in the field and is tried again.
// While a field holds what the server does not know yet, hx-morph-skip keeps live pages from writing over it.
const PAUSE = 700, AGAIN = 5000, LONGEST = 20000;
const timers = new WeakMap();
// What is on its way, one after another: an older text must not be the last that the server hears.
const flights = new WeakMap();
const sendings = new WeakMap();

const place = (form) => form.closest("[data-composer]");
const area = (form) => form.querySelector("[data-text]");

function say(form, html, isTrouble = false) {
  const mark = form.querySelector("[data-saved]");
  if (isTrouble) { mark.textContent = html; mark.classList.add("late"); } else { mark.innerHTML = html; mark.classList.remove("late"); }
}

function body(form) {
  const data = new FormData();
  for (const name of ["csrfmiddlewaretoken", "kind", "seen"]) data.set(name, form.elements[name].value);
  data.set("text", area(form).value);
  return data;
}

function next(form, flight) {
  flights.set(form, (flights.get(form) ?? Promise.resolve()).then(flight));
}

function save(form) {
  clearTimeout(timers.get(form));
  next(form, () => isWaiting(area(form)) && send(form));
}

async function send(form) {
  const typed = area(form).value;
  try {
    const reply = await fetch(place(form).dataset.draft, { method: "POST", body: body(form), headers: { "HX-Request": "true" }, signal: AbortSignal.timeout(LONGEST), redirect: "manual" });
    if (reply.type === "opaqueredirect" || reply.status === 403) { say(form, place(form).dataset.signedOut, true); later(form, AGAIN); return; }
    if (reply.status >= 500) throw new Error(String(reply.status));
    // An error the person can mend is said when he sends; here nothing is lost.
    if (reply.ok) say(form, await reply.text());
    if (area(form).value === typed) area(form).removeAttribute("hx-morph-skip");
  } catch {
    if (!form.isConnected) return;
    say(form, place(form).dataset.unsaved, true);
    later(form, AGAIN);
  }
}

function later(form, pause) {
  clearTimeout(timers.get(form));
  timers.set(form, setTimeout(() => form.isConnected && save(form), pause));
}

// For whoever changes the text by a program (a ready-made text, a name).
export function changed(field) {
  if (!field.matches?.("[data-composer] [data-text]")) return;
  field.setAttribute("hx-morph-skip", "");
  say(field.form, "");
  later(field.form, PAUSE);
}

const isWaiting = (field) => field.hasAttribute("hx-morph-skip");
const fields = () => [...document.querySelectorAll("[data-composer] [data-text]")];

document.addEventListener("input", (event) => changed(event.target));
document.addEventListener("focusout", (event) => { if (event.target.matches?.("[data-composer] [data-text]") && isWaiting(event.target)) save(event.target.form); });
addEventListener("online", () => fields().filter(isWaiting).forEach((field) => save(field.form)));
addEventListener("pagehide", () => {
  for (const field of fields().filter(isWaiting)) navigator.sendBeacon(place(field.form).dataset.draft, body(field.form));
});

// Sending takes the text away: nothing must save it afterwards, nor an older save come after it. What was typed on while it
// was sent stays and is kept; so is all of it when it was refused.
document.addEventListener("htmx:before:request", (event) => {
  const form = event.target.closest?.("[data-composer] form");
  if (!form || !area(form)) return;
  const { ctx } = event.detail, post = ctx.fetch, before = flights.get(form);
  const sent = { form, text: area(form).value, isKept: [event.target, ctx.request.submitter].some((one) => one?.hasAttribute("data-keeps")) };
  const landed = new Promise((land) => { sent.land = land; });
  sendings.set(ctx, sent);
  clearTimeout(timers.get(form));
  next(form, () => landed);
  ctx.fetch = async (...request) => { await before; return post(...request); };
});
document.addEventListener("htmx:after:request", ({ detail: { ctx } }) => {
  const sent = sendings.get(ctx);
  if (!sent || sent.isKept || ctx.response.status >= 400) return;
  const field = area(sent.form);
  if (field.value.startsWith(sent.text)) field.value = field.value.slice(sent.text.length);
  field.toggleAttribute("hx-morph-skip", field.value !== "");
});
document.addEventListener("htmx:finally:request", ({ detail: { ctx } }) => {
  const sent = sendings.get(ctx);
  if (!sent) return;
  sent.land();
  if (isWaiting(area(sent.form))) later(sent.form, PAUSE);
});

// What is drawn never goes back in time. Regions ask for themselves (live.js) while people work in them: on a slow line such
// an answer may be older than the page, asked for before a deed there was answered, or for other letters than those that
// stand in the region's finder ([data-asks]) by now. Drawn, it would take back a list, a field, the caret from under the
// hands: it is dropped, and its region asks anew. And a deed that is on its way is not begun once more by an impatient key.
const asked = new Map();  // answers that are waited for: is something done there since?
const deeds = new Set();
const owed = new Set();

const regionOf = (place) => place.closest("[data-live]");
// What lies in a region of its own is drawn by that one, and so is what keeps itself out of morphs.
const isApart = (deed, place) => !(place.closest("[hx-morph-skip]")?.contains(deed) ?? true);
const changes = (deed, place) =>
  (deed.contains(place) && !isApart(deed, place)) || (place.contains(deed) && regionOf(place) === regionOf(deed));
const isUnderWay = (place) => [...deeds].some((deed) => changes(deed.target, place));

function again(id) {
  document.getElementById(id)?.dispatchEvent(new CustomEvent("live-ask", { bubbles: true }));
}

function follow(ctx) {
  const send = ctx.fetch;
  deeds.add(ctx);
  ctx.fetch = async (...request) => {
    try { return await send(...request); } finally { end(ctx); }
  };
}

function isDone(target) {
  for (const [get, state] of asked) if (changes(target, get.target)) state.isOld = true;
}

function end(ctx) {
  if (!deeds.delete(ctx)) return;
  isDone(ctx.target);
  for (const id of owed) {
    const region = document.getElementById(id);
    if (region && isUnderWay(region)) continue;
    owed.delete(id);
    again(id);
  }
}

// For other letters than those that stand there now: more were typed meanwhile.
function isForOthers(ctx, region) {
  if (ctx.sourceElement !== region) return false;  // a field's own question is followed by its next one
  const sent = new URL(ctx.request.action, location.href).searchParams;
  const words = new Map();
  for (const field of region.querySelectorAll("[data-asks]"))
    if (regionOf(field) === region && (field.value || !words.has(field.name))) words.set(field.name, field.value);
  return [...words].some(([name, value]) => (sent.get(name) ?? "") !== value);
}

document.addEventListener("htmx:config:request", (event) => {
  const { ctx } = event.detail, source = ctx.sourceElement;
  if (ctx.request.method === "GET" || !source.matches("form, button") || source.hasAttribute("hx-sync")) return;
  const isSame = (deed) => deed.sourceElement === source && deed.request.submitter === ctx.request.submitter;
  if ([...deeds].some(isSame)) event.preventDefault();
});

document.addEventListener("htmx:before:request", ({ detail: { ctx } }) => {
  if (!ctx.target?.closest) return;
  if (ctx.request.method !== "GET") { follow(ctx); return; }
  const region = regionOf(ctx.target), source = ctx.sourceElement;
  if (region && (source === region || source.matches("[data-asks]"))) asked.set(ctx, { region, isOld: false });
});

document.addEventListener("htmx:before:swap", (event) => {
  const { ctx } = event.detail, state = asked.get(ctx);
  if (!state || ctx.response.status >= 400) return;  // a refusal is said whenever it comes
  if (isUnderWay(ctx.target)) owed.add(state.region.id);
  else if (state.isOld || isForOthers(ctx, state.region)) again(state.region.id);
  else return;
  event.preventDefault();
});

document.addEventListener("htmx:finally:request", ({ detail: { ctx } }) => { asked.delete(ctx); end(ctx); });
// A deed without htmx says so itself.
document.addEventListener("deed-done", (event) => isDone(event.target));

// Where the hands are on the call screen. The caret lives in the search ([data-first]): Enter there gives an answer, and
// once nothing new is asked it saves the pre-selected outcome. The keys go to who has the word: several people of whom one
// calls ([data-people]), the next thing to learn of a caller ([data-names]), the work that a topic begins with
// ([data-leads-on]), a question of the script ([data-takes-focus]). Never from under somebody who writes.
const screen = () => document.getElementById("contact");
const find = (what) => screen()?.querySelector(what);
// A search that has its answer, or is empty, may be left, but only where the hands were when the deed began or were put
// by it: on a slow line an answer comes between the key that leads to another field and its first letter.
let from = null;
const rests = (field) =>
  field === from && field.matches("[data-seeks]") && (!field.value.trim() || !field.closest("[data-finder][data-anew]"));

function focus(element, options = { preventScroll: true }) {
  if (!element) return;
  from = element;
  element.focus(options);
}

function isElsewhere() {
  const active = document.activeElement;
  if (!active?.isConnected) return false;
  return (active.matches("input, textarea, select") && !rests(active)) || Boolean(active.closest("[data-hand-over]"));
}

let shown = screen()?.dataset.contact, isFresh = true;  // the panels of a contact come one after another
let isNaming = false, isDone = false, isBeginning = false, isAsking = false, question = "";

function search() {
  const first = find("[data-first]");
  focus(first);
  first?.select();  // the next letter begins another question
}

function arrive() {
  const contact = screen()?.dataset.contact;
  if (contact !== shown) { shown = contact; isFresh = true; isBeginning = isAsking = false; }
  if (isNaming && !isElsewhere()) { if (find("[data-names]")) focus(find("[data-names]")); else search(); }
  // The script's panel may hear of the topic before the contact itself is there: the work that it began stays in hand.
  else if (isDone && !isElsewhere() && !document.activeElement?.matches("[data-leads-on]")) search();
  if (!isDone && !isNaming) return;
  isDone = isNaming = false;
  isFresh = !find("[data-first]");  // its panel is still to come: then the caret is put there
}

function lead(place) {
  const first = isBeginning && place.querySelector("[data-leads-on]");
  if (!first) return;
  isBeginning = isFresh = false;
  if (!isElsewhere()) focus(first, {});  // in sight: the work begins there
}

function ask() {
  const asked = find("#guide [data-takes-focus]");
  const next = asked?.closest("[id]").id || "";
  // The same question again is an older answer of the server that came late: the next one is still to come.
  if (next === question) return;
  if (isAsking && next) { isAsking = isFresh = false; if (!isElsewhere()) focus(asked); }
  question = next;
}

function begin() {
  const first = isFresh && (find("[data-people]") || find("[data-first]"));
  if (!first) return;
  isFresh = false;
  if (!isElsewhere() && !find(".banner form")) focus(first);
}

document.addEventListener("htmx:after:swap", (event) => {
  // The button that asked may stand there still: what was drawn is the target.
  const place = event.detail.ctx.target, helper = place?.closest?.(".helper");
  if (place?.id === "contact") arrive();
  else if (helper) { lead(helper); ask(); }
  begin();
});
document.addEventListener("htmx:before:request", (event) => {
  const asks = (what) => Boolean(event.target.closest?.(what));
  if (asks(".topic-menu, [data-naming], [data-begins], .guide, .answers form")) from = document.activeElement;
  if (asks(".topic-menu")) isDone = true;
  if (asks("[data-begins]")) isBeginning = true;
  if (asks("[data-naming]")) isNaming = true;
  if (asks(".guide")) isAsking = true;
});
document.addEventListener("contact-changed", () => {
  isDone = true;
  screen().dispatchEvent(new CustomEvent("live-ask", { bubbles: true }));
});
document.addEventListener("finder-again", (event) => { if (event.target.id === "answers") find("[data-wrap-up]")?.click(); });

// Enter in a field does what the field is there for ([data-enter]), not what the form's first button does.
document.addEventListener("keydown", (event) => {
  const place = event.key === "Enter" && event.target.matches("input:not([type=radio], [data-seeks])") && event.target.closest("[data-enter]");
  if (!place) return;
  event.preventDefault();
  const next = event.repeat ? null : find(place.dataset.enter);
  if (next?.matches("button")) next.click(); else focus(next);
});

// Opened, a fold is at its field ([data-to-field]); the hand-over at its first empty one, or at the desk the topic names.
document.addEventListener("toggle", (event) => {
  if (!event.target.open) return;
  if (event.target.matches?.("[data-to-field]")) focus(event.target.querySelector("input:not([type=hidden])"));
  const place = event.target.querySelector?.("[data-hand-over]");
  if (!place) return;
  const fields = [...place.querySelectorAll(".field input:not([type=hidden], [type=checkbox]), .field select")];
  focus(fields.find((one) => !one.value) || place.querySelector(".primary, button"));
}, true);

// Where the hands are on the call screen. A new contact puts the caret where its work begins ([data-first]), unless
// somebody is typing or an incident's text waits to be read out. Once an answer was given or a topic chosen, Enter saves:
// the focus goes to [data-wrap-up]. A question that comes up in the script takes the keys ([data-takes-focus]). Whoever
// has meanwhile gone to another place of the contact stays there: Enter must press what she sees.
const screen = () => document.getElementById("contact");
const find = (what) => screen()?.querySelector(what);
const typing = () => document.activeElement?.isConnected && document.activeElement.matches("input, textarea, select");
const isElsewhere = () => typing() || Boolean(document.activeElement?.closest("[data-hand-over]"));
const focus = (element) => element?.focus({ preventScroll: true });

let shown = screen()?.dataset.contact, isFresh = true;  // the panels of a contact come one after another
let isEnding = false, isAsking = false, question = "";

function arrive() {
  const contact = screen()?.dataset.contact;
  if (contact !== shown) { shown = contact; isFresh = true; isAsking = false; }
  // Not from under somebody who writes: a blank would press the button.
  if (isEnding && (!isElsewhere() || document.activeElement.matches("[data-seeks]"))) focus(find("[data-wrap-up]"));
  if (isEnding) isEnding = isFresh = false;
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
  const first = isFresh && find("[data-first]");
  if (!first) return;
  isFresh = false;
  if (!isElsewhere() && !find(".banner form")) focus(first);
}

document.addEventListener("htmx:after:swap", (event) => {
  const place = event.target;
  if (place.id === "contact") arrive();
  else if (place.closest?.(".helper")) ask();
  begin();
});
document.addEventListener("htmx:before:request", (event) => {
  if (event.target.closest?.(".topic-menu")) isEnding = true;
  if (event.target.closest?.(".guide")) isAsking = true;
});
document.addEventListener("contact-changed", () => {
  isEnding = true;
  screen().dispatchEvent(new CustomEvent("live-ask", { bubbles: true }));
});
// Opened, the hand-over is at its first empty field, or at the desk that the topic names.
document.addEventListener("toggle", (event) => {
  const place = event.target.open && event.target.querySelector?.("[data-hand-over]");
  if (!place) return;
  const fields = [...place.querySelectorAll(".field input:not([type=hidden], [type=checkbox]), .field select")];
  focus(fields.find((one) => !one.value) || place.querySelector(".primary, button"));
}, true);

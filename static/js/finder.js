// A list of answers under a search field. [data-finder] holds fields [data-seeks], the results [data-hits] (which say
// what they were asked for: data-q, data-near) and in them each [data-hit]. Down and Up choose, Enter presses the chosen
// one or the first. Enter never presses what was found for other words: it waits for the answer to what stands there.
// Enter once more, or in an empty field, asks for nothing new: the event "finder-again" says so to the page. While words
// stand there that nothing was pressed for, the finder is [data-anew].
// [data-clears] on the results: what was pressed stands elsewhere then, and the words that led to it mean nothing any more.
// [data-catches]: letters typed anywhere on the page go to the field. [data-typed] follows what is typed.
const waiting = new WeakSet();
const chosen = new WeakMap();
const pressed = new WeakMap();

const fields = (finder) => [...finder.querySelectorAll("[data-seeks]")];
const hits = (finder) => [...finder.querySelectorAll("[data-hit]")];
const finderOf = (element) => element?.closest?.("[data-finder]");

function isFresh(finder) {
  const found = finder.querySelector("[data-hits]");
  return fields(finder).every((field) => field.value.trim() === (found?.dataset[field.name] ?? ""));
}

// Also after a list came that was asked for with fewer letters.
function copy(finder) {
  for (const typed of finder.querySelectorAll("[data-typed]")) typed.value = finder.querySelector("[name=q][data-seeks]").value;
}

const words = (finder) => fields(finder).map((field) => field.value.trim()).join("\n");
const wish = (finder) => words(finder) + "\n" + (chosen.get(finder) ?? "");
const isAnew = (finder) => Boolean(words(finder).trim() || chosen.get(finder)) && wish(finder) !== pressed.get(finder);

function mark(finder) {
  finder.toggleAttribute("data-anew", isAnew(finder));
  const id = chosen.get(finder);
  for (const hit of hits(finder)) {
    hit.toggleAttribute("data-current", hit.id === id);
    hit.setAttribute("aria-selected", hit.id === id);
  }
  for (const field of fields(finder)) {
    if (hits(finder).some((hit) => hit.id === id)) field.setAttribute("aria-activedescendant", id);
    else field.removeAttribute("aria-activedescendant");
  }
}

function move(finder, step) {
  const all = hits(finder);
  if (!all.length) return;
  const now = all.findIndex((hit) => hit.id === chosen.get(finder));
  const next = all[Math.max(0, Math.min(all.length - 1, now < 0 ? (step > 0 ? 0 : all.length - 1) : now + step))];
  chosen.set(finder, next.id);
  mark(finder);
  next.scrollIntoView({ block: "nearest" });
}

function press(finder) {
  const all = hits(finder);
  const one = all.find((hit) => hit.id === chosen.get(finder)) || all[0];
  waiting.delete(finder);
  one?.click();
}

document.addEventListener("keydown", (event) => {
  const finder = event.target.matches?.("[data-seeks]") && finderOf(event.target);
  if (finder) {
    if (event.key === "ArrowDown") move(finder, 1);
    else if (event.key === "ArrowUp") move(finder, -1);
    else if (event.key === "Enter" && !event.isComposing) {
      if (event.repeat) { /* a hand that rests on the key */ }
      else if (!isAnew(finder)) finder.dispatchEvent(new CustomEvent("finder-again", { bubbles: true }));
      else if (isFresh(finder)) press(finder);
      else waiting.add(finder);
    } else return;
    event.preventDefault();
    return;
  }
  const catcher = document.querySelector("[data-catches]");
  const isLetter = event.key.length === 1 && /[\p{L}\p{N}]/u.test(event.key) && !event.ctrlKey && !event.altKey && !event.metaKey;
  if (catcher && isLetter && !event.target.closest("input, textarea, select, dialog[open]")) fields(catcher)[0].focus();
}, true);

document.addEventListener("input", (event) => {
  const finder = event.target.matches?.("[data-seeks]") && finderOf(event.target);
  if (!finder) return;
  waiting.delete(finder);
  chosen.delete(finder);
  mark(finder);
  copy(finder);
});

document.addEventListener("htmx:after:swap", () => {
  for (const finder of document.querySelectorAll("[data-finder]")) {
    mark(finder);
    copy(finder);
    if (waiting.has(finder) && isFresh(finder)) press(finder);
  }
});

document.addEventListener("click", (event) => {
  const finder = event.target.closest?.("[data-hit]") && finderOf(event.target);
  if (!finder) return;
  if (event.target.closest("[data-clears]")) {
    chosen.delete(finder);
    for (const field of fields(finder)) field.value = "";
  }
  pressed.set(finder, wish(finder));
  mark(finder);
});

// A button that leads to a field, and a preview ([data-leads]) that opens on the button that carries it out.
document.addEventListener("click", (event) => {
  document.getElementById(event.target.closest?.("[data-leads-to]")?.dataset.leadsTo)?.focus();
});
document.addEventListener("toggle", (event) => {
  if (event.target.matches?.("details[data-leads][open]")) event.target.querySelector(".drop button")?.focus();
}, true);

// Keys are data: an element with data-key="T" (or "F2", "Alt+1", "Ctrl+K", or several: "Enter F4") is pressed, or focused
// if it is a field, by that key. Plain letters rest while somebody types. Where two have the same key, one inside
// [data-keys-first] wins: an open menu, a question. [data-key-then] names what has the focus afterwards. "?" lists the keys of the page, Esc leaves the field.
const LETTERS = { "Й": "Q", "Ц": "W", "У": "E", "К": "R", "Е": "T", "Н": "Y", "Г": "U", "Ш": "I", "Щ": "O", "З": "P", "Ф": "A", "Ы": "S", "В": "D", "А": "F", "П": "G", "Р": "H", "О": "J", "Л": "K", "Д": "L", "Я": "Z", "Ч": "X", "С": "C", "М": "V", "И": "B", "Т": "N", "Ь": "M" };

function pressed(event) {
  const digit = /^Digit(\d)$/.exec(event.code);
  // Alt makes other letters of some keyboards: where the key lies decides.
  const lies = event.altKey && /^Key([A-Z])$/.exec(event.code);
  let key = lies ? lies[1] : digit ? digit[1] : event.key.length === 1 ? event.key.toUpperCase() : event.key;
  key = LETTERS[key] || key;
  return [event.ctrlKey || event.metaKey ? "Ctrl" : "", event.altKey ? "Alt" : "", key].filter(Boolean).join("+");
}

const isTyping = (element) => element.matches?.("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]");
// Enter is their own: a choice sends its form.
const isPressed = (element) => element.matches?.("button, a, summary, [role=option], [type=radio]");
const isVisible = (element) => element.checkVisibility();  // what a closed <details> hides still has its rectangles

function act(element) {
  if (isTyping(element)) { element.focus(); element.select?.(); } else element.click();
  document.getElementById(element.dataset.keyThen)?.focus();
}

function showKeys() {
  const dialog = document.getElementById("keys");
  const list = dialog.querySelector(".keys");
  list.replaceChildren(...[...document.querySelectorAll("[data-key]")].filter(isVisible).flatMap((element) => {
    const key = document.createElement("kbd");
    key.textContent = element.dataset.key.replaceAll(" ", ", ");
    const name = document.createElement("span");
    name.textContent = element.dataset.keyName || element.getAttribute("aria-label") ||
      [...element.childNodes].filter((node) => node.nodeName !== "KBD").map((node) => node.textContent).join("").trim();
    return [key, name];
  }));
  dialog.showModal();
}

document.addEventListener("keydown", (event) => {
  const typing = isTyping(event.target);
  if (event.key === "Escape" && typing) { event.target.blur(); return; }
  const name = pressed(event);
  const plain = !/^(F\d+|Ctrl\+|Alt\+)/.test(name);
  if (event.defaultPrevented || event.repeat || (typing && plain) || (name === "Enter" && isPressed(event.target))) return;
  if (event.key === "?" || (event.code === "Slash" && event.shiftKey && !typing)) { showKeys(); event.preventDefault(); return; }
  const found = [...document.querySelectorAll("[data-key]")].filter((one) => one.dataset.key.split(" ").includes(name) && isVisible(one));
  const element = found.find((one) => one.closest("[data-keys-first]")) || found[0];
  if (element && !document.querySelector("dialog[open]")) { event.preventDefault(); act(element); }
});

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-show-keys]")) showKeys();
  const dialog = event.target.closest("dialog");
  if (dialog && (event.target === dialog || event.target.closest("[data-close]"))) dialog.close();
});

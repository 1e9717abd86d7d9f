// A menu (details.menu) that opens leads to its first field; Esc and a click elsewhere close it, Ctrl+Enter sends its
// form, and a deed that was accepted closes it. A refused one stays open with what was typed.
const opened = () => [...document.querySelectorAll("details.menu[open]")];

document.addEventListener("toggle", (event) => {
  const menu = event.target;
  if (menu.matches?.("details.menu[open]")) menu.querySelector(".drop :is(select, input:not([type=hidden]), textarea)")?.focus();
}, true);

document.addEventListener("click", (event) => {
  for (const menu of opened()) if (!menu.contains(event.target)) menu.open = false;
});

// Before the page's own keys: Escape inside a menu must not also lead back to the list.
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && opened().length) {
    for (const menu of opened()) { menu.open = false; menu.querySelector("summary").focus(); }
    event.preventDefault();
    event.stopPropagation();
  }
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) event.target.closest?.("details.menu form")?.requestSubmit();
}, true);

document.addEventListener("htmx:after:request", (event) => {
  if (event.target.hasAttribute?.("hx-get")) return;  // the menu has only fetched its choices
  if (event.detail.ctx.response.status < 400) { const menu = event.target.closest?.("details.menu"); if (menu) menu.open = false; }
});

// Rows by keys also while somebody types: in [data-walk] Alt+Down and Alt+Up go along its links, Enter opens one.
document.addEventListener("keydown", (event) => {
  const step = event.altKey && { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const place = step && !document.querySelector("dialog[open]") && document.querySelector("[data-walk]");
  if (!place) return;
  event.preventDefault();
  const rows = [...place.querySelectorAll("a")].filter((one) => one.checkVisibility());
  const at = rows.indexOf(document.activeElement);
  const next = at < 0 ? (step > 0 ? 0 : rows.length - 1) : Math.max(0, Math.min(rows.length - 1, at + step));
  rows[next]?.focus();
});

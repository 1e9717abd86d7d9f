// Rows of a table (tr[data-row]) by keys: J and K go down and up, Enter opens, X chooses. Shift-click chooses all rows
// between two. What is chosen shows the bar of deeds. Delegated from the document: rows are morphed by live updates.
const boxes = () => [...document.querySelectorAll("[data-rows] tr[data-row] input[name=n]")];
const rows = () => [...document.querySelectorAll("[data-rows] tr[data-row]")];
const bar = document.getElementById("bulk");
let last = null;
let current = null;

function show() {
  const chosen = boxes().filter((box) => box.checked);
  if (!bar) return;
  bar.hidden = !chosen.length;
  bar.querySelector("[data-chosen]").textContent = chosen.length;
  const all = document.querySelector("[data-choose-all]");
  if (all) {
    all.checked = chosen.length > 0 && chosen.length === boxes().length;
    all.indeterminate = chosen.length > 0 && !all.checked;
  }
  for (const row of rows()) row.toggleAttribute("data-chosen-row", row.querySelector("input[name=n]").checked);
}

function go(step) {
  const all = rows();
  if (!all.length) return;
  const at = all.findIndex((row) => row.dataset.row === current);
  const next = all[Math.max(0, Math.min(all.length - 1, at + step))];
  current = next.dataset.row;
  for (const row of all) row.toggleAttribute("data-current", row === next);
  next.tabIndex = -1;
  next.focus({ preventScroll: true });
  next.scrollIntoView({ block: "nearest" });
}

document.addEventListener("click", (event) => {
  const box = event.target.closest("tr[data-row] input[name=n]");
  if (box) {
    const all = boxes();
    if (event.shiftKey && last) {
      const [from, to] = [all.findIndex((one) => one.value === last), all.indexOf(box)].sort((a, b) => a - b);
      if (from >= 0) for (const one of all.slice(from, to + 1)) one.checked = box.checked;
    }
    last = box.value;
    show();
  } else if (event.target.matches("[data-choose-all]")) {
    for (const one of boxes()) one.checked = event.target.checked;
    show();
  } else if (event.target.closest("[data-choose-none]")) {
    for (const one of boxes()) one.checked = false;
    bar.querySelector("#all").checked = false;
    show();
  }
});

document.addEventListener("keydown", (event) => {
  const isBox = event.target.matches("input[type=checkbox]");
  if (event.ctrlKey || event.altKey || event.metaKey || document.querySelector("dialog[open]")) return;
  if (!isBox && event.target.matches("input, textarea, select, summary, a, button")) return;
  if (event.code === "KeyJ") go(1);
  else if (event.code === "KeyK") go(-1);
  else if (event.code === "KeyX") rows().find((row) => row.dataset.row === current)?.querySelector("input[name=n]").click();
  else if (event.key === "Enter" && current) location.assign(current);
  else return;
  event.preventDefault();
  event.stopPropagation();
}, true);

document.addEventListener("htmx:after:swap", show);
show();

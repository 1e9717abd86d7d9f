// Completion while one types in [data-text]: "/" offers ready-made texts, "@" colleagues. The list is asked for once a
// page ([data-slash], [data-at]) and narrowed here. Arrows choose, Enter or Tab inserts, Esc closes.
import { changed } from "./drafts.js";

const WORD = /(?:^|[\s(])([/@])([^\s/@]*(?: [^\s/@]*)?)$/;
const lists = new Map();
let field = null, start = 0, serial = 0;

const box = () => document.getElementById("completion");
const options = () => [...box().querySelectorAll("[role=option]:not([hidden])")];

async function list(sign) {
  const url = field.closest("[data-composer]").dataset[sign === "/" ? "slash" : "at"];
  if (!lists.has(url)) {
    const reply = await fetch(url, { headers: { "HX-Request": "true" } });
    if (!reply.ok || reply.redirected) return "";
    lists.set(url, await reply.text());
    setTimeout(() => lists.delete(url), 60000);
  }
  return lists.get(url);
}

function close() {
  if (!box() || box().hidden) return;
  box().hidden = true;
  field?.removeAttribute("aria-activedescendant");
  field?.removeAttribute("aria-controls");
  field?.removeAttribute("aria-expanded");
  field?.removeAttribute("role");
}

function choose(option) {
  for (const one of box().querySelectorAll("[aria-selected]")) one.removeAttribute("aria-selected");
  if (!option) return;
  option.setAttribute("aria-selected", "true");
  option.scrollIntoView({ block: "nearest" });
  field.setAttribute("aria-activedescendant", option.id);
}

async function look(target) {
  const before = target.value.slice(0, target.selectionStart);
  const found = WORD.exec(before);
  if (!found) { close(); return; }
  field = target;
  start = before.length - found[2].length - 1;
  const mine = ++serial;
  const html = await list(found[1]);
  if (mine !== serial || document.activeElement !== target || !html) return;
  const words = found[2].toLowerCase();
  box().innerHTML = html;
  for (const option of box().querySelectorAll("[role=option]"))
    option.hidden = !option.dataset.words.split(" ").some((one, n, all) => all.slice(n).join(" ").startsWith(words));
  const none = options().length === 0;
  // Nothing fits: one word may still be mistyped, two are plain text.
  if (none && (words.includes(" ") || words.length > 3)) { close(); return; }
  box().querySelector("p").hidden = !none;
  target.form.querySelector("[data-text]").insertAdjacentElement("afterend", box());
  box().hidden = false;
  field.setAttribute("role", "combobox");
  field.setAttribute("aria-expanded", "true");
  field.setAttribute("aria-controls", "completion-list");
  choose(options()[0]);
}

function insert(option) {
  const end = field.selectionStart;
  field.setRangeText(option.dataset.insert, start, end, "end");
  close();
  field.focus();
  changed(field);
}

document.addEventListener("input", (event) => { if (event.target.matches?.("[data-composer] [data-text]")) look(event.target); });
document.addEventListener("focusout", (event) => { if (event.target === field) setTimeout(close, 150); });
document.addEventListener("mousedown", (event) => {
  const option = event.target.closest?.("#completion [role=option]");
  if (option) { event.preventDefault(); insert(option); }
});
document.addEventListener("keydown", (event) => {
  if (!box() || box().hidden || event.target !== field) return;
  const all = options(), at = all.findIndex((one) => one.getAttribute("aria-selected"));
  if (event.key === "ArrowDown") choose(all[(at + 1) % all.length]);
  else if (event.key === "ArrowUp") choose(all[(at - 1 + all.length) % all.length]);
  else if ((event.key === "Enter" || event.key === "Tab") && all[at] && !event.ctrlKey) insert(all[at]);
  else if (event.key === "Escape") close();
  else return;
  event.preventDefault();
  event.stopPropagation();
}, true);

// The search box of every page: Ctrl+K (or a click into the bar's field) opens a dialog that asks while one types. Arrows
// choose, Enter opens what is chosen (a ticket's number opens at once), Escape closes and keeps the page as it was.
const dialog = document.getElementById("find");
const field = dialog?.querySelector("input");
const wait = 120;
let timer = 0;
let asked = 0;
let shown = null;  // the words whose list it is

const hits = () => [...dialog.querySelectorAll("a.found")];

function open(text = "") {
  if (document.querySelector("dialog[open]")) return;
  if (text) field.value = text;
  shown = null;  // it may be old
  dialog.showModal();
  field.select();
}

async function ask() {
  const mine = ++asked, words = field.value;
  const reply = await fetch(dialog.dataset.find + "?q=" + encodeURIComponent(words), { headers: { "HX-Request": "true" } });
  if (mine !== asked || !reply.ok || reply.redirected) return;
  const fresh = new DOMParser().parseFromString(await reply.text(), "text/html").getElementById("found");
  if (fresh) dialog.querySelector("#found").replaceWith(fresh);
  shown = words;
  choose(0);
}

function choose(at) {
  const all = hits();
  all.forEach((one, n) => {
    one.toggleAttribute("data-current", n === at);
    one.setAttribute("aria-selected", n === at);
    one.id = "hit-" + n;
  });
  if (all[at]) { field.setAttribute("aria-activedescendant", all[at].id); all[at].scrollIntoView({ block: "nearest" }); }
}

if (dialog) {
  field.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(ask, wait); });
  dialog.addEventListener("keydown", async (event) => {
    const all = hits();
    const at = all.findIndex((one) => one.hasAttribute("data-current"));
    if (event.key === "ArrowDown") choose(Math.min(all.length - 1, at + 1));
    else if (event.key === "ArrowUp") choose(Math.max(0, at - 1));
    else if (event.key === "Enter") {
      event.preventDefault();
      // Never what was found for other words: more may be typed while it is asked, or no answer come.
      if (shown !== field.value) { clearTimeout(timer); await ask(); }
      if (shown !== field.value || !dialog.open) return;
      (hits()[Math.max(0, at)] || hits()[0])?.click();
    } else if (event.key === "Escape") { dialog.close(); event.stopPropagation(); } else return;
    event.preventDefault();
  });
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.code === "KeyK") { event.preventDefault(); event.stopPropagation(); open(); }
  }, true);
  document.querySelector(".top .find input")?.addEventListener("pointerdown", (event) => { event.preventDefault(); open(); });
}

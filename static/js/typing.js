// Tells the server who has this page open and what he types, and shows the others: [data-presence] posts every 20 s,
// at once when typing begins or has ended, every 5 s while it lasts, and whether he did anything in the last two minutes.
// [data-leave] is told when the page is hidden.
const HERE = 20000, STILL = 5000, PAUSED = 6000, IDLE = 120000;
let typing = "", told = 0, pause = null, moved = Date.now();

const place = () => document.querySelector("[data-presence]");
const token = () => document.querySelector("main [name=csrfmiddlewaretoken]")?.value;

function tell() {
  if (!place() || !token() || document.hidden) return;
  told = Date.now();
  window.htmx?.ajax("POST", place().dataset.presence, {
    source: place(), target: place(), swap: "outerMorph",
    values: { typing, csrfmiddlewaretoken: token(), ...(Date.now() - moved < IDLE && { active: 1 }) },
  });
}

function types(now) {
  clearTimeout(pause);
  if (now) pause = setTimeout(() => types(""), PAUSED);
  const isNews = now !== typing || (now && Date.now() - told > STILL);
  typing = now;
  if (isNews) tell();
}

document.addEventListener("input", (event) => {
  const field = event.target;
  if (field.matches?.("[data-composer] [data-text]")) types(field.value.trim() ? field.form.dataset.kind : "");
});
document.addEventListener("htmx:after:request", (event) => { if (event.target.closest?.("[data-composer] form")) types(""); });

function leave() {
  if (!place() || !token()) return;
  const data = new FormData();
  data.set("csrfmiddlewaretoken", token());
  typing = "";
  navigator.sendBeacon(place().dataset.leave, data);
}
// A screen that goes on to another thing by itself says so at once.
let last = place()?.dataset.leave;
document.addEventListener("htmx:after:swap", () => {
  const now = place()?.dataset.leave;
  if (now === last) return;
  last = now;
  tell();
});
for (const sign of ["keydown", "pointermove", "pointerdown", "wheel", "touchmove"])
  addEventListener(sign, () => { moved = Date.now(); }, { passive: true, capture: true });
addEventListener("pagehide", leave);
document.addEventListener("visibilitychange", () => (document.hidden ? leave() : tell()));
setInterval(tell, HERE);
// htmx is a deferred script: it is there when the page is.
if (document.readyState === "complete") tell(); else addEventListener("load", tell);

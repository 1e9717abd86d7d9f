// Regions that keep themselves true. An element with data-live="topics" and data-part="name" is asked for again when
// a hint for one of its topics arrives, after every reconnect, and every 30 s while there is no stream. htmx morphs it,
// so typed text, the caret and open menus stay; a region with an open <select> waits until it is left. What is typed into
// a finder (data-asks) is asked again, or its results would vanish. What keeps itself out of the page's morphs
// (hx-morph-skip) stays and is filled anew; a form that somebody has begun ([data-in-hand]) keeps its region as it is until it
// is sent. A page's own script asks for a region with the event "live-ask".
const regions = () => [...document.querySelectorAll("[data-live]")];
const waiting = new Map();
const held = new Set();
let isDown = false;

// What lies in a region of its own asks for itself.
const own = (region, what) => [...region.querySelectorAll(what)].filter((one) => one.closest("[data-live]") === region);

async function refresh(region) {
  if (!region || own(region, "[data-in-hand]").length) return;
  if (region.contains(document.activeElement) && document.activeElement.matches("select")) { held.add(region.id); return; }
  const url = new URL(region.dataset.url || location.href, location.href);
  if (region.dataset.part) url.searchParams.set("part", region.dataset.part);
  for (const field of own(region, "[data-asks]")) if (field.value) url.searchParams.set(field.name, field.value);
  if (window.htmx) {
    await window.htmx.ajax("GET", url.pathname + url.search, { source: region, target: region, swap: region.hasAttribute("hx-morph-skip") ? "innerMorph" : "outerMorph" });
    return;
  }
  const reply = await fetch(url, { headers: { "HX-Request": "true" } });
  if (!reply.ok || reply.redirected) return;
  const fresh = new DOMParser().parseFromString(await reply.text(), "text/html").getElementById(region.id);
  if (fresh) region.replaceWith(fresh);
}

function soon(region) {
  clearTimeout(waiting.get(region.id));
  waiting.set(region.id, setTimeout(() => refresh(document.getElementById(region.id)), 150));
}

function hear(topic) {
  for (const region of regions()) if (topic === "*" || region.dataset.live.split(" ").includes(topic)) soon(region);
}

document.addEventListener("focusout", (event) => {
  if (!event.target.matches?.("select")) return;
  for (const id of held) { held.delete(id); soon({ id }); }
});

function state(now, isFresh) {
  document.documentElement.dataset.live = now;
  isDown = now !== "up";
  if (isFresh) hear("*");
}

function receive(message) {
  if (message.kind === "hint") hear(message.topic);
  else state(message.kind, message.isFresh);
}

// One stream for all tabs of the browser where it can be shared, else one for this tab.
const channel = window.SharedWorker ? shared() : single();

function shared() {
  const { port } = new SharedWorker(new URL("live_worker.js", import.meta.url));
  port.onmessage = ({ data }) => receive(data);
  addEventListener("pagehide", () => port.postMessage({ kind: "bye" }));
  addEventListener("pageshow", (event) => { if (event.persisted) listen(true); });
  return { ask: (topics) => port.postMessage({ kind: "topics", topics }) };
}

function single() {
  let stream = null;
  return {
    ask(topics) {
      stream?.close();
      stream = new EventSource("/live/?" + topics.map((topic) => "topic=" + encodeURIComponent(topic)).join("&"));
      stream.addEventListener("live", (event) => hear(JSON.parse(event.data).topic));
      stream.onopen = () => state("up", true);
      stream.onerror = () => state("down");
    },
  };
}

let asked = "";

// A swapped region may care about other topics than the one before it: what is on the page decides, after every swap.
function listen(again = false) {
  const topics = [...new Set(regions().flatMap((region) => region.dataset.live.split(" ").filter(Boolean)))].sort();
  if (!topics.length || (!again && topics.join(" ") === asked)) return;
  asked = topics.join(" ");
  channel.ask(topics);
}

listen();
document.addEventListener("live-ask", (event) => refresh(event.target.closest("[data-live]")));
document.addEventListener("htmx:after:swap", () => listen());
setInterval(() => { if (isDown) hear("*"); }, 30000);

// Regions that keep themselves true. An element with data-live="topics" and data-part="name" is asked for again when
// a hint for one of its topics arrives, after every reconnect, and every 30 s while there is no stream. htmx morphs it,
// so typed text, the caret and open menus stay; a region with an open <select> waits until it is left.
const regions = () => [...document.querySelectorAll("[data-live]")];
const waiting = new Map();
let wasDown = false;

async function refresh(region) {
  if (!region || (region.contains(document.activeElement) && document.activeElement.matches("select"))) return;
  const url = new URL(region.dataset.url || location.href, location.href);
  if (region.dataset.part) url.searchParams.set("part", region.dataset.part);
  if (window.htmx) {
    await window.htmx.ajax("GET", url.pathname + url.search, { source: region, target: region, swap: "outerMorph" });
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

function state(now) {
  document.documentElement.dataset.live = now;
  if (now === "up" && wasDown) hear("*");
  wasDown = now !== "up";
}

function receive(message) {
  if (message.kind === "hint") hear(message.topic);
  else state(message.kind);
}

function listen() {
  const topics = [...new Set(regions().flatMap((region) => region.dataset.live.split(" ").filter(Boolean)))];
  if (!topics.length) return;
  if (window.SharedWorker) {
    const worker = new SharedWorker(new URL("live_worker.js", import.meta.url));
    worker.port.onmessage = ({ data }) => receive(data);
    worker.port.postMessage({ kind: "topics", topics });
    addEventListener("pagehide", () => worker.port.postMessage({ kind: "bye" }));
    addEventListener("pageshow", (event) => {
      if (event.persisted) worker.port.postMessage({ kind: "topics", topics });
    });
  } else {
    const stream = new EventSource("/live/?" + topics.map((topic) => "topic=" + encodeURIComponent(topic)).join("&"));
    stream.addEventListener("live", (event) => hear(JSON.parse(event.data).topic));
    stream.onopen = () => state("up");
    stream.onerror = () => state("down");
  }
  setInterval(() => { if (wasDown) hear("*"); }, 30000);
}

listen();

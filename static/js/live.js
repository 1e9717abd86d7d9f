// Regions that keep themselves true: an element with data-live="topics" and data-part="name" is asked for again
// when a hint for one of its topics arrives, after every reconnect, and every 30 s where there is no stream.
// A region in which somebody is typing waits until the focus has left it.
const regions = () => [...document.querySelectorAll("[data-live]")];
const waiting = new Map();

async function refresh(region) {
  if (region.contains(document.activeElement) && document.activeElement.matches("input, textarea, select")) return;
  const url = new URL(region.dataset.url || location.href, location.href);
  url.searchParams.set("part", region.dataset.part);
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

const topics = new Set(regions().flatMap((region) => region.dataset.live.split(" ")));
if (topics.size) {
  const stream = new EventSource("/live/?" + [...topics].map((topic) => "topic=" + encodeURIComponent(topic)).join("&"));
  let wasDown = false;
  stream.addEventListener("live", (event) => hear(JSON.parse(event.data).topic));
  stream.onopen = () => { document.documentElement.dataset.live = "up"; if (wasDown) hear("*"); wasDown = false; };
  stream.onerror = () => { document.documentElement.dataset.live = "down"; wasDown = true; };
  setInterval(() => { if (wasDown) hear("*"); }, 30000);
}

// SharedWorker: one EventSource for all tabs of this browser, with the union of the topics they asked for. A browser
// allows six connections to one address; a stream in every tab would use them up.
const tabs = new Map();
let stream = null;
let asked = "";

function say(message) {
  for (const port of tabs.keys()) port.postMessage(message);
}

function connect() {
  const topics = [...new Set([...tabs.values()].flat())].sort();
  if (topics.join(" ") === asked && stream && stream.readyState !== EventSource.CLOSED) return;
  asked = topics.join(" ");
  if (stream) stream.close();
  if (!topics.length) return;
  stream = new EventSource("/live/?" + topics.map((topic) => "topic=" + encodeURIComponent(topic)).join("&"));
  stream.addEventListener("live", (event) => say({ kind: "hint", topic: JSON.parse(event.data).topic }));
  // Whatever happened while there was no stream was not heard: every page asks once.
  stream.onopen = () => say({ kind: "up", isFresh: true });
  stream.onerror = () => {
    say({ kind: "down" });
    // A refused stream (signed out, restarted server) is not retried by the browser itself.
    if (stream.readyState === EventSource.CLOSED) setTimeout(() => { asked = ""; connect(); }, 5000);
  };
}

self.onconnect = (event) => {
  const port = event.ports[0];
  port.onmessage = ({ data }) => {
    if (data.kind === "bye") tabs.delete(port);
    else tabs.set(port, data.topics);
    connect();
    if (stream && stream.readyState === EventSource.OPEN) port.postMessage({ kind: "up" });
  };
  port.start();
};

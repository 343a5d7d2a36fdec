// One stream for all pages of a browser, which opens six connections to a server at most. A page says
// what it listens to and is told when that changed, or that nobody can listen for it: then it asks by the clock.
const OPEN_TOGETHER_MS = 50;
const LISTEN_AGAIN_MS = 60_000;

// What each page listens to, by its port.
const pages = new Map();
// The stream that is open, what it is asked for, and what of that it hears.
let source = null, asked = [], heard = new Set();
let soon, later;

onconnect = ({ ports: [port] }) => {
  port.onmessage = ({ data }) => {
    if (data.length) pages.set(port, data);
    else pages.delete(port);
    // What is heard already is looked at once more: it may have changed while the page read it.
    if (data.length && data.every((address) => heard.has(address))) port.postMessage({ changed: data });
    clearTimeout(soon);
    soon = setTimeout(listen, OPEN_TOGETHER_MS);
  };
};

function listen() {
  const wanted = [...new Set([...pages.values()].flat())].sort();
  if (source && wanted.join("\n") === asked.join("\n")) return;
  clearTimeout(later);
  const before = { source, heard };
  asked = wanted;
  if (!wanted.length) { before.source?.close(); source = null; heard = new Set(); return; }
  const opened = new EventSource(`/listen?${new URLSearchParams(wanted.map((address) => ["to", address]))}`);
  source = opened;
  let known = before.heard;
  const named = (places) => places.split(" ").filter(Boolean).map((place) => wanted[place]);
  opened.addEventListener("ready", ({ data }) => {
    // Only now: until here the one before was listening.
    before.source?.close();
    if (opened !== source) return;
    heard = new Set(named(data));
    tell("changed", [...heard].filter((address) => !known.has(address)));
    tell("deaf", wanted.filter((address) => !heard.has(address)));
    // When it opens again by itself, something may have been missed.
    known = new Set();
  });
  opened.addEventListener("changed", ({ data }) => tell("changed", named(data)));
  opened.addEventListener("error", () => {
    if (opened.readyState !== EventSource.CLOSED) return;
    before.source?.close();
    if (opened !== source) return;
    source = null;
    heard = new Set();
    tell("deaf", wanted);
    later = setTimeout(listen, LISTEN_AGAIN_MS);
  });
}

function tell(what, addresses) {
  for (const [port, theirs] of pages) {
    const those = theirs.filter((address) => addresses.includes(address));
    if (those.length) port.postMessage({ [what]: those });
  }
}

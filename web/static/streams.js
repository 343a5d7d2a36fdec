// Hearing that something changed. All pages of a browser share one stream where browsers can do that
// (listening.js); elsewhere each page opens its own. While the screen is locked nothing is listened to.
import { gate } from "./gate.js";

const ASK_AGAIN_MS = 4_000;
const LISTEN_AGAIN_MS = 60_000;
const ASK_UNSEEN_MS = 60_000;

// What this page listens to: by address, what is called and the clock that calls where nothing is heard.
const listeners = new Map();
let port = null, broken = false;

// Call `changed` at once and whenever the stream at `url` says so; by the clock where none can be had.
// Gives the function that ends it.
export function live(url, changed) {
  return "SharedWorker" in window && !broken && !url.includes("?") ? together(url, changed) : alone(url, changed);
}

function together(url, changed) {
  const mine = { changed, clock: null };
  if (!listeners.has(url)) listeners.set(url, new Set());
  listeners.get(url).add(mine);
  connect();
  say();
  return () => {
    quiet(mine);
    mine.end?.();
    listeners.get(url)?.delete(mine);
    if (!listeners.get(url)?.size) listeners.delete(url);
    say();
  };
}

function connect() {
  if (port) return;
  let worker;
  try {
    worker = new SharedWorker(new URL("./listening.js", import.meta.url), "waypost");
  } catch {
    return eachAlone();
  }
  worker.onerror = eachAlone;
  port = worker.port;
  port.onmessage = ({ data }) => {
    for (const mine of those(data.changed)) {
      quiet(mine);
      mine.changed();
    }
    for (const mine of those(data.deaf)) {
      mine.clock ??= setInterval(mine.changed, ASK_AGAIN_MS);
    }
  };
  addEventListener("pagehide", () => port?.postMessage([]));
  addEventListener("pageshow", (event) => { if (event.persisted) say(); });
  document.addEventListener("lock", say);
  document.addEventListener("unlock", say);
}

function those(addresses = []) {
  return addresses.flatMap((address) => [...listeners.get(address) ?? []]);
}

function say() {
  if (gate.locked) for (const mine of those([...listeners.keys()])) quiet(mine);
  port?.postMessage(gate.locked ? [] : [...listeners.keys()]);
}

function quiet(mine) {
  clearInterval(mine.clock);
  mine.clock = null;
}

// No page can be told by another: each listens for itself.
function eachAlone() {
  broken = true;
  port = null;
  for (const [url, all] of listeners) {
    for (const mine of all) mine.end ??= alone(url, mine.changed);
  }
}

// A page that nobody looks at keeps no connection: a browser has six to a server, and on many phones no page
// can be told by another.
function alone(url, changed) {
  let source, clock, later;
  const stop = () => {
    clearInterval(clock);
    clearTimeout(later);
    source?.close();
  };
  const listen = () => {
    stop();
    if (gate.locked) return;
    if (document.hidden) { clock = setInterval(changed, ASK_UNSEEN_MS); return; }
    source = new EventSource(url);
    source.addEventListener("ready", changed);
    source.addEventListener("changed", changed);
    source.addEventListener("error", () => {
      if (source.readyState !== EventSource.CLOSED) return;
      clock = setInterval(changed, ASK_AGAIN_MS);
      later = setTimeout(listen, LISTEN_AGAIN_MS);
    });
  };
  listen();
  addEventListener("pagehide", stop);
  addEventListener("pageshow", (event) => { if (event.persisted) listen(); });
  document.addEventListener("visibilitychange", listen);
  document.addEventListener("lock", stop);
  document.addEventListener("unlock", listen);
  return () => {
    stop();
    document.removeEventListener("visibilitychange", listen);
    document.removeEventListener("unlock", listen);
  };
}

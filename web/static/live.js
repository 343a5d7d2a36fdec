// What every page's script shares: asking the server, hearing that something changed, showing times.
// Words of a contact are only ever put into the page as text, never as HTML.

const LANGUAGE = document.documentElement.lang;
const TOKEN = document.querySelector("meta[name=csrf-token]")?.content ?? "";
// With nobody at the keyboard for this long, what the page asks for keeps no session alive.
const PRESENT_MS = 60_000;
const ASK_AGAIN_MS = 4_000;
const LISTEN_AGAIN_MS = 60_000;

let touched = Date.now();
for (const kind of ["pointerdown", "keydown", "wheel"]) {
  addEventListener(kind, () => { touched = Date.now(); }, { passive: true, capture: true });
}

// Ask for JSON or HTML. A session that has ended clears the page and leads to the sign-in.
export async function ask(url, { body, accept = "application/json" } = {}) {
  const headers = { Accept: accept };
  if (Date.now() - touched > PRESENT_MS) headers["Waypost-By-Itself"] = "1";
  if (body !== undefined) headers["X-CSRFToken"] = TOKEN;
  if (typeof body === "string") headers["Content-Type"] = "application/json";
  const answer = await fetch(url, {
    method: body === undefined ? "GET" : "POST", body, headers, redirect: "manual",
  });
  if (answer.status === 401) {
    document.getElementById("main").replaceChildren();
    location.assign("/login?next=" + encodeURIComponent(location.pathname));
  }
  // Somebody signed out in another tab: the form token is a new one.
  if (answer.headers.has("Waypost-Stale")) location.reload();
  return answer;
}

// Call `changed` at once and whenever the stream says so; by the clock where no stream can be had.
export function live(url, changed) {
  let source, clock;
  const listen = () => {
    clearInterval(clock);
    source = new EventSource(url);
    source.addEventListener("ready", changed);
    source.addEventListener("changed", changed);
    source.addEventListener("error", () => {
      if (source.readyState !== EventSource.CLOSED) return;
      clock = setInterval(changed, ASK_AGAIN_MS);
      setTimeout(listen, LISTEN_AGAIN_MS);
    });
  };
  listen();
  addEventListener("pagehide", () => source.close());
  addEventListener("pageshow", (event) => { if (event.persisted) listen(); });
  return () => { clearInterval(clock); source.close(); };
}

// One call at a time; what is asked for meanwhile is done once, afterwards.
export function oneAtATime(work) {
  let running = false, again = false;
  return async function run() {
    if (running) { again = true; return; }
    running = true;
    try { await work(); } catch { /* the next ring or the clock tries again */ }
    running = false;
    if (again) { again = false; await run(); }
  };
}

const ago = new Intl.RelativeTimeFormat(LANGUAGE, { numeric: "auto", style: "short" });
const exact = new Intl.DateTimeFormat(LANGUAGE, { dateStyle: "medium", timeStyle: "short", hourCycle: "h23" });
const hour = new Intl.DateTimeFormat(LANGUAGE, { timeStyle: "short", hourCycle: "h23" });

export function clockTime(iso) { return hour.format(new Date(iso)); }

export function showTimes(root = document) {
  for (const time of root.querySelectorAll("time[data-ago]")) {
    const at = new Date(time.dateTime);
    const minutes = Math.round((at - Date.now()) / 60_000);
    time.textContent =
      Math.abs(minutes) < 60 ? ago.format(minutes, "minute")
      : Math.abs(minutes) < 36 * 60 ? ago.format(Math.round(minutes / 60), "hour")
      : ago.format(Math.round(minutes / 1440), "day");
    time.title = exact.format(at);
  }
}

// An element with classes and text; children may follow.
export function make(tag, classes, text, ...children) {
  const made = document.createElement(tag);
  if (classes) made.className = classes;
  if (text !== undefined && text !== null) made.textContent = text;
  made.append(...children);
  return made;
}

export function fill(text, values) {
  return text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

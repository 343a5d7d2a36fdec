// What every page's script shares: asking the server, hearing that something changed, showing times.
// Words of a contact are only ever put into the page as text, never as HTML.
import { gate } from "./gate.js";

const LANGUAGE = document.documentElement.lang;
const TOKEN = document.querySelector("meta[name=csrf-token]")?.content ?? "";
// With nobody at the keyboard for this long, what the page asks for keeps no session alive.
const PRESENT_MS = 60_000;

let touched = Date.now();
for (const kind of ["pointerdown", "keydown", "wheel"]) {
  addEventListener(kind, () => { touched = Date.now(); }, { passive: true, capture: true });
}

// How long nobody has been at the keyboard, in milliseconds.
export const quietFor = () => Date.now() - touched;

// Ask for JSON or HTML, once the screen is not locked. A session that has ended clears the page and leads
// to the sign-in.
export async function ask(url, { body, accept = "application/json" } = {}) {
  await gate.pass();
  const headers = { Accept: accept };
  if (quietFor() > PRESENT_MS) headers["Waypost-By-Itself"] = "1";
  if (body !== undefined) headers["X-CSRFToken"] = TOKEN;
  if (typeof body === "string") headers["Content-Type"] = "application/json";
  const answer = await fetch(url, {
    method: body === undefined ? "GET" : "POST", body, headers, redirect: "manual",
  });
  if (answer.status === 401 && !gate.locked) {
    document.getElementById("main").replaceChildren();
    location.assign("/login?next=" + encodeURIComponent(location.pathname));
  }
  // The screen is locked in another window.
  if (answer.status === 423) document.dispatchEvent(new Event("locked"));
  // Somebody signed out in another tab: the form token is a new one.
  if (answer.headers.has("Waypost-Stale")) location.reload();
  return answer;
}

// Call `changed` at once and whenever the stream at `url` says so; by the clock where none can be had.
// Gives the function that ends it.
export { live } from "./streams.js";

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

const lasting = (n, unit) =>
  new Intl.NumberFormat(LANGUAGE, { style: "unit", unit, unitDisplay: "short" }).format(Math.abs(Math.round(n)));

export function clockTime(iso) { return hour.format(new Date(iso)); }

export function showTimes(root = document) {
  for (const time of root.querySelectorAll("time[data-ago]")) {
    const at = new Date(time.dateTime);
    const minutes = Math.round((at - Date.now()) / 60_000);
    // How long ago, or how long by now.
    const say = time.dataset.ago === "for" ? lasting : (n, unit) => ago.format(Math.round(n), unit);
    time.textContent =
      Math.abs(minutes) < 60 ? say(minutes, "minute")
      : Math.abs(minutes) < 36 * 60 ? say(minutes / 60, "hour")
      : say(minutes / 1440, "day");
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

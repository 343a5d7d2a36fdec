// The locked screen. It hides everything at once, locks the keys, and takes what is hidden out of the page;
// it comes back as it was when its owner is here again: what was typed stays typed. Locked in one tab is
// locked in all, and the server opens nothing to this browser meanwhile.
import { gate } from "./gate.js";
import { quietFor } from "./live.js";
import { onSubmit } from "./pieces.js";

const template = document.getElementById("locked");
// 0 where a page locks only when it is told to.
const idle = Number(template.dataset.idle) * 60_000;
const tabs = new BroadcastChannel("waypost-screen");
const PRESSES = 3, WITHIN_MS = 1000, LOOK_MS = 1000, SAY_MS = 5000;

// How a page that holds keys opens them: { possible(), open(passphrase), lock() }.
let keys = null;
// While it is locked: what was on the page, once it is out of it, and how it was left.
let away = null;
// The server hears of locking before it hears of coming back; and of that later, where there is no network.
let told = Promise.resolve(), owed = null;
let release;
// What tabs tell each other to do.
const moves = { lock: cover, unlock: uncover, enter, leave };

export function openWith(holder) { keys = holder; }

// Every tab of this browser, and its session on the server.
export function lockScreen() {
  everywhere("lock");
  told = say("/lock").catch(() => {});
}

function cover() {
  if (away) return;
  away = { page: null, focused: document.activeElement, title: document.title, top: scrollY };
  document.documentElement.dataset.locked = "";
  document.body.append(template.content.cloneNode(true));
  document.title = template.dataset.title;
  gate.lifted = new Promise((lift) => { release = lift; });
  gate.locked = true;
  keys?.lock();
  document.dispatchEvent(new Event("lock"));
  prepare();
  // Scripts have shut meanwhile what was open, each in its own place.
  setTimeout(leave);
}

function leave() {
  if (!away || away.page) return;
  away.page = document.createDocumentFragment();
  away.page.append(...[...document.body.childNodes].filter((part) => part.id !== "lock-screen"));
  document.querySelector("#lock-screen form:not([hidden]) input:not([hidden])").focus();
}

// Back behind the cover: scripts look for their places when keys open.
function enter() {
  if (!away?.page) return;
  document.body.prepend(away.page);
  away.page = null;
}

function uncover() {
  if (!away) return;
  enter();
  const { focused, title, top } = away;
  away = null;
  document.getElementById("lock-screen").remove();
  delete document.documentElement.dataset.locked;
  document.title = title;
  scrollTo(0, top);
  focused?.focus?.({ preventScroll: true });
  gate.locked = false;
  release();
  document.dispatchEvent(new Event("unlock"));
  // What asks by the clock has stopped: such a page is loaded anew, and nothing is typed on it.
  if (document.querySelector("[hx-trigger*=every]")) location.reload();
}

// The forms of the cover, which is made anew each time.
function prepare() {
  const screen = document.getElementById("lock-screen");
  const passphrase = screen.querySelector("[data-unlock=passphrase]");
  const password = screen.querySelector("[data-unlock=password]");
  passphrase.hidden = !keys?.possible();
  screen.querySelector("[data-password-instead]").open = passphrase.hidden;
  onSubmit(passphrase, () => withPassphrase(passphrase), passphrase.dataset.damaged);
  onSubmit(password, () => back({ password: password.elements.password.value }), template.dataset.offline);
}

async function withPassphrase(form) {
  const proof = opensWith(form.elements.passphrase.value);
  if (proof === null) {
    form.elements.passphrase.select();
    return form.dataset.wrong;
  }
  let why;
  try {
    why = await back({ proof });
  } catch {
    // No network: the page comes back with what it has, and the server is told before anything is asked.
    owed = proof;
    opened();
    return "";
  }
  if (why) shut();
  return why;
}

function opensWith(passphrase) {
  everywhere("enter");
  let proof = null;
  try {
    proof = keys.open(passphrase);
  } finally {
    if (proof === null) everywhere("leave");
  }
  return proof;
}

function shut() {
  keys?.lock();
  setTimeout(() => everywhere("leave"));
}

function everywhere(what) {
  tabs.postMessage(what);
  moves[what]();
}

// The line that says why not, or "". Throws where there is no network.
async function back(fields) {
  await told;
  const answer = await say("/unlock", fields);
  const over = answer.status === 401;
  document.querySelector("#lock-screen [data-over]").hidden = !over;
  if (over) {
    shut();
    return "";
  }
  const { refused } = await answer.json();
  if (!refused) opened();
  return refused;
}

const opened = () => everywhere("unlock");

async function say(path, fields = {}) {
  const body = new FormData();
  for (const [name, value] of Object.entries(fields)) body.append(name, value);
  const token = document.querySelector("meta[name=csrf-token]").content;
  const headers = { Accept: "application/json", "X-CSRFToken": token };
  const answer = await fetch(path, { method: "POST", body, headers, redirect: "manual", keepalive: true });
  // Somebody signed out in another tab: the form token is a new one.
  if (answer.headers.has("Waypost-Stale")) location.reload();
  return answer;
}

// Before anything is asked of the server: the screen is open, and the server knows it.
gate.pass = async () => {
  await gate.lifted;
  if (owed === null) return;
  await say("/unlock", { proof: owed });
  owed = null;
};

let presses = [];
addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || event.repeat) return;
  presses = [...presses.filter((at) => event.timeStamp - at < WITHIN_MS), event.timeStamp];
  if (presses.length < PRESSES) return;
  presses = [];
  lockScreen();
}, { capture: true });

document.querySelector("[data-lock-screen]")?.addEventListener("click", lockScreen);
// The server says that this browser is locked.
document.addEventListener("locked", lockScreen);

// Somebody at work in one tab is away from none.
let elsewhere = Date.now(), said = 0;
function look() {
  if (quietFor() < SAY_MS && Date.now() - said > SAY_MS) {
    said = Date.now();
    tabs.postMessage("here");
  }
  if (idle && Math.min(quietFor(), Date.now() - elsewhere) >= idle && !away) lockScreen();
}
setInterval(look, LOOK_MS);
document.addEventListener("visibilitychange", look);

tabs.addEventListener("message", ({ data }) => {
  if (data === "here") elsewhere = Date.now();
  else moves[data]();
});
addEventListener("online", () => { if (away) told = say("/lock").catch(() => {}); });
// A page out of the browser's memory may be older than the lock.
addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });

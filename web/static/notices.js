// What waits is told in this browser while a page of ours is open: on the page when somebody looks at it,
// else by the system and in the title. One page of a browser asks for all of them, so that it is told once.
import { gate } from "./gate.js";
import { live, make, oneAtATime } from "./live.js";
import { looks } from "./notices-looking.js";
import { chime } from "./notices-sound.js";
import { bySystem } from "./notices-system.js";

// What was shown of which kind: its stamp, and when.
const SHOWN = "waypost-notices";
const ASK_MS = 20_000, ANSWER_MS = 250, ON_PAGE_MS = 12_000, BADGE = "● ";
const tabs = new BroadcastChannel("waypost-notices");

// ---- the page that asks

let later, over = false;
const ask = oneAtATime(async () => {
  if (over) return;
  // By itself: that keeps no session alive. It goes on while the screen is locked, with fewer words.
  const headers = { Accept: "application/json", "Waypost-By-Itself": "1" };
  const answer = await fetch("/account/notices/now", { headers, redirect: "manual" });
  over = answer.status === 401;
  if (answer.ok) await tell(await answer.json());
});

async function tell({ notices, again }) {
  const shown = remembered(), now = Date.now();
  const fresh = notices.filter(({ what, at }) => !(shown[what]?.at >= at));
  const rests = ({ what, rest }) => (shown[what] ? shown[what].on + rest * 1000 - now : 0);
  const due = fresh.filter((each) => rests(each) <= 0);
  const waits = fresh.map(rests).filter((wait) => wait > 0);
  if (again) waits.push(again * 1000);
  clearTimeout(later);
  if (waits.length) later = setTimeout(() => { if (!gate.locked) ask(); }, Math.min(...waits) + 500);
  if (!due.length) return;
  for (const { what, at } of due) shown[what] = { at, on: now };
  localStorage.setItem(SHOWN, JSON.stringify(shown));
  const texts = due.map(({ text }) => text);
  if (await isWatched()) {
    hear({ texts });
    tabs.postMessage({ texts });
    await chime();
    return;
  }
  hear({ badge: true });
  tabs.postMessage({ badge: true });
  for (const { what, text } of due) await bySystem(what, text);
}

function remembered() {
  try {
    return JSON.parse(localStorage.getItem(SHOWN)) ?? {};
  } catch {
    return {};
  }
}

// Whether somebody looks at a page of ours in this browser.
async function isWatched() {
  if (looks()) return true;
  let watched = false;
  const listen = ({ data }) => { watched ||= data.looks === true; };
  tabs.addEventListener("message", listen);
  tabs.postMessage({ looks: "?" });
  await new Promise((done) => setTimeout(done, ANSWER_MS));
  tabs.removeEventListener("message", listen);
  return watched;
}

// The first page asks, and when it closes the next one does.
function lead() {
  live("/account/notices/events", ask);
  // No stream while the screen is locked.
  setInterval(() => { if (gate.locked) ask(); }, ASK_MS);
  return new Promise(() => {});
}
if (navigator.locks) navigator.locks.request(SHOWN, lead);
else lead();

// ---- what every page shows

tabs.addEventListener("message", ({ data }) => hear(data));

function hear({ looks: asked, texts, badge }) {
  if (asked === "?" && looks()) tabs.postMessage({ looks: true });
  if (texts && looks()) onPage(texts);
  if (badge && !gate.locked) mark();
}

function onPage(texts) {
  document.querySelector(".ringing")?.remove();
  const line = make("div", "ringing");
  line.setAttribute("role", "status");
  line.addEventListener("click", () => line.remove());
  document.body.append(line);
  setTimeout(() => line.remove(), ON_PAGE_MS);
  // Read aloud only what comes into a place that is there already.
  setTimeout(() => line.append(make("div", "", null, ...texts.map((text) => make("p", "", text))), ...wayToDesk()), 100);
}

function wayToDesk() {
  const desk = document.querySelector(".places a[href='/desk']");
  if (!desk) return [];
  const link = make("a", "button", desk.textContent);
  link.href = "/desk";
  return [link];
}

// In the title, until somebody comes back to the page.
function mark() {
  if (!document.title.startsWith(BADGE)) document.title = BADGE + document.title;
}
addEventListener("focus", () => {
  if (document.title.startsWith(BADGE)) document.title = document.title.slice(BADGE.length);
});

// The list of cases, kept up to date whenever the desk rings. It holds facts of cases, no words of contacts.
// Only what changed is fetched and put in: what somebody reads, and where they are, stays where it was.
import { ask, live, oneAtATime, showTimes } from "./live.js";

const list = document.getElementById("cases");
const outlook = document.querySelector("[data-outlook]");
const old = document.querySelector("[data-old]");
const title = document.title;
// Rings come fast on a busy night, and connections are slow: no more often than this.
const PAUSE_MS = 400;

const refresh = oneAtATime(async () => {
  try {
    let told = await asked([]);
    while (told) {
      // A row that was further down than the list is long is not here yet.
      const missing = told.groups ? put(told) : [];
      list.dataset.stamp = told.stamp;
      outlook.textContent = told.outlook;
      told = missing.length ? await asked(missing) : null;
    }
    old.hidden = true;
  } catch {
    old.hidden = false;
  }
  await new Promise((done) => setTimeout(done, PAUSE_MS));
});

async function asked(also) {
  const url = new URL(list.dataset.source, location);
  url.searchParams.set("since", list.dataset.stamp);
  for (const number of also) url.searchParams.append("also", number);
  const answer = await ask(url);
  if (!answer.ok) throw new Error(answer.status);
  return answer.json();
}

// Put in what the server told; gives the numbers of cases whose rows are not there.
function put(told) {
  const rows = new Map([...list.querySelectorAll("[data-case]")].map((row) => [row.dataset.case, row]));
  const keep = place(rows);
  for (const [number, html] of Object.entries(told.rows)) rows.set(number, made(html));
  const missing = told.groups.flatMap((group) => arrange(group, rows));
  keep();
  return missing;
}

function made(html) {
  const row = new DOMParser().parseFromString(html, "text/html").body.firstElementChild;
  showTimes(row);
  return row;
}

// One group in its new order. Rows that stay in order are not touched: focus and scrolling live in them.
function arrange(group, rows) {
  const section = list.querySelector(`[data-group="${group.name}"]`);
  const cases = section.querySelector("ul");
  const wanted = group.cases.map((number) => rows.get(String(number))).filter(Boolean);
  const staying = new Set(wanted);
  for (const row of [...cases.children]) if (!staying.has(row)) row.remove();
  let at = cases.firstElementChild;
  for (const row of wanted) {
    if (row === at) at = at.nextElementSibling;
    else cases.insertBefore(row, at);
  }
  section.querySelector("[data-number]").textContent = group.number;
  section.querySelector("[data-none]").hidden = group.number > 0;
  const more = section.querySelector("[data-more]");
  if (more) {
    more.hidden = !group.more;
    more.firstElementChild.textContent = group.more;
  }
  if (group.name === "waiting") {
    section.dataset.waiting = group.number;
    tellWaiting();
  }
  return group.cases.filter((number) => !rows.has(String(number)));
}

// Where the reader is: the first row on the screen, and what has the focus. Gives the way back to it.
function place(rows) {
  const focused = document.activeElement?.closest("[data-case]");
  const kind = document.activeElement?.tagName;
  const seen = [...rows].find(([, row]) => row.getBoundingClientRect().bottom > 0);
  const before = seen?.[1].getBoundingClientRect().top;
  return () => {
    const now = seen && rows.get(seen[0]);
    if (now?.isConnected && scrollY > 0) scrollBy(0, now.getBoundingClientRect().top - before);
    if (!focused || focused.contains(document.activeElement)) return;
    const there = rows.get(focused.dataset.case);
    // Taken by somebody else and gone from the page: on with the list.
    const next = there?.isConnected ? there.querySelector(kind) ?? there.querySelector("a") : list.querySelector("a");
    next?.focus({ preventScroll: true });
  };
}

function tellWaiting() {
  const waiting = list.querySelector("[data-waiting]")?.dataset.waiting ?? "0";
  document.title = waiting === "0" ? title : `(${waiting}) ${title}`;
}

if (list.dataset.live) {
  tellWaiting();
  live(list.dataset.live, refresh);
}

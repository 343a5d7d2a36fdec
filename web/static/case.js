// The page of one case: what was said comes sealed, is opened here, and is put in as text.
import { started } from "./keybar.js";
import { keychain, load, onChange } from "./keychain.js";
import { ask, fill, live, oneAtATime } from "./live.js";
import { Newest } from "./newest.js";
import { Opened } from "./opened.js";
import { startReply } from "./reply.js";
import { showSummary } from "./summary.js";
import { showThread } from "./thread.js";
import { startWriting } from "./writing.js";

const page = document.getElementById("case");
const words = JSON.parse(page.dataset.words);
const part = (name) => page.querySelector(`[data-${name}]`);
const thread = part("thread"), trouble = part("trouble");
// What is not so any more once the server has answered.
const AWAY = [words["case.offline"], words["case.failed"]];
const PENDING = new Set(["queued", "sending", "unknown"]);

const opened = new Opened();
const newest = new Newest(page, thread, part("newest"), page.dataset.number);
let told = null;
// What summaries and notes say, by message id, asked for once.
let catalog = null;
let saying = ask("/desk/words.json");
let later;

const refresh = oneAtATime(async () => {
  try {
    const after = Math.max(0, ...opened.messages.keys());
    const [answer, said] = await Promise.all([ask(`${page.dataset.source}?after=${after}`), saying]);
    if (!answer.ok) return;
    told = await answer.json();
    catalog ??= await said.json();
  } catch {
    saying = catalog ?? ask("/desk/words.json");
    // What was just said of somebody's own words says more.
    if (trouble.hidden) say(words["case.offline"]);
    return;
  }
  if (AWAY.includes(trouble.textContent)) say("");
  if (opened.take(told)) empty();
  await started;
  if (keychain.own && opened.lacksKey) await load();
  await show();
  askAgain();
});

// Everything as it stands: called when the server told something new, and when keys open or lock.
const show = oneAtATime(async () => {
  if (!catalog) return;
  if (keychain.mine) await opened.open(showProgress);
  showState();
  const isOpen = opened.state === "open";
  if (isOpen) showSummary(part("summary"), opened.summary, opened.answers, catalog);
  else part("summary").replaceChildren();
  if (isOpen && told.may.read) showThread(thread, opened.messages, told, { ...catalog, ...words }, newest);
  else thread.replaceChildren();
  if (keychain.mine) part("summary").removeAttribute("aria-busy");
  // Other parts of the page, each a module of its own, show what concerns them.
  document.dispatchEvent(new CustomEvent("case", { detail: { told, opened, catalog } }));
});

// Receipts ring nobody: while something is on its way, the page looks by itself.
function askAgain() {
  clearTimeout(later);
  const states = Object.values(told.deliveries).map((delivery) => delivery.state);
  if (told.state === "taken" && states.some((state) => PENDING.has(state))) {
    later = setTimeout(refresh, 1500);
  } else if (states.includes("accepted")) {
    later = setTimeout(refresh, 10_000);
  } else if (told.writing?.opens || told.writing?.closes) {
    // A time at which they may be written to begins or ends.
    later = setTimeout(refresh, 30_000);
  }
}

function showState() {
  const isOpen = opened.state === "open", isClosed = told.state === "closed";
  for (const control of page.querySelectorAll("[data-may]")) {
    control.hidden = !told.may[control.dataset.may] || ("open" in control.dataset && !isOpen);
  }
  part("covered").hidden = !told.covered || isClosed;
  part("forgotten").hidden = !told.forgotten || isClosed;
  part("closed").hidden = !isClosed || told.forgotten;
  part("locked").hidden = told.may.read || told.forgotten;
  for (const why of page.querySelectorAll("[data-sealed]")) why.hidden = why.dataset.sealed !== opened.state;
  thread.hidden = !(told.may.read && isOpen);
  part("taker").textContent = told.taker ? fill(words["case.with"], { name: told.taker }) : "";
  part("handle").textContent = told.handle;
  const urgency = part("urgency");
  urgency.textContent = told.urgency.label;
  urgency.className = `urgency u${told.urgency.level}`;
}

function showProgress(done, all) {
  part("progress").textContent = fill(catalog["case.opening"], { done, all });
  part("progress").hidden = done >= all;
}

// What was said is destroyed: it leaves this screen too.
function empty() {
  thread.replaceChildren();
}

function say(what) {
  trouble.textContent = what;
  trouble.hidden = !what;
}

// On a phone one part of the page is seen at a time.
for (const tab of page.querySelectorAll(".case-tabs [data-part]")) {
  tab.addEventListener("click", () => {
    page.dataset.shows = tab.dataset.part;
    for (const each of page.querySelectorAll(".case-tabs [data-part]")) each.ariaPressed = String(each === tab);
    if (tab.dataset.part === "talk") newest.go();
    else newest.look();
  });
}
// The conversation goes on paper only when somebody asks for it.
for (const button of page.querySelectorAll("[data-print]")) {
  button.addEventListener("click", () => {
    document.body.dataset.print = button.dataset.print;
    print();
  });
}
addEventListener("afterprint", () => { delete document.body.dataset.print; });
addEventListener("offline", () => say(words["case.offline"]));
addEventListener("online", refresh);

// Somebody was let in meanwhile: the server has more for them than it had.
let held = 0;
onChange(() => {
  const more = keychain.teams.size > held;
  held = keychain.teams.size;
  // What is here opens also where the server cannot be asked.
  show();
  if (more && told) refresh();
});
startReply(page, words, say, refresh);
startWriting(page.querySelector(".writing"), words, say, refresh);
refresh();
live(page.dataset.live, refresh);

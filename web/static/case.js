// The page of one case: what was said comes sealed, is opened here, and is put in as text.
import { started } from "./keybar.js";
import { keychain, load, onChange } from "./keychain.js";
import { ask, fill, live, oneAtATime } from "./live.js";
import { Opened } from "./opened.js";
import { passOn, showTeams } from "./passing.js";
import { countSegments } from "./segments.js";
import { showSummary } from "./summary.js";
import { showThread } from "./thread.js";

const page = document.getElementById("case");
const words = JSON.parse(page.dataset.words);
const part = (name) => page.querySelector(`[data-${name}]`);
const thread = part("thread"), reply = part("reply"), trouble = part("trouble");
const text = reply.elements.text, send = part("send"), pass = part("pass");
const PENDING = new Set(["queued", "sending", "unknown"]);

const opened = new Opened();
let told = null;
// What summaries and notes say, by message id, asked for once.
let catalog = null;
let saying = ask("/desk/words.json");
let sending = false;
let covered = send.disabled;
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
    say(words["case.offline"]);
    return;
  }
  if (trouble.textContent === words["case.offline"]) say("");
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
  if (isOpen && told.may.read) showThread(thread, opened.messages, told.deliveries, catalog);
  else thread.replaceChildren();
  if (isOpen) showTeams(pass, page.dataset.team);
  if (keychain.mine) part("summary").removeAttribute("aria-busy");
});

// Receipts ring nobody: while something is on its way, the page looks by itself.
function askAgain() {
  clearTimeout(later);
  const states = Object.values(told.deliveries).map((delivery) => delivery.state);
  if (told.state === "taken" && states.some((state) => PENDING.has(state))) {
    later = setTimeout(refresh, 1500);
  } else if (states.includes("accepted")) {
    later = setTimeout(refresh, 10_000);
  }
}

function showState() {
  const isOpen = opened.state === "open", isClosed = told.state === "closed";
  for (const control of page.querySelectorAll("[data-may]")) {
    control.hidden = !told.may[control.dataset.may] || ("open" in control.dataset && !isOpen);
  }
  covered = told.covered;
  send.disabled = sending || covered;
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
  text.value = "";
}

function say(what) {
  trouble.textContent = what;
  trouble.hidden = !what;
}

function showSize() {
  const written = text.value.trim();
  const count = countSegments(written);
  const size = part("size");
  const characters = fill(words["case.size"], { n: [...written].length });
  const segments = fill(words["case.segments"], { n: count.segments });
  size.textContent = !written ? "" : size.dataset.sms ? `${characters} · ${segments}` : characters;
}

reply.addEventListener("submit", async (event) => {
  event.preventDefault();
  if (sending || covered || !text.value.trim()) return;
  sending = send.disabled = true;
  try {
    const answer = await ask(reply.action, { body: new FormData(reply) });
    const done = await answer.json();
    say(done.refused);
    if (answer.ok) { text.value = ""; showSize(); }
  } catch {
    // The words stay in the box: nothing that was written is lost.
    say(words["case.failed"]);
  }
  sending = false;
  send.disabled = covered;
  text.focus();
  await refresh();
});
pass.addEventListener("submit", async (event) => {
  event.preventDefault();
  try {
    say(await passOn(pass, opened));
  } catch {
    say(catalog["case.not_passed"]);
  }
  await refresh();
});
text.addEventListener("input", showSize);
text.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) reply.requestSubmit();
});
let leaving = false;
for (const form of page.querySelectorAll("form")) {
  if (form !== reply && form !== pass) form.addEventListener("submit", () => { leaving = !text.value.trim(); });
}
addEventListener("beforeunload", (event) => {
  if (text.value.trim() && !leaving) event.preventDefault();
});

// Somebody was let in meanwhile: the server has more for them than it had.
let held = 0;
onChange(() => {
  const more = keychain.teams.size > held;
  held = keychain.teams.size;
  return more && told ? refresh() : show();
});
showSize();
refresh();
live(page.dataset.live, refresh);

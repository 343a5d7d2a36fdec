// The page of one case: summary and thread come as data and are put in as text.
import { ask, clockTime, fill, live, make, oneAtATime } from "./live.js";
import { countSegments } from "./segments.js";

const page = document.getElementById("case");
const words = JSON.parse(page.dataset.words);
const part = (name) => page.querySelector(`[data-${name}]`);
const thread = part("thread"), reply = part("reply"), trouble = part("trouble");
const text = reply.elements.text, send = part("send");
const PENDING = new Set(["queued", "sending", "unknown"]);

let last = 0;
let sending = false;
let covered = send.disabled;
let later;

const refresh = oneAtATime(async () => {
  let told;
  try {
    const answer = await ask(`${page.dataset.source}?after=${last}`);
    if (!answer.ok) return;
    told = await answer.json();
  } catch {
    say(words["case.offline"]);
    return;
  }
  if (trouble.textContent === words["case.offline"]) say("");
  showState(told);
  showSummary(told.summary);
  showThread(told);
  askAgain(told);
});

// Receipts ring nobody: while something is on its way, the page looks by itself.
function askAgain(told) {
  clearTimeout(later);
  const states = Object.values(told.deliveries).map((delivery) => delivery.state);
  if (told.state === "taken" && states.some((state) => PENDING.has(state))) {
    later = setTimeout(refresh, 1500);
  } else if (states.includes("accepted")) {
    later = setTimeout(refresh, 10_000);
  }
}

function showState(told) {
  for (const control of page.querySelectorAll("[data-may]")) {
    control.hidden = !told.may[control.dataset.may];
  }
  covered = told.covered;
  send.disabled = sending || covered;
  part("covered").hidden = !told.covered || told.state === "closed";
  part("forgotten").hidden = !told.forgotten;
  part("closed").hidden = told.state !== "closed" || told.forgotten;
  part("locked").hidden = told.may.read || told.forgotten;
  thread.hidden = !told.may.read;
  part("taker").textContent = told.taker ? fill(words["case.with"], { name: told.taker }) : "";
  const urgency = part("urgency");
  urgency.textContent = told.urgency.label;
  urgency.className = `urgency u${told.urgency.level}`;
  if (told.forgotten) forget();
}

// The contact asked to be forgotten: their words leave this screen too.
function forget() {
  thread.replaceChildren();
  text.value = "";
}

// Needs first: they decide how urgent the case is. Then what was reported, and what is not known.
function showSummary(summary) {
  const shown = [];
  if (summary.asked) shown.push(make("p", "asked", summary.asked));
  if (!summary.shared) {
    shown.push(make("p", "empty", words["case.not_shared"]));
  } else {
    if (summary.needs.length) shown.push(make("h3", "", words["case.needs"]), list("needs", summary.needs));
    if (summary.outcome) shown.push(...findings(summary));
    shown.push(...gaps("not_asked", summary.not_asked), ...gaps("not_answered", summary.not_answered));
  }
  const place = part("summary");
  const open = [...place.querySelectorAll("details[open]")].map((details) => details.dataset.gap);
  place.replaceChildren(...shown);
  for (const details of place.querySelectorAll("details")) details.open = open.includes(details.dataset.gap);
  place.removeAttribute("aria-busy");
}

function list(name, texts) {
  return make("ul", name, null, ...texts.map((text) => make("li", "", text)));
}

function findings(summary) {
  const shown = [make("h3", "", words["case.outcome"]), make("p", "outcome", summary.outcome)];
  if (summary.rules.length) shown.push(list("quiet", summary.rules));
  shown.push(make("h3", "", words["case.findings"]));
  if (!summary.dimensions.length) shown.push(make("p", "empty", words["case.flags_none"]));
  for (const dimension of summary.dimensions) {
    shown.push(make("section", "dimension", null,
      make("h4", "", null, make("span", "", dimension.label), make("span", "weight", dimension.weight)),
      make("ul", "reasons", null, ...dimension.reported.map((reported) => make("li", "", null,
        make("span", "", reported.text), make("span", "quiet", reported.strength))))));
  }
  shown.push(make("h3", "", words["case.elements"]));
  shown.push(make("ul", "elements", null, ...summary.elements.map((element) =>
    make("li", element.found ? "found" : "", null,
      make("span", "", element.label),
      make("span", "quiet", words[element.found ? "case.found" : "case.not_known"])))));
  return shown;
}

function gaps(name, questions) {
  if (!questions.length) return [];
  const details = make("details", "", null,
    make("summary", "", `${words[`case.${name}`]} (${questions.length})`), list("quiet", questions));
  details.dataset.gap = name;
  return [details];
}

function showThread(told) {
  if (!told.may.read || told.forgotten) { thread.replaceChildren(); last = 0; return; }
  const atEnd = thread.scrollHeight - thread.scrollTop - thread.clientHeight < 80;
  for (const message of told.messages) {
    if (message.id <= last) continue;
    thread.append(bubble(message));
    last = message.id;
  }
  for (const [id, delivery] of Object.entries(told.deliveries)) {
    const state = thread.querySelector(`[data-message="${id}"] .delivery`);
    if (state === null) continue;
    state.textContent = delivery.label;
    state.className = `delivery ${delivery.state}`;
  }
  if (atEnd && told.messages.length) thread.scrollTop = thread.scrollHeight;
}

function bubble(message) {
  const time = make("time", "", clockTime(message.at));
  time.dateTime = message.at;
  const item = make("li", `entry ${message.author}`);
  item.dataset.message = message.id;
  if (message.author === "line") {
    item.append(make("p", "", message.text), time);
    return item;
  }
  const said = make("p", "words", message.text);
  said.dir = "auto";
  const who = make("span", "unseen", words[message.author === "staff" ? "case.you" : "case.contact"]);
  item.append(who, said, make("p", "meta", null, time, make("span", "delivery")));
  return item;
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
    const told = await answer.json();
    say(told.refused);
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
text.addEventListener("input", showSize);
text.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) reply.requestSubmit();
});
let leaving = false;
for (const form of page.querySelectorAll("form")) {
  if (form !== reply) form.addEventListener("submit", () => { leaving = !text.value.trim(); });
}
addEventListener("beforeunload", (event) => {
  if (text.value.trim() && !leaving) event.preventDefault();
});

showSize();
live(page.dataset.live, refresh);

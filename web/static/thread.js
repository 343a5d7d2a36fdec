// The messages of a case, put into the page as text; each once, so that what is read stays where it is.
import { clockTime, fill, make } from "./live.js";
import { moment } from "./writing.js";

const LANGUAGE = document.documentElement.lang;
const day = new Intl.DateTimeFormat(LANGUAGE, { weekday: "long", day: "numeric", month: "long" });
const near = new Intl.RelativeTimeFormat(LANGUAGE, { numeric: "auto" });
// What did not reach the contact and may be tried anew. Not what is in doubt: it may have arrived.
const FAILED = new Set(["failed", "undelivered", "expired", "suppressed"]);

// `words` gives the text of a message id; `newest` follows where the reader is.
export function showThread(place, messages, told, words, newest) {
  const first = place.childElementCount === 0, wasAtEnd = first || newest.atEnd;
  const there = new Set([...place.children].map((item) => Number(item.dataset.message)));
  const added = [...messages.values()].filter(({ id, text }) => text !== undefined && !there.has(id));
  const entries = added.map((message) => entry(message, words, place.dataset.language));
  for (const [n, item] of entries.entries()) {
    separate(place, item, added[n].at);
    place.append(item);
  }
  showDeliveries(place, messages, told, words);
  if (entries.length) newest.added(entries, { first, wasAtEnd, label: words["thread.new"] });
}

function showDeliveries(place, messages, { deliveries, may, writing }, words) {
  const names = new Set([...messages.values()].map(({ name }) => name));
  for (const [id, { state, label, until }] of Object.entries(deliveries)) {
    const item = place.querySelector(`[data-message="${id}"]`), shown = item?.querySelector(".delivery");
    if (!shown) continue;
    shown.textContent = until ? fill(label, { time: moment(until, writing?.zone, words) }) : label;
    shown.className = `delivery ${state}`;
    item.querySelector("[data-again]").hidden = !(may.write && FAILED.has(state) && !names.has(`again-${id}`));
    item.querySelector("[data-withdraw]").hidden = !(may.write && state === "kept");
  }
}

// A line with the day, where another one begins on the reader's calendar.
function separate(place, item, iso) {
  const at = new Date(iso), today = new Date().toDateString();
  item.dataset.day = at.toDateString();
  if (place.lastElementChild?.dataset.day === item.dataset.day) return;
  const passed = Math.round((new Date(item.dataset.day) - new Date(today)) / 86_400_000);
  place.append(make("li", "day", passed > -2 ? near.format(passed, "day") : day.format(at)));
}

function entry(message, words, language) {
  const time = make("time", "", clockTime(message.at));
  time.dateTime = message.at;
  const item = make("li", `entry ${message.author}`);
  item.dataset.message = message.id;
  if (message.text === null) {
    item.append(make("p", "sealed", words["case.does_not_open"]), time);
  } else if (message.author === "line") {
    // The line's own notes are message ids.
    item.append(make("p", "", words[message.text] ?? message.text), time);
  } else {
    const said = make("p", "words", message.text);
    said.dir = "auto";
    said.lang = language;
    const who = make("span", "unseen", words[message.author === "staff" ? "case.you" : "case.contact"]);
    const meta = make("p", "meta", null, time, make("span", "delivery"));
    if (message.author === "staff") meta.append(act("again", words["again.do"]), act("withdraw", words["withdraw.do"]));
    item.append(who, said, meta);
  }
  return item;
}

function act(name, label) {
  const button = make("button", "second small", label);
  button.type = "button";
  button.dataset[name] = "";
  button.hidden = true;
  return button;
}

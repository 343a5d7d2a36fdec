// The messages of a case, put into the page as text; each once, so that what is read stays where it is.
import { clockTime, make } from "./live.js";

// `words` gives the text of a message id.
export function showThread(place, messages, deliveries, words) {
  const atEnd = place.scrollHeight - place.scrollTop - place.clientHeight < 80;
  const there = new Set([...place.children].map((item) => Number(item.dataset.message)));
  const added = [...messages.values()].filter(({ id, text }) => text !== undefined && !there.has(id));
  place.append(...added.map((message) => entry(message, words)));
  for (const [id, delivery] of Object.entries(deliveries)) {
    const shown = place.querySelector(`[data-message="${id}"] .delivery`);
    if (shown === null) continue;
    shown.textContent = delivery.label;
    shown.className = `delivery ${delivery.state}`;
  }
  if (atEnd && added.length) place.scrollTop = place.scrollHeight;
}

function entry(message, words) {
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
    const who = make("span", "unseen", words[message.author === "staff" ? "case.you" : "case.contact"]);
    item.append(who, said, make("p", "meta", null, time, make("span", "delivery")));
  }
  return item;
}
